import { IcejamError } from '../../error.ts';
import type { CommitContext } from '../../iceberg/context.ts';
import type { CommitResult } from '../../iceberg/commit.ts';
import type { Protocol, Stop } from '../../iceberg/stop.ts';
import type { Script as RaceScript, Step as RaceStep } from '../script.ts';

/**
 * What a job does, from its start to its last commit, under the name it has in a race: loads the table or creates it,
 * writes data files and commits them. Always the same over the same context; reaches the world through it alone.
 */
export type Writer = (context: CommitContext, protocol: Protocol) => Promise<CommitResult>;

/** The writers of an exploration by job name. */
export type Writers = Readonly<Record<string, Writer>>;

/**
 * Where a writer waits: at a stop of the protocol, at `start` before it has begun, for its turn in the queue, asleep for
 * as long as the schedule wants, before it reaches for the catalog a second time since it was let go on, so that others
 * can come in between, or once it has swapped, of which it is told before anybody else goes on. A real race can be held
 * at stops only.
 */
export type Place = Stop | 'queued' | 'asleep' | 'catalog' | 'swapped';

/** One step of a schedule: a job is let go on from where it waits, or killed there. */
export type Step = RaceStep<Place, 'release' | 'kill'>;

/** A schedule as plain data: which job goes on when. Taken over the same writers it gives the same race. */
export type Script = readonly Step[];

/** Whether two steps are the same. */
export function sameStep(one: Step, other: Step): boolean {
  return one.do === other.do && one.job === other.job && one.at === other.at;
}

/** The error for a step that nobody can take. */
export function scriptDoesNotFit({ do: what, job, at }: Step): IcejamError {
  return new IcejamError('IllegalState', `The script cannot ${what} ${job} at ${at}`, {
    context: { job, stop: at },
    remedy: 'Replay a script over the writers and the protocol that it was recorded with.',
  });
}

/** A step of a real race, which stays at stops. */
type RealStep = Step & { at: Stop };

/** What a job of a workflow does besides what an explored writer does, before it opens its table. */
const beforeTable = {
  sink: ['inputs-read', 'rows-computed'],
  action: ['inputs-read'],
} as const satisfies Record<string, readonly Stop[]>;

/** What a job of a workflow does to its table. */
export type Doing = keyof typeof beforeTable;

/**
 * An explored schedule as a script for real jobs of the same names, which read inputs first and, to write rows, compute
 * them. A writer that slept or queued after a lost swap is held there instead until it went on: until then it did
 * nothing, so that a kill there is a kill at that stop. `null` if something happened where no real job can be held: while
 * a writer was about to look at the catalog a second time, as none of the operations does that the page explores, or a
 * kill between a swap and the telling of it. A worker tells of its swap as soon as it has made it, and who ends it then
 * has been told or comes too early: which of the two, no script can say.
 */
export function toRaceScript(
  schedule: Script,
  doing: (job: string) => Doing = () => 'sink',
): RaceScript | null {
  const steps: RealStep[] = [];
  for (const [index, { do: what, job, at }] of schedule.entries()) {
    if (at === 'swapped') {
      if (what === 'kill') return null;
    } else if (at === 'catalog') {
      // It went on at once, as a real job does.
      const goesOn = what === 'release' && schedule[index - 1]?.job === job;
      if (!goesOn) return null;
    } else if (at === 'asleep' || at === 'queued') {
      const since = steps.findLastIndex((step) => step.job === job);
      if (steps[since]?.at === 'swap-lost') steps.splice(since, 1);
      steps.push({ do: what, job, at: 'swap-lost' });
    } else {
      steps.push({ do: what, job, at });
      if (at === 'start' && what === 'release') {
        steps.push(
          ...beforeTable[doing(job)].map((stop): RealStep => ({ do: 'release', job, at: stop })),
        );
      }
    }
  }
  return steps;
}
