import type { CommitContext } from '../../src/iceberg/context.ts';
import { readHistory, type TableHistory } from '../../src/iceberg/history.ts';
import { loadTable } from '../../src/iceberg/table.ts';
import { checkRace } from '../../src/race/checker/check-race.ts';
import { deletedFiles } from '../../src/race/checker/files.ts';
import { firstReads } from '../../src/race/checker/reads.ts';
import { Judge, firstSnapshot, type Judgement } from '../../src/race/explorer/judge.ts';
import { Run, type RunOptions } from '../../src/race/explorer/run.ts';
import type { Place, Writer, Writers } from '../../src/race/explorer/script.ts';
import { exploredTable, worldWith } from '../../src/race/explorer/writers.ts';

/** How far a job is let go on: to a place, to its end, or to be killed where it is. */
export type Cue = [job: string, to: Place | 'end' | 'kill'];

/** A judged run that has a table. */
export interface Race extends Judgement {
  history: TableHistory;
}

/** A world with rows in the partitions a and b, explored by the given protocol. */
export async function stage(options: Partial<RunOptions> = {}): Promise<RunOptions> {
  const world = options.world ?? (await worldWith([{ a: 5, b: 7 }]));
  return { protocol: 'optimistic', table: exploredTable, ...options, world };
}

/** Runs writers by cues, and then one after the other to their ends. */
export async function race(
  writers: Writers,
  cues: readonly Cue[] = [],
  options: Partial<RunOptions> = {},
): Promise<Race> {
  const staged = await stage(options);
  const run = await runBy(writers, cues, staged);
  const judgement = await new Judge(run, await firstSnapshot(staged)).judge();
  if (judgement.history === null) throw new Error('The race left no table');
  return { ...judgement, history: judgement.history };
}

/** As {@link race}, judged as a real race is: by its log and by the files that are left, where it first read the table. */
export async function raceByFiles(
  writers: Writers,
  cues: readonly Cue[] = [],
  options: Partial<RunOptions> = {},
): Promise<Race> {
  return judgedByFiles(await runBy(writers, cues, await stage(options)));
}

/** What a run comes to as a real race. */
export async function judgedByFiles({ events, jobs, table, world }: Run): Promise<Race> {
  const ports = { io: world.fileIOOf(null), catalog: world.catalog };
  const first = firstReads(events).get(table);
  const since = first?.snapshotId ?? null;
  const deleted = deletedFiles(events);
  const history = await readHistory(ports.io, await loadTable(ports, table), since, { deleted });
  // Of a table that nobody has read nothing is asked.
  const histories = first === undefined ? [] : [history];
  return { events, jobs, history, verdict: checkRace(events, jobs, histories) };
}

async function runBy(writers: Writers, cues: readonly Cue[], options: RunOptions): Promise<Run> {
  const run = new Run(writers, options);
  const rest = Object.keys(writers).map((job): Cue => [job, 'end']);
  for (const [job, to] of [...cues, ...rest]) await go(run, job, to);
  return run;
}

/** The events that the verdict of a race points at: whose, and at which stops. */
export function pointedAt({ events, verdict }: Pick<Judgement, 'events' | 'verdict'>): string[] {
  const { events: pointed = [] } = verdict.exhibit ?? {};
  return pointed.map(({ job, seq }) => {
    const event = events.find((each) => each.seq === seq);
    return `${event?.job === job ? job : '?'} ${event?.detail.stop ?? '?'}`;
  });
}

async function go(run: Run, job: string, to: Cue[1]): Promise<void> {
  for (;;) {
    const kill = run.lastKills.find((step) => step.job === job);
    if (kill === undefined || kill.at === to) return;
    if (to === 'kill') await run.take(kill);
    else await run.take({ ...kill, do: 'release' });
  }
}

/** A writer whose world is not as it should be. */
export function within(
  writer: Writer,
  spoil: (context: CommitContext) => Partial<CommitContext>,
): Writer {
  return (context, protocol) => writer({ ...context, ...spoil(context) }, protocol);
}

/** A catalog that never hears of the first swap, or whose answer to it gets lost. */
export function losesOne(what: 'request' | 'answer') {
  return ({ catalog }: CommitContext): Partial<CommitContext> => {
    let isLost = false;
    return {
      catalog: {
        ...catalog,
        swap: async (table, expected, location) => {
          const isFirst = !isLost;
          isLost = true;
          if (isFirst && what === 'request') throw new Error('connection refused');
          const result = await catalog.swap(table, expected, location);
          if (isFirst) throw new Error('connection reset');
          return result;
        },
      },
    };
  };
}

/** A catalog that makes the swap, and from then on answers nothing. */
export function losesAnswers({ catalog }: CommitContext): Partial<CommitContext> {
  let isLost = false;
  const answer = async <T>(result: T): Promise<T> => {
    if (isLost) throw new Error('connection reset');
    return result;
  };
  return {
    catalog: {
      ...catalog,
      load: async (table) => answer(await catalog.load(table)),
      swap: async (table, expected, location) => {
        const result = await catalog.swap(table, expected, location);
        isLost = true;
        return answer(result);
      },
    },
  };
}
