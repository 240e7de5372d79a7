import type { CommitContext } from '../../src/iceberg/context.ts';
import type { TableHistory } from '../../src/iceberg/history.ts';
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
  const run = new Run(writers, staged);
  const rest = Object.keys(writers).map((job): Cue => [job, 'end']);
  for (const [job, to] of [...cues, ...rest]) await go(run, job, to);
  const judgement = await new Judge(run, await firstSnapshot(staged)).judge();
  if (judgement.history === null) throw new Error('The race left no table');
  return { ...judgement, history: judgement.history };
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
