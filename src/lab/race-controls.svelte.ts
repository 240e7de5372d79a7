import type { Stop } from '../iceberg/stop.ts';
import type { Holds } from '../race/holds.ts';
import { isHeld, type LaneState, type RaceState } from '../race/race-state.ts';
import type { Race, RaceOptions } from '../race/runner.ts';

/** Where a lane is to wait: at stops that stay set, and once before its next swap or at whatever stop comes next. */
interface LanePlan {
  breakpoints: readonly Stop[];
  /** Until it is released for the first time. */
  once: 'before-swap' | 'next-stop' | null;
  /** Where its worker is ended, in one race. */
  kills: readonly Stop[];
  /** Whether it waits before its first swap for all others to come as far. */
  meets: boolean;
  /** Whether it came with a race that was not started here; such a plan is followed to the letter. */
  foreign: boolean;
}

const noPlan: LanePlan = { breakpoints: [], once: null, kills: [], meets: false, foreign: false };

/** The stops that the commit which creates a table shares with those of rows. */
const creationStops: readonly Stop[] = [
  'base-read',
  'metadata-written',
  'before-swap',
  'swap-won',
  'swap-lost',
];

/** The part of a race that steering needs. */
export type SteeredRace = Pick<
  Race,
  'pause' | 'resume' | 'step' | 'release' | 'hold' | 'kill' | 'restart' | 'pace' | 'state'
>;

/** A race that is over, at a moment of its past: what is changed there makes another race of it. */
export interface ForkablePast {
  /** Whether a past is looked at that can be forked. */
  readonly canFork: boolean;
  /** Whether a job was at work at that moment. */
  wasAlive(job: string): boolean;
  /** Asks for a fork in which `change` is made when the past is repeated. */
  askToFork(change: () => void): void;
}

/** The hand on the race: what is wanted of its jobs, before it begins and while it runs. */
export class RaceControls {
  #race = $state.raw<SteeredRace | null>(null);
  #state = $state.raw<RaceState | null>(null);
  #plans = $state.raw<Readonly<Record<string, LanePlan>>>({});
  #pace = $state(1);
  /**
   * Whether the jobs of the next race meet: each waits before its first swap until all have read the table, so that all
   * but one of them must lose. It makes the collision certain that is otherwise a matter of luck, and nothing else.
   */
  meets = $state(true);
  readonly #onError: (thrown: unknown) => void;
  readonly #past: ForkablePast;

  /** `onError` is told why a restart did not come about. */
  constructor(onError: (thrown: unknown) => void, past: ForkablePast) {
    this.#onError = onError;
    this.#past = past;
  }

  /** How the race that runs is steered, `null` if none does. */
  get state(): RaceState | null {
    return this.#state;
  }

  /** Whether all jobs wait at their next stop. */
  get paused(): boolean {
    return this.#state?.paused ?? false;
  }

  /** 1: as fast as it goes; down to 1/100. Kept for the next race. */
  get pace(): number {
    return this.#pace;
  }

  set pace(pace: number) {
    this.#pace = pace;
    if (this.#race !== null) this.#race.pace = pace;
  }

  /** How the next race is to begin. Its `jobs` meet unless one of them is steered already. */
  startOptions(jobs: readonly string[]): Pick<RaceOptions, 'holds' | 'pace'> {
    const isSteered = jobs.some((job) => this.#holdsOf(job) !== 'none');
    if (this.meets && jobs.length > 1 && !isSteered) {
      const plan: LanePlan = { ...noPlan, once: 'before-swap', meets: true };
      this.#plans = { ...this.#plans, ...Object.fromEntries(jobs.map((job) => [job, plan])) };
    }
    const holds = Object.keys(this.#plans).map((job) => [job, this.#holdsOf(job)] as const);
    return { holds: Object.fromEntries(holds), pace: this.#pace };
  }

  /** Takes a race that has just been started into the hand. */
  begin(race: SteeredRace): void {
    this.#race = race;
    this.#pace = race.state.pace;
    for (const [job, { breakpoints }] of Object.entries(race.state.lanes)) {
      if (String(breakpoints) !== String(this.#holdsOf(job))) this.#adopt(job, breakpoints);
    }
    this.#state = race.state;
  }

  /** Hears how the race is steered and where its jobs are, and does what is planned for those that are held. */
  steered(state: RaceState): void {
    this.#state = state;
    // A script decides alone.
    if (state.script !== null) return;
    for (const [job, lane] of Object.entries(state.lanes)) {
      const { where } = lane;
      const { foreign, kills, once } = this.#plan(job);
      if (where.is !== 'held' || foreign || !isHeld(lane)) continue;
      const { stop } = where.detail;
      // To hold or kill a job at its swap means the swap of its rows: creating the table is passed over.
      const isCreation = where.attempt === 0 && creationStops.includes(stop);
      if (!isCreation && kills.includes(stop)) this.#race?.kill(job);
      else if (isCreation && once !== 'next-stop' && !state.paused) this.#race?.release(job);
    }
    if (!state.paused) this.#letMeet(state);
  }

  /** Lets the jobs that have met go on in the order of the workflow, each when the one before has ended. */
  #letMeet({ lanes }: RaceState): void {
    const isAtSwap = ({ where }: LaneState) =>
      where.is === 'held' && where.attempt > 0 && where.detail.stop === 'before-swap';
    const isBusy = (lane: LaneState) =>
      lane.where.is !== 'waiting' && lane.where.is !== 'ended' && !isAtSwap(lane);
    if (Object.values(lanes).some(isBusy)) return;
    const met = Object.entries(lanes).find(
      ([job, lane]) => this.#plan(job).meets && isAtSwap(lane),
    );
    if (met === undefined) return;
    const [job] = met;
    // Let go first: while it stands there without a plan, the next one would seem to be the first.
    this.#race?.release(job);
    this.#change(job, { once: null });
  }

  /** The race is over, unless a job is run again. Breakpoints stay set for the next one; what was meant for once is done with. */
  end(): void {
    this.#state = null;
    const plans = Object.entries(this.#plans).map(
      ([job, { breakpoints }]) => [job, { ...noPlan, breakpoints }] as const,
    );
    this.#plans = Object.fromEntries(plans);
  }

  /** Pauses the race, or lets it go on. */
  togglePause(): void {
    if (this.paused) this.#race?.resume();
    else this.#race?.pause();
  }

  /**
   * Lets one job go on to its next stop and wait there: the chosen one if it waits, else the one that has waited longest.
   * In a race that is not paused that is a job that somebody holds, and the others go on; if none is held, it pauses.
   */
  step(chosen: string | null): void {
    if (this.paused) {
      const waits = chosen !== null && this.#state?.lanes[chosen]?.where.is === 'held';
      this.#race?.step(...(waits ? [chosen] : []));
      return;
    }
    const held = this.#heldByHand();
    const job = held.find((each) => each === chosen) ?? held[0];
    if (job === undefined) {
      this.#race?.pause();
      return;
    }
    this.#change(job, { once: 'next-stop' });
    this.#race?.release(job);
  }

  /** The jobs that wait until somebody releases them, who waits longest first. */
  #heldByHand(): string[] {
    if (this.#state === null || this.#state.script !== null) return [];
    const since = ({ where }: LaneState) => (where.is === 'held' ? where.since : 0);
    return Object.entries(this.#state.lanes)
      .filter(([job, lane]) => isHeld(lane) && !this.#plan(job).meets)
      .toSorted(([, one], [, other]) => since(one) - since(other))
      .map(([job]) => job);
  }

  /** The stops at which a job waits in every race. */
  breakpoints(job: string): readonly Stop[] {
    return this.#plan(job).breakpoints;
  }

  /** The stops at which a job is killed in this race, or in the next one. */
  kills(job: string): readonly Stop[] {
    return this.#plan(job).kills;
  }

  /** Whether a job is to wait once, before its next swap or at its next stop. */
  waitsOnce(job: string): boolean {
    const { meets, once } = this.#plan(job);
    return once !== null && !meets;
  }

  /** Whether a job is to wait at a stop. */
  waitsAt(job: string, stop: Stop): boolean {
    const { breakpoints, once } = this.#plan(job);
    return once === 'next-stop' || once === stop || breakpoints.includes(stop);
  }

  /** Whether a job waits where it is held, until it is released. */
  isHeld(job: string): boolean {
    const lane = this.#state?.lanes[job];
    return lane !== undefined && isHeld(lane);
  }

  /** Whether a job's worker can be killed. */
  isAlive(job: string): boolean {
    if (this.#past.canFork) return this.#past.wasAlive(job);
    const where = this.#state?.lanes[job]?.where.is;
    return where === 'running' || where === 'held' || where === 'queued';
  }

  /** Sets or takes away a breakpoint. */
  toggleBreakpoint(job: string, stop: Stop): void {
    const { breakpoints } = this.#plan(job);
    this.#change(job, { breakpoints: toggled(breakpoints, stop) });
  }

  /** Sets or takes away the order to kill a job at a stop. */
  toggleKill(job: string, stop: Stop): void {
    this.#change(job, { kills: toggled(this.#plan(job).kills, stop) });
  }

  /** Holds a job between its read and its swap, or lets it go on if it is held. */
  toggleHold(job: string): void {
    this.#toggleOnce(job, 'before-swap');
  }

  /** Holds a job at its next stop, or lets it go on if it is held. */
  toggleHoldAtNextStop(job: string): void {
    this.#toggleOnce(job, 'next-stop');
  }

  /** Ends a job's worker at once. */
  kill(job: string): void {
    if (!this.#forks(() => this.kill(job))) this.#race?.kill(job);
  }

  /** Runs a job that has ended uncommitted again, in a new worker. */
  async restart(job: string): Promise<void> {
    if (this.#forks(() => void this.restart(job))) return;
    try {
      // It waits where it is to wait by now: what was meant for its first run is done with.
      this.#race?.hold(job, this.#holdsOf(job));
      await this.#race?.restart(job);
    } catch (thrown) {
      this.#onError(thrown);
    }
  }

  #toggleOnce(job: string, once: NonNullable<LanePlan['once']>): void {
    if (this.#forks(() => this.#toggleOnce(job, once))) return;
    const isHeldNow = this.isHeld(job);
    this.#change(job, { once: isHeldNow || this.waitsOnce(job) ? null : once });
    if (isHeldNow) this.#race?.release(job);
  }

  /** Whether a change is one of the past, which comes about in a fork. */
  #forks(change: () => void): boolean {
    if (!this.#past.canFork) return false;
    this.#past.askToFork(change);
    return true;
  }

  #plan(job: string): LanePlan {
    return this.#plans[job] ?? noPlan;
  }

  #change(job: string, change: Partial<LanePlan>): void {
    const plan = { ...this.#plan(job), ...change, meets: false, foreign: false };
    this.#plans = { ...this.#plans, [job]: plan };
    this.#race?.hold(job, this.#holdsOf(job));
  }

  /** A race that somebody else has started brings holds of its own. */
  #adopt(job: string, holds: Holds): void {
    const plan: LanePlan =
      typeof holds === 'string'
        ? { ...noPlan, once: holds === 'all' ? 'next-stop' : null, foreign: true }
        : { ...noPlan, breakpoints: holds, foreign: true };
    this.#plans = { ...this.#plans, [job]: plan };
  }

  #holdsOf(job: string): Holds {
    const { breakpoints, kills, once } = this.#plan(job);
    if (once === 'next-stop') return 'all';
    const wanted = [...breakpoints, ...kills, ...(once === null ? [] : [once])];
    const stops = wanted.filter((stop, index) => wanted.indexOf(stop) === index);
    return stops.length === 0 ? 'none' : stops;
  }
}

function toggled(stops: readonly Stop[], stop: Stop): Stop[] {
  return stops.includes(stop) ? stops.filter((each) => each !== stop) : [...stops, stop];
}
