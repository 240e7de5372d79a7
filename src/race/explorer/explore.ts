import { addRun, emptyExploration, type Exploration, type Observer } from './exploration.ts';
import { firstSnapshot, Judge } from './judge.ts';
import { Run, type RunOptions } from './run.ts';
import { sameStep, type Place, type Step, type Writers } from './script.ts';
import type { Touch } from './world.ts';

/** How writers are explored. */
export interface ExploreOptions extends RunOptions, Observer {
  /** Whether every writer may also be killed, wherever it waits. */
  kills: boolean;
  /** The exploration ends after so many schedules. */
  limit?: number;
}

/** A choice that a schedule made. */
interface Choice {
  taken: Step;
  touched: readonly Touch[];
  /** The other steps that are to be tried here. */
  left: Step[];
  /** Steps that need not be taken until something that they touch was touched: all that follows has been seen. */
  asleep: Asleep[];
}

interface Asleep {
  step: Step;
  touched: readonly Touch[];
}

/**
 * Runs writers in every order and judges each: stateless model checking, depth first, every schedule from the start.
 *
 * Orders that differ only in steps that commute are run once. A step that touched nothing shared leaves nothing to
 * choose (a persistent set of one), and a step that was explored sleeps until another touches the same thing
 * (Godefroid's sleep sets). What a step touches is seen as it happens, not supposed from the name of its stop.
 *
 * A killed writer is one that never goes on: every moment is the end of the schedule in which all that have not ended
 * are killed, and is judged as such. Only the kill of a writer whose turn it is in the queue lets others do what they
 * could not do otherwise, so it is a step of its own.
 */
export async function explore(writers: Writers, options: ExploreOptions): Promise<Exploration> {
  const { kills, limit = Infinity } = options;
  const exploration = emptyExploration();
  const since = await firstSnapshot(options);
  const path: Choice[] = [];
  do {
    if (exploration.schedules >= limit) return { ...exploration, complete: false };
    const run = new Run(writers, options);
    const judge = new Judge(run, since);
    await follow(run, path);
    do {
      if (kills || run.hasEnded) addRun(exploration, run, await judge.judge(), options);
    } while (await choose(run, path, kills));
  } while (nextPath(path));
  return exploration;
}

/** Takes the choices of a path again, of which the last may be new. */
async function follow(run: Run, path: readonly Choice[]): Promise<void> {
  for (const choice of path) {
    choice.touched = await run.take(choice.taken);
    if (choice.touched.length === 0) choice.left = [];
  }
}

/** Takes the first step that is awake and adds the choice to the path; false if there is none. */
async function choose(run: Run, path: Choice[], kills: boolean): Promise<boolean> {
  const last = path.at(-1);
  const asleep = last === undefined ? [] : stillAsleep(last);
  const steps = [...ownStepsFirst(run.releases), ...(kills ? run.kills : [])];
  const [taken, ...left] = steps.filter(
    (step) => !asleep.some((other) => sameStep(other.step, step)),
  );
  if (taken === undefined) return false;
  const touched = await run.take(taken);
  path.push({ taken, touched, left: touched.length === 0 ? [] : left, asleep });
  return true;
}

/** Places from which a writer goes on to something shared. */
const beforeSharing: readonly Place[] = [
  'start',
  'manifests-written',
  'before-swap',
  'swap-lost',
  'queued',
];

/** Steps among a writer's own files leave nothing to choose: taking them first saves runs, and changes no result. */
function ownStepsFirst(steps: readonly Step[]): Step[] {
  const isShared = ({ at }: Step) => beforeSharing.includes(at);
  return [...steps.filter((step) => !isShared(step)), ...steps.filter(isShared)];
}

/** The steps that sleep on after a choice was made. */
function stillAsleep({ asleep, taken, touched }: Choice): Asleep[] {
  return asleep.filter((other) => other.step.job !== taken.job && commute(other.touched, touched));
}

function commute(touches: readonly Touch[], others: readonly Touch[]): boolean {
  return !touches.some(({ thing, changes }) =>
    others.some((other) => other.thing === thing && (changes || other.changes)),
  );
}

/** Turns a path to the next choice that is left, the latest first; false if there is none. */
function nextPath(path: Choice[]): boolean {
  for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
    const next = last.left.shift();
    if (next !== undefined) {
      last.asleep.push({ step: last.taken, touched: last.touched });
      last.taken = next;
      return true;
    }
    path.pop();
  }
  return false;
}
