import { addRun, emptyExploration, type Exploration, type Observer } from './exploration.ts';
import { firstSnapshot, Judge } from './judge.ts';
import { Run, type RunOptions } from './run.ts';
import { sameStep, type Place, type Step, type Writers } from './script.ts';
import { isFile, type Touch } from './world.ts';

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
 * Orders that differ only in steps that commute are run once. A step that no later step of others can fail to commute
 * with leaves nothing to choose (a persistent set of one), and a step that was explored sleeps until another touches
 * the same thing (Godefroid's sleep sets). What a step touches is seen as it happens, not supposed from its stop.
 *
 * A killed writer is one that never goes on: every moment is the end of the schedule in which all that have not ended
 * are killed, and is judged as such. Only the kill of a writer whose turn it is in the queue lets others do what they
 * could not do otherwise, so it is a step of its own.
 */
export async function explore(writers: Writers, options: ExploreOptions): Promise<Exploration> {
  try {
    return await new Explorer(writers, options, 'stay').explore();
  } catch (thrown) {
    if (!(thrown instanceof FilesGo)) throw thrown;
    return new Explorer(writers, options, 'go').explore();
  }
}

/** Somebody deletes what others wrote, as expiry does: then to read a file is a choice as well. */
class FilesGo extends Error {}

class Explorer {
  readonly #writers: Writers;
  readonly #options: ExploreOptions;
  /** Whether files that were written stay, so that reading them commutes with everything. */
  readonly #files: 'stay' | 'go';
  /** The choices of the schedule that is being run. */
  readonly #path: Choice[] = [];

  constructor(writers: Writers, options: ExploreOptions, files: 'stay' | 'go') {
    this.#writers = writers;
    this.#options = options;
    this.#files = files;
  }

  async explore(): Promise<Exploration> {
    const { kills, limit = Infinity } = this.#options;
    const exploration = emptyExploration();
    const since = await firstSnapshot(this.#options);
    do {
      if (exploration.schedules >= limit) return { ...exploration, complete: false };
      const run = new Run(this.#writers, this.#options);
      const judge = new Judge(run, since);
      for (const choice of this.#path) await this.#take(run, choice);
      do {
        if (kills || run.hasEnded) addRun(exploration, run, await judge.judge(), this.#options);
      } while (await this.#choose(run));
      // Nor would the schedules that differ from it only in their last steps.
      if (run.isEndless) return { ...exploration, complete: false };
    } while (this.#turn());
    return exploration;
  }

  /** Takes the first step that is awake; false if there is none, or the run has ended. */
  async #choose(run: Run): Promise<boolean> {
    if (run.hasEnded) return false;
    const last = this.#path.at(-1);
    const asleep = last === undefined ? [] : stillAsleep(last);
    const steps = [...ownStepsFirst(run.releases), ...(this.#options.kills ? run.kills : [])];
    const [taken, ...left] = steps.filter(
      (step) => !asleep.some((other) => sameStep(other.step, step)),
    );
    if (taken === undefined) return false;
    const choice: Choice = { taken, touched: [], left, asleep };
    this.#path.push(choice);
    await this.#take(run, choice);
    return true;
  }

  /** Takes the step of a choice; one that commutes with whatever others may do leaves nothing else to try. */
  async #take(run: Run, choice: Choice): Promise<void> {
    choice.touched = await run.take(choice.taken);
    const files = choice.touched.filter(isFile);
    if (this.#files === 'stay' && files.some(({ changes }) => changes)) throw new FilesGo();
    const shared =
      this.#files === 'stay' ? choice.touched.length - files.length : choice.touched.length;
    if (shared === 0) choice.left = [];
  }

  /** Turns to the next choice that is left, the latest first; false if there is none. */
  #turn(): boolean {
    for (let last = this.#path.at(-1); last !== undefined; last = this.#path.at(-1)) {
      const next = last.left.shift();
      if (next !== undefined) {
        last.asleep.push({ step: last.taken, touched: last.touched });
        last.taken = next;
        return true;
      }
      this.#path.pop();
    }
    return false;
  }
}

/** Places from which a writer goes on to something shared. */
const beforeSharing: readonly Place[] = [
  'start',
  'manifests-written',
  'before-swap',
  'swap-lost',
  'queued',
  'asleep',
  'catalog',
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
