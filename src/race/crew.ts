import type { Job } from '../flare/workflow.ts';
import type { Holds } from './holds.ts';
import { JobRun, type JobRunOptions } from './job-run.ts';
import type { StopMessage } from './message.ts';
import type { WorkerPool } from './pool.ts';
import type { JobReport } from './report.ts';
import { isRetried } from './retry-policy.ts';
import { Roster } from './roster.ts';

/** What the workers of a race have in common, and who hears of them. */
export interface CrewOptions extends Pick<JobRunOptions, 'race' | 'protocol'> {
  pool: WorkerPool;
  holdsOf: (job: string) => Holds;
  perhapsCommitted: (job: string) => JobRunOptions['perhapsCommitted'];
  onStart: (job: string) => void;
  onStop: (job: string, message: StopMessage) => void;
  onQueued: (job: string, table: string) => void;
  onEnd: (run: JobReport) => void;
}

/** The jobs of a race at work, each in a worker of its own. */
export class Crew {
  /** Makes the names of this very race's files. */
  names: string;
  readonly #jobs: readonly Job[];
  readonly #options: CrewOptions;
  readonly #roster: Roster;
  readonly #runs = new Map<string, JobRun>();

  constructor(jobs: readonly Job[], names: string, options: CrewOptions) {
    this.#jobs = jobs;
    this.names = names;
    this.#options = options;
    this.#roster = new Roster(jobs);
  }

  /** Whether every job has ended. */
  get isOver(): boolean {
    return this.#roster.isOver;
  }

  /** The reports of the jobs that have ended, in the order of the workflow. */
  get reports(): JobReport[] {
    return this.#roster.reports;
  }

  /** Whether a job has ended and does not run again. */
  hasEnded(job: string): boolean {
    return this.#roster.hasEnded(job);
  }

  /**
   * Starts the jobs whose dependencies have committed. If there is one of which a dependency has not, it answers with its
   * report and starts nothing: that end may be the reason to skip another.
   */
  startReady(): JobReport | undefined {
    const skipped = this.#roster.nextSkipped();
    if (skipped !== undefined) return skipped;
    for (let job = this.#roster.takeReady(); job !== undefined; job = this.#roster.takeReady()) {
      this.#start(job);
    }
    return undefined;
  }

  /** Runs a job once more. Throws `IllegalState` if it has not ended uncommitted, or waits for others. */
  restart(job: string): void {
    this.#start(this.#roster.takeAgain(job));
  }

  /** Notes how a run ended; the answer tells of the runs before it as well. */
  end(run: JobReport): JobReport {
    return this.#roster.end(run);
  }

  /** Whether the workflow has a job run again whose run has ended so. */
  isRetried(run: JobReport): boolean {
    const job = this.#jobs.find(({ name }) => name === run.name);
    return job !== undefined && isRetried(job, run, this.#roster.earlierRuns(run.name));
  }

  /** Lets a job go on from the stop that it came to last. */
  release(job: string): void {
    this.#runs.get(job)?.release();
  }

  /** Ends a job's worker at once. */
  kill(job: string): void {
    this.#runs.get(job)?.kill();
  }

  /** Ends every worker at once. */
  killAll(): void {
    for (const run of this.#runs.values()) run.kill();
  }

  /** Tells every worker where it is to wait from now on. */
  tellHolds(): void {
    for (const [job, run] of this.#runs) run.hold(this.#options.holdsOf(job));
  }

  #start(job: Job): void {
    const { name } = job;
    const { race, protocol, pool, ...crew } = this.#options;
    const earlier = this.#roster.earlierRuns(name);
    const run = new JobRun(job, pool.take(), {
      race,
      protocol,
      seed: earlier === 0 ? `${this.names}/${name}` : `${this.names}/${name}/${earlier + 1}`,
      perhapsCommitted: crew.perhapsCommitted(name),
      holds: crew.holdsOf(name),
      onStop: (message) => crew.onStop(name, message),
      onQueued: (table) => crew.onQueued(name, table),
      onEnd: (report) => crew.onEnd(report),
    });
    this.#runs.set(name, run);
    crew.onStart(name);
  }
}
