import { addRun, emptyExploration, type Exploration, type Observer } from './exploration.ts';
import { firstSnapshot, Judge, type Judgement } from './judge.ts';
import { Run, type RunOptions } from './run.ts';
import type { Script, Step, Writers } from './script.ts';

/** Chooses the next step: one of the releases, of which there is at least one, or of the kills. */
export type Chooser = (releases: readonly Step[], kills: readonly Step[]) => Step;

/** Runs one schedule as it is chosen. */
export async function walk(
  writers: Writers,
  options: RunOptions,
  choose: Chooser,
): Promise<{ run: Run; judgement: Judgement }> {
  const run = new Run(writers, options);
  while (!run.hasEnded) await run.take(choose(run.releases, run.lastKills));
  return { run, judgement: await judgeRun(run, options) };
}

/**
 * Runs a schedule again: the same writers over the same world give the same events, outcomes and files. Whoever has not
 * ended when the script ends counts as killed. Throws `IllegalState` for a script of other writers.
 */
export async function replaySchedule(
  writers: Writers,
  script: Script,
  options: RunOptions,
): Promise<Judgement> {
  const run = new Run(writers, options);
  for (const step of script) await run.take(step);
  return judgeRun(run, options);
}

/** Runs schedules that chance chooses, for more writers than can be explored: the same seed gives the same schedules. */
export async function sample(
  writers: Writers,
  options: RunOptions & Observer & { schedules: number; seed: number },
): Promise<Exploration> {
  const exploration = { ...emptyExploration(), complete: false };
  const below = chance(options.seed);
  while (exploration.schedules < options.schedules) {
    const { run, judgement } = await walk(writers, options, (releases) =>
      oneOf(releases, below(releases.length)),
    );
    addRun(exploration, run, judgement, options);
  }
  return exploration;
}

async function judgeRun(run: Run, options: RunOptions): Promise<Judgement> {
  return new Judge(run, await firstSnapshot(options)).judge();
}

function oneOf(steps: readonly Step[], at: number): Step {
  const step = steps[at];
  if (step === undefined) throw new RangeError(`There is no step ${at} among ${steps.length}`);
  return step;
}

/** Whole numbers below a bound by a linear congruence (Numerical Recipes), of which the high bits are good enough. */
function chance(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}
