import { IcejamError } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import type { Workflow } from '../flare/workflow.ts';
import type { Protocol, Stop, StopDetail } from '../iceberg/stop.ts';
import { Conductor, type Move, type Steering } from './conductor.ts';
import { Crew } from './crew.ts';
import type { Kill, RaceEvent } from './event.ts';
import type { Holds } from './holds.ts';
import type { StopMessage } from './message.ts';
import { Outcome } from './outcome.ts';
import type { WorkerPool } from './pool.ts';
import { RaceLog } from './race-log.ts';
import type { RaceState } from './race-state.ts';
import type { JobReport, Verdict, WorkflowReport } from './report.ts';
import { runsOf } from './runs.ts';
import type { Script } from './script.ts';

/** How a workflow is run. */
export interface RaceOptions extends Steering {
  protocol: Protocol;
  /** Makes snapshot ids, file names and jitter repeatable; a random one when absent. */
  seed?: string;
  /**
   * How many races were given this seed before: a further one takes other names, as a file name is never used twice.
   * Absent for a seed that nobody has given.
   */
  seedUses?: Promise<number>;
  pool: WorkerPool;
  /** Judges the race from its log and the table's files. */
  check: (events: readonly RaceEvent[], jobs: readonly JobReport[]) => Promise<Verdict>;
  /** Called at each event, in order. */
  onEvent?: (event: RaceEvent) => void;
  /** Called as each job ends. */
  onJob?: (job: JobReport) => void;
  /** Called when a job is held, let go on, queues or ends, and when pause, pace or a breakpoint has changed. */
  onState?: (state: RaceState) => void;
  /** Called when all jobs have ended and the race is judged: again after a restart. */
  onReport?: (report: WorkflowReport) => void;
}

/**
 * One run of a workflow: every job in its own worker, with its event log. Steering is one mechanism: jobs wait at stops,
 * and the {@link Conductor} says which of them goes on. A method that names a job throws `IllegalArgument` if there is
 * no such job.
 */
export class Race {
  readonly id = crypto.randomUUID();
  readonly seed: string;
  readonly protocol: Protocol;
  /**
   * Resolves when every job has ended and the race is judged. Rejects with `IllegalState` when its script does not fit,
   * with every worker ended.
   */
  readonly finished: Promise<WorkflowReport>;
  readonly #workflow: Workflow;
  readonly #options: RaceOptions;
  readonly #conductor: Conductor;
  readonly #crew: Crew;
  readonly #log = new RaceLog();
  readonly #outcome = new Outcome();
  #lastMoved: string | null = null;
  #isConducting = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #waiters: (() => void)[] = [];

  constructor(workflow: Workflow, options: RaceOptions) {
    this.#workflow = workflow;
    this.#options = options;
    this.protocol = options.protocol;
    this.seed = options.seed ?? crypto.randomUUID();
    this.#conductor = new Conductor(
      workflow.jobs.map(({ name }) => name),
      options,
    );
    this.#crew = new Crew(workflow.jobs, this.seed, {
      race: this.id,
      protocol: options.protocol,
      pool: options.pool,
      holdsOf: (job) => this.#conductor.holdsOf(job),
      perhapsCommitted: (job) => this.#log.perhapsCommitted(job),
      onStart: (job) => this.#conductor.started(job),
      onStop: (job, message) => this.#steer(() => this.#arrived(job, message)),
      onQueued: (job, table) => this.#steer(() => this.#conductor.queued(job, table)),
      onEnd: (run) => this.#steer(() => this.#ended(run)),
    });
    this.finished = this.#outcome.report;
    // Whoever started the race gets it before the first job is heard.
    void this.#begin();
  }

  /** The log so far. */
  get events(): readonly RaceEvent[] {
    return this.#log.events;
  }

  /** Epoch ms from which the events count their times. */
  get startedAt(): number {
    return this.#log.startedAt;
  }

  /** How the race is steered, and where its jobs are. */
  get state(): RaceState {
    return this.#conductor.state;
  }

  /** Whether all jobs wait at their next stop. */
  get paused(): boolean {
    return this.state.paused;
  }

  /** All jobs wait at their next stop from now on. */
  pause(): void {
    this.#steer(() => this.#conductor.pause());
  }

  /** Lets the race go on; a job that waits at a breakpoint of its own stays there until it is released. */
  resume(): void {
    this.#steer(() => this.#conductor.resume());
  }

  /**
   * Lets exactly one held job go on to its next stop and wait there; without a name the one that has waited longest.
   * While there is a script, without a name: takes its next step.
   */
  step(job?: string): void {
    this.#steer(() => this.#conductor.step(job));
  }

  /** 1: as fast as it goes; down to 1/100, where a job waits two seconds at each stop. */
  get pace(): number {
    return this.state.pace;
  }

  /** Sets the pace; what is out of bounds becomes the nearest bound. */
  set pace(pace: number) {
    this.#steer(() => (this.#conductor.pace = pace));
  }

  /** Lets a held job go on to where it is held next. A script ends with that, and the race pauses. */
  release(job: string): void {
    this.#steer(() => this.#conductor.release(job));
  }

  /** Sets a job's breakpoints: it waits there until it is released. One that waits already stays where it is. */
  hold(job: string, holds: Holds): void {
    this.#steer(() => this.#conductor.hold(job, holds));
  }

  /** The stops at which a job waits until it is released. */
  breakpoints(job: string): Holds {
    return this.state.lanes[job]?.breakpoints ?? 'none';
  }

  /** The stop at which a job waits to be let go on, if it waits. */
  heldAt(job: string): StopDetail | null {
    const where = this.state.lanes[job]?.where;
    return where?.is === 'held' ? where.detail : null;
  }

  /**
   * Runs a job that has ended uncommitted again: in a new worker, in the same lane, while the others go on. What its
   * earlier run has committed without learning of it is found by its snapshot, and not written twice. Resolves when
   * the race is judged again. Throws `IllegalState` if the job has not ended uncommitted, or waits for others.
   */
  restart(job: string): Promise<WorkflowReport> {
    this.#steer(() => {
      this.#conductor.depart();
      this.#restart(job);
    });
    return this.#outcome.report;
  }

  /** Ends a job's worker at once, wherever it is. A script ends with that, and the race pauses. */
  kill(job: string): void {
    this.#steer(() => {
      this.#conductor.depart();
      this.#crew.kill(job);
    });
  }

  /** Has a job's worker ended when it comes to a stop, or at once if it waits there; `null` takes such orders back. */
  killAt(job: string, stop: Stop | null): void {
    this.#steer(() => this.#conductor.killAt(job, stop));
  }

  /**
   * The order in which the jobs went on, as a script: a race over it comes out the same. In a race without a script two
   * workers may tell of their stops in another order than they came to them; the script has the order of what they did.
   */
  get script(): Script {
    return this.#log.script;
  }

  /** The workers that were ended before their jobs. */
  get kills(): readonly Kill[] {
    return this.#log.kills;
  }

  /** Resolves when a job has come to a stop, at once if it has been there. Rejects if it ends without. */
  async reached(job: string, stop: Stop): Promise<RaceEvent> {
    for (;;) {
      const event = this.events.find((each) => each.job === job && each.detail.stop === stop);
      if (event !== undefined) return event;
      if (this.#crew.hasEnded(job)) {
        throw new IcejamError('IllegalState', `${job} ended without coming to ${stop}.`);
      }
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  async #begin(): Promise<void> {
    try {
      const uses = await this.#options.seedUses;
      if (uses !== undefined) this.#crew.names = `${this.seed}#${uses + 1}`;
      this.#steer(() => this.#startReady());
    } catch (thrown) {
      this.#abandon(thrown);
    }
  }

  /** Does something that may let jobs go on, and then whatever follows from it. */
  #steer(change: () => void): void {
    change();
    if (this.#isConducting) return;
    this.#isConducting = true;
    try {
      this.#conduct();
    } catch (thrown) {
      this.#abandon(thrown);
    } finally {
      this.#isConducting = false;
    }
    this.#options.onState?.(this.state);
    for (const resolve of this.#waiters.splice(0)) resolve();
    const isOver = !this.#conductor.isScripted && this.#crew.isOver;
    if (isOver && !this.#outcome.isDue) void this.#judge();
  }

  #conduct(): void {
    clearTimeout(this.#timer);
    for (;;) {
      this.#logArrivals();
      const move = this.#conductor.next(performance.now());
      this.#crew.tellHolds();
      if (move === null) return;
      if (move.do === 'wait') {
        this.#timer = setTimeout(() => this.#steer(() => undefined), move.ms);
        return;
      }
      this.#make(move);
    }
  }

  #make(move: Exclude<Move, { do: 'wait' }>): void {
    this.#lastMoved = move.job;
    switch (move.do) {
      case 'release':
        this.#crew.release(move.job);
        return;
      case 'kill':
        this.#crew.kill(move.job);
        return;
      case 'restart':
        this.#restart(move.job);
        return;
      default:
        exhaustive(move.do);
    }
  }

  /** Ends the race where its script does not fit. */
  #abandon(thrown: unknown): void {
    // First of all: what the workers end by is not to be judged.
    this.#outcome.fail(thrown);
    this.#conductor.depart();
    this.#crew.killAll();
  }

  #startReady(): void {
    const skipped = this.#crew.startReady();
    if (skipped !== undefined) this.#ended(skipped);
  }

  #restart(job: string): void {
    this.#crew.restart(job);
    this.#outcome.reopen();
  }

  #arrived(job: string, message: StopMessage): void {
    this.#log.hear(job, message);
    this.#conductor.arrived(job, message, performance.now());
  }

  #ended(run: JobReport): void {
    const report = this.#crew.end(run);
    this.#conductor.ended(report.name);
    this.#logArrivals();
    this.#log.noteEnd(report);
    // A script says itself when a job is run again.
    if (!this.#conductor.isScripted && this.#crew.isRetried(run)) {
      this.#restart(run.name);
      return;
    }
    this.#options.onJob?.(report);
    this.#startReady();
  }

  async #judge(): Promise<void> {
    const { protocol, check, pool, onReport } = this.#options;
    const jobs = this.#crew.reports;
    await this.#outcome.settle(async () => {
      const runs = runsOf(this.events, jobs);
      const verdict = await check(runs.events, runs.jobs);
      const { script, seed } = this;
      const report = { name: this.#workflow.name, protocol, jobs, verdict, seed, script };
      onReport?.(report);
      return report;
    });
    pool.refill();
  }

  /**
   * Logs the stops that jobs have come to: as they are heard, or under a script in an order that does not depend on
   * whose message is quicker: first the job that was let go on, then those that its move let go on, by the workflow.
   */
  #logArrivals(): void {
    const { isScripted, isAtRest } = this.#conductor;
    if (isScripted && !isAtRest) return;
    const jobs = this.#workflow.jobs.map(({ name }) => name);
    const order = this.#lastMoved === null ? jobs : [this.#lastMoved, ...jobs];
    this.#log.write(isScripted ? order : null, (event) => this.#options.onEvent?.(event));
  }
}

/** Starts a workflow's jobs: those without dependencies at once, the others when theirs have committed. */
export function startRace(workflow: Workflow, options: RaceOptions): Race {
  return new Race(workflow, options);
}
