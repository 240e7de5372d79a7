import { IcejamError } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import type { Job, Workflow } from '../flare/workflow.ts';
import type { Protocol, Stop, StopDetail } from '../iceberg/stop.ts';
import { Conductor, type Move, type Steering } from './conductor.ts';
import type { RaceEvent } from './event.ts';
import { JobRun } from './job-run.ts';
import type { Holds, StopMessage } from './message.ts';
import type { WorkerPool } from './pool.ts';
import type { RaceState } from './race-state.ts';
import type { JobReport, Verdict, WorkflowReport } from './report.ts';
import type { Script } from './script.ts';
import { isRetried } from './retry-policy.ts';
import { RaceLog } from './race-log.ts';
import { Roster } from './roster.ts';
import { runsOf } from './runs.ts';
import { type Kill, scriptOf } from './script-of.ts';

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
  /** The seed of this very race's names. */
  #names: string;
  readonly #workflow: Workflow;
  readonly #options: RaceOptions;
  readonly #conductor: Conductor;
  readonly #roster: Roster;
  readonly #runs = new Map<string, JobRun>();
  readonly #kills: Kill[] = [];
  readonly #log = new RaceLog();
  #lastMoved: string | null = null;
  #isConducting = false;
  /** Every job has ended, and the verdict is being found or known. */
  #isJudged = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #waiters: (() => void)[] = [];
  /** The verdict on the race, or on what it has become since a job was restarted. */
  #judged = deferred<WorkflowReport>();

  constructor(workflow: Workflow, options: RaceOptions) {
    this.#workflow = workflow;
    this.#roster = new Roster(workflow.jobs);
    this.#options = options;
    this.protocol = options.protocol;
    this.seed = options.seed ?? crypto.randomUUID();
    this.#names = this.seed;
    this.#conductor = new Conductor(
      workflow.jobs.map(({ name }) => name),
      options,
    );
    this.finished = this.#judged.promise;
    // Whoever started the race gets it before the first job is heard.
    void this.#begin();
  }

  /** The log so far. */
  get events(): readonly RaceEvent[] {
    return this.#log.events;
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
    return this.#judged.promise;
  }

  /** Ends a job's worker at once, wherever it is. A script ends with that, and the race pauses. */
  kill(job: string): void {
    this.#steer(() => {
      this.#conductor.depart();
      this.#runs.get(job)?.kill();
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
    return scriptOf(this.events, this.#kills);
  }

  /** The workers that were ended before their jobs. */
  get kills(): readonly Kill[] {
    return this.#kills;
  }

  /** Resolves when a job has come to a stop, at once if it has been there. Rejects if it ends without. */
  async reached(job: string, stop: Stop): Promise<RaceEvent> {
    for (;;) {
      const event = this.events.find((each) => each.job === job && each.detail.stop === stop);
      if (event !== undefined) return event;
      if (this.#roster.hasEnded(job)) {
        throw new IcejamError('IllegalState', `${job} ended without coming to ${stop}.`);
      }
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  async #begin(): Promise<void> {
    try {
      const uses = await this.#options.seedUses;
      if (uses !== undefined) this.#names = `${this.seed}#${uses + 1}`;
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
    const isOver = !this.#conductor.isScripted && !this.#isJudged;
    if (isOver && this.#roster.isOver) {
      this.#isJudged = true;
      void this.#judge();
    }
  }

  #conduct(): void {
    clearTimeout(this.#timer);
    for (;;) {
      this.#logArrivals();
      const move = this.#conductor.next(performance.now());
      for (const [job, run] of this.#runs) run.hold(this.#conductor.holdsOf(job));
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
        this.#runs.get(move.job)?.release();
        return;
      case 'kill':
        this.#runs.get(move.job)?.kill();
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
    this.#isJudged = true;
    this.#conductor.depart();
    for (const run of this.#runs.values()) run.kill();
    this.#judged.reject(thrown);
  }

  /** Starts the jobs whose dependencies have committed, and skips those of which one has not. */
  #startReady(): void {
    const skipped = this.#roster.nextSkipped();
    if (skipped !== undefined) {
      // Its end may be the reason to skip another.
      this.#ended(skipped);
      return;
    }
    for (let job = this.#roster.takeReady(); job !== undefined; job = this.#roster.takeReady()) {
      this.#start(job);
    }
  }

  #restart(name: string): void {
    const job = this.#roster.takeAgain(name);
    if (this.#isJudged) this.#judged = deferred();
    this.#isJudged = false;
    this.#start(job);
  }

  /** Snapshots by table that a job's earlier runs may have committed. */
  #perhapsCommitted(name: string): Record<string, string[]> {
    const perhaps: Record<string, string[]> = {};
    for (const { job, table, detail } of this.events) {
      if (job !== name || table === null || detail.stop !== 'list-written') continue;
      (perhaps[table] ??= []).push(detail.snapshotId);
    }
    return perhaps;
  }

  #start(job: Job): void {
    const { name } = job;
    const { protocol, pool } = this.#options;
    const earlier = this.#roster.earlierRuns(name);
    const run = new JobRun(job, pool.take(), {
      race: this.id,
      protocol,
      seed: earlier === 0 ? `${this.#names}/${name}` : `${this.#names}/${name}/${earlier + 1}`,
      perhapsCommitted: this.#perhapsCommitted(name),
      holds: this.#conductor.holdsOf(name),
      onStop: (message) => this.#steer(() => this.#arrived(name, message)),
      onQueued: (table) => this.#steer(() => this.#conductor.queued(name, table)),
      onEnd: (report) => this.#steer(() => this.#ended(report)),
    });
    this.#runs.set(name, run);
    this.#conductor.started(name);
  }

  #arrived(job: string, message: StopMessage): void {
    this.#log.hear(job, message);
    this.#conductor.arrived(job, message, performance.now());
  }

  #ended(run: JobReport): void {
    const report = this.#roster.end(run);
    this.#conductor.ended(report.name);
    this.#logArrivals();
    this.#noteKill(report);
    // A script says itself when a job is run again.
    if (!this.#conductor.isScripted && this.#isRetried(run)) {
      this.#restart(run.name);
      return;
    }
    this.#options.onJob?.(report);
    this.#startReady();
  }

  #isRetried(run: JobReport): boolean {
    const job = this.#workflow.jobs.find(({ name }) => name === run.name);
    return job !== undefined && isRetried(job, run, this.#roster.earlierRuns(run.name));
  }

  #noteKill({ name, error }: JobReport): void {
    const last = this.events.findLast(({ job }) => job === name);
    if (error?.kind !== 'WorkerKilled') return;
    this.#kills.push({ job: name, at: last?.detail.stop ?? 'start', after: this.events.length });
  }

  async #judge(): Promise<void> {
    const { protocol, check, pool, onReport } = this.#options;
    const judged = this.#judged;
    const jobs = this.#roster.reports;
    try {
      const runs = runsOf(this.events, jobs);
      const verdict = await check(runs.events, runs.jobs);
      const { script, seed } = this;
      const report = { name: this.#workflow.name, protocol, jobs, verdict, seed, script };
      onReport?.(report);
      judged.resolve(report);
    } catch (thrown) {
      judged.reject(thrown);
    }
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

/** A promise that is settled from outside; nobody need wait for it. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((...settle) => ([resolve, reject] = settle));
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

/** Starts a workflow's jobs: those without dependencies at once, the others when theirs have committed. */
export function startRace(workflow: Workflow, options: RaceOptions): Race {
  return new Race(workflow, options);
}
