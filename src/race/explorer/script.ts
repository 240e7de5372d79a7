import { IcejamError } from '../../error.ts';
import type { CommitContext } from '../../iceberg/context.ts';
import type { CommitResult } from '../../iceberg/commit.ts';
import type { Protocol, Stop } from '../../iceberg/stop.ts';

/**
 * What a job does, from its start to its last commit, under the name it has in a race: loads the table or creates it,
 * writes data files and commits them. Always the same over the same context; reaches the world through it alone.
 */
export type Writer = (context: CommitContext, protocol: Protocol) => Promise<CommitResult>;

/** The writers of an exploration by job name. */
export type Writers = Readonly<Record<string, Writer>>;

/**
 * Where a writer waits: at a stop of the protocol, at `start` before it has begun, for its turn in the queue, asleep for
 * as long as the schedule wants, or before it reaches for the catalog a second time since it was let go on, so that
 * others can come in between. A real race can be held at stops only.
 */
export type Place = Stop | 'queued' | 'asleep' | 'catalog';

/** One step of a schedule: a job is let go on from where it waits, or killed there. */
export interface Step {
  do: 'release' | 'kill';
  job: string;
  at: Place;
}

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
