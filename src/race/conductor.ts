import { IcejamError } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import type { Stop } from '../iceberg/stop.ts';
import { CommitLine } from './commit-line.ts';
import { type Holds, holdsAt } from './holds.ts';
import { isAt, isBeforeQueue, type Lane, newLane, whereText } from './lane.ts';
import type { StopMessage } from './message.ts';
import type { LaneState, RaceState } from './race-state.ts';
import { type Script, type Step, stepDoesNotFit } from './script.ts';

/** What is to be done next: let a held job go on, kill it, run it again, or ask again in `ms`. */
export type Move = { do: 'release' | 'kill' | 'restart'; job: string } | { do: 'wait'; ms: number };

/** How a race begins to be steered. */
export interface Steering {
  /** Where jobs wait, by job name; a job that is not named waits nowhere. */
  holds?: Readonly<Record<string, Holds>>;
  paused?: boolean;
  /** 1 (default): as fast as it goes; down to 1/100. */
  pace?: number;
  /** Takes every step of the race until it is over. */
  script?: Script;
  /** What the jobs do that are left when the script is over; `run` by default. */
  afterScript?: 'run' | 'pause';
}

/** The slowest pace there is. */
const slowest = 1 / 100;

/** ms that a job waits at each stop at half the full pace. */
const halfPaceDelay = 20;

/**
 * Decides which held job is let go on and when. Pure: it is told what happens and what is wanted, and answers with moves;
 * every way to steer a race comes down to these. All times are ms on one clock.
 */
export class Conductor {
  readonly #lanes: Map<string, Lane>;
  readonly #line = new CommitLine();
  readonly #afterScript: 'run' | 'pause';
  #script: Script | null;
  #taken = 0;
  #paused: boolean;
  #pace: number;
  /** Steps of the script that may be taken although the race is paused. */
  #allowed = 0;
  #lastStepAt = -Infinity;

  /** Throws `IllegalArgument` if the script names a job that there is not. */
  constructor(jobs: readonly string[], steering: Steering = {}) {
    const { holds = {}, script = null, afterScript = 'run' } = steering;
    this.#lanes = new Map(jobs.map((job) => [job, newLane(holds[job] ?? 'none')]));
    this.#script = script;
    this.#afterScript = afterScript;
    this.#paused = steering.paused ?? false;
    this.#pace = within(steering.pace ?? 1);
    for (const { job } of script ?? []) this.#lane(job);
  }

  /** How the race is steered now. */
  get state(): RaceState {
    const lanes = [...this.#lanes].map(
      ([job, { where, breakpoints, kills }]): [string, LaneState] => {
        const place =
          where.is === 'queued' ? { ...where, behind: this.#line.ahead(where.table, job) } : where;
        return [job, { where: place, breakpoints, kills: [...kills] }];
      },
    );
    const steps = this.#script?.length;
    return {
      paused: this.#paused,
      pace: this.#pace,
      script: steps === undefined ? null : { taken: this.#taken, steps },
      lanes: Object.fromEntries(lanes),
    };
  }

  /** Whether a script decides what happens next. */
  get isScripted(): boolean {
    return this.#script !== null;
  }

  /** Whether nothing more happens until a job is let go on; to be asked while every job waits at every stop. */
  get isAtRest(): boolean {
    return [...this.#lanes].every(([job, { where }]) => {
      if (where.is === 'queued') return this.#line.ahead(where.table, job) !== null;
      return where.is !== 'running';
    });
  }

  /** Where a job's worker is to wait. */
  holdsOf(job: string): Holds {
    const { breakpoints, kills, steps } = this.#lane(job);
    const isEverywhere = this.#paused || this.#pace < 1 || this.isScripted || steps;
    if (isEverywhere || breakpoints === 'all') return 'all';
    const named = breakpoints === 'none' ? [] : breakpoints;
    const stops = [...new Set([...named, ...kills])];
    return stops.length === 0 ? 'none' : stops;
  }

  /** A job's worker was started. */
  started(job: string): void {
    this.#lane(job).where = { is: 'running' };
  }

  /** A job has come to a stop. */
  arrived(job: string, message: StopMessage, now: number): void {
    const lane = this.#lane(job);
    const { detail, table, attempt } = message;
    this.#line.reached(job, detail);
    lane.last = message;
    if (message.held) {
      lane.where = { is: 'held', detail, table, attempt, since: now };
      lane.stays = lane.steps || holdsAt(lane.breakpoints, detail.stop);
      lane.steps = false;
    } else this.#goesOn(job, lane);
  }

  /** A job has asked for its turn to commit to a table. */
  queued(job: string, table: string): void {
    const lane = this.#lane(job);
    // One whose turn came at once may have told of its next stop before.
    if (lane.where.is === 'running' && isBeforeQueue(lane.last)) {
      lane.where = { is: 'queued', table };
    }
  }

  /** A job has ended, or its worker has. */
  ended(job: string): void {
    this.#line.leave(job);
    const lane = this.#lane(job);
    this.#lanes.set(job, { ...newLane(lane.breakpoints), where: { is: 'ended' }, last: lane.last });
  }

  /** All jobs wait at their next stop. */
  pause(): void {
    this.#paused = true;
  }

  /** Goes on; jobs that wait at a breakpoint of theirs stay there. */
  resume(): void {
    this.#paused = false;
    for (const lane of this.#lanes.values()) {
      const { where, breakpoints } = lane;
      if (where.is === 'held') lane.stays = holdsAt(breakpoints, where.detail.stop);
    }
  }

  /**
   * Lets one held job go on to its next stop and wait there; without a name the one that has waited longest, or while
   * there is a script, the next of its steps.
   */
  step(job?: string): void {
    if (job === undefined && this.isScripted) {
      this.#allowed = 1;
      return;
    }
    const chosen = job ?? this.#heldJobs()[0];
    if (chosen === undefined) return;
    this.release(chosen);
    const lane = this.#lane(chosen);
    if (lane.goes) lane.steps = true;
  }

  /** Lets a held job go on from its stop. In place of a script's next step: the script ends, and the race pauses. */
  release(job: string): void {
    const lane = this.#lane(job);
    if (lane.where.is !== 'held') return;
    this.depart();
    lane.goes = true;
  }

  /** Makes a job wait at these stops from now on. One that waits already stays there. */
  hold(job: string, holds: Holds): void {
    const lane = this.#lane(job);
    lane.breakpoints = holds;
    if (lane.where.is === 'held' && holdsAt(holds, lane.where.detail.stop)) lane.stays = true;
  }

  /** Has a job killed when it comes to a stop, or at once if it waits there; `null` takes back all such orders. */
  killAt(job: string, stop: Stop | null): void {
    const lane = this.#lane(job);
    lane.kills = stop === null ? new Set() : new Set([...lane.kills, stop]);
  }

  /** Sets the pace, within its bounds. */
  set pace(pace: number) {
    this.#pace = within(pace);
  }

  /** Ends the script where it is and pauses: what follows is another future. */
  depart(): void {
    if (!this.isScripted) return;
    this.#script = null;
    this.#paused = true;
  }

  /**
   * The next move, which counts as made; `null`: nothing until something happens.
   * Throws `IllegalState` for a step of the script that cannot be taken.
   */
  next(now: number): Move | null {
    for (const [job, { where, kills }] of this.#lanes) {
      if (where.is === 'held' && kills.has(where.detail.stop)) return { do: 'kill', job };
    }
    const move =
      this.#script === null ? this.#nextFree(now) : this.#nextOfScript(now, this.#script);
    if (move?.do === 'release') this.#goesOn(move.job, this.#lane(move.job));
    return move;
  }

  #nextFree(now: number): Move | null {
    let soonest = Infinity;
    for (const job of this.#heldJobs()) {
      const { goes, stays, where } = this.#lane(job);
      if (goes) return { do: 'release', job };
      if (this.#paused || stays || where.is !== 'held') continue;
      soonest = Math.min(soonest, where.since + this.#delay);
      if (soonest <= now) return { do: 'release', job };
    }
    return soonest === Infinity ? null : { do: 'wait', ms: soonest - now };
  }

  #nextOfScript(now: number, script: Script): Move | null {
    if (!this.isAtRest || (this.#paused && this.#allowed === 0)) return null;
    let step = script[this.#taken];
    // A job that waits where it is to be run to has nothing to do.
    while (step?.do === 'run' && isAt(step, this.#lane(step.job).where)) {
      step = script[++this.#taken];
    }
    if (step === undefined) {
      this.#script = null;
      this.#paused ||= this.#afterScript === 'pause';
      return this.#nextFree(now);
    }
    const due = this.#lastStepAt + this.#delay;
    if (due > now) return { do: 'wait', ms: due - now };
    const move = this.#take(step);
    this.#lastStepAt = now;
    this.#allowed = 0;
    return move;
  }

  /** The move that a step asks for. */
  #take(step: Step): Move {
    const { job } = step;
    const { where, last } = this.#lane(job);
    const does = step.do;
    switch (does) {
      case 'run':
        if (where.is !== 'held') throw this.#doesNotFit(step);
        return { do: 'release', job };
      case 'restart':
        if (where.is !== 'ended' || last?.detail.stop !== step.at) throw this.#doesNotFit(step);
        break;
      case 'release':
      case 'kill':
        if (!isAt(step, where)) throw this.#doesNotFit(step);
        break;
      default:
        exhaustive(does);
    }
    this.#taken += 1;
    return { do: does, job };
  }

  #doesNotFit(step: Step): IcejamError {
    const { where, last } = this.#lane(step.job);
    return stepDoesNotFit(step, this.#taken, whereText(where, last));
  }

  /** Names of the held jobs, the one that has waited longest first. */
  #heldJobs(): string[] {
    const since = ({ where }: Lane) => (where.is === 'held' ? where.since : Infinity);
    return [...this.#lanes]
      .filter(([, { where }]) => where.is === 'held')
      .toSorted(([, one], [, other]) => since(one) - since(other))
      .map(([job]) => job);
  }

  #goesOn(job: string, lane: Lane): void {
    lane.where = { is: 'running' };
    lane.stays = false;
    lane.goes = false;
    const table = lane.last?.table;
    if (isBeforeQueue(lane.last) && table !== null && table !== undefined) {
      this.#line.join(table, job);
    }
  }

  get #delay(): number {
    return halfPaceDelay * (1 / this.#pace - 1);
  }

  #lane(job: string): Lane {
    const lane = this.#lanes.get(job);
    if (lane !== undefined) return lane;
    throw new IcejamError('IllegalArgument', `The workflow has no job ${job}.`, {
      context: { job },
      remedy: `Name one of ${[...this.#lanes.keys()].join(', ')}.`,
    });
  }
}

function within(pace: number): number {
  return Math.min(1, Math.max(slowest, pace));
}
