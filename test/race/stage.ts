import { Judge, firstSnapshot, type Judgement } from '../../src/race/explorer/judge.ts';
import { Run, type RunOptions } from '../../src/race/explorer/run.ts';
import type { Place, Writers } from '../../src/race/explorer/script.ts';
import { exploredTable, worldWith } from '../../src/race/explorer/writers.ts';
import type { TableHistory } from '../../src/iceberg/history.ts';

/** How far a job is let go on: to a place, to its end, or to be killed where it is. */
export type Cue = [job: string, to: Place | 'end' | 'kill'];

/** A judged run that has a table. */
export interface Race extends Judgement {
  history: TableHistory;
}

/** A world with rows in the partitions a and b, explored by the given protocol. */
export async function stage(options: Partial<RunOptions> = {}): Promise<RunOptions> {
  const world = options.world ?? (await worldWith({ a: 5, b: 7 }));
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

async function go(run: Run, job: string, to: Cue[1]): Promise<void> {
  for (;;) {
    const kill = run.lastKills.find((step) => step.job === job);
    if (kill === undefined || kill.at === to) return;
    if (to === 'kill') await run.take(kill);
    else await run.take({ ...kill, do: 'release' });
  }
}
