import { IcejamError } from '../error.ts';
import type { Job, Workflow } from '../flare/workflow.ts';
import type { Protocol, Stop, StopDetail } from '../iceberg/stop.ts';
import type { RaceEvent } from './event.ts';
import { JobRun } from './job-run.ts';
import type { Holds } from './message.ts';
import type { WorkerPool } from './pool.ts';
import type { JobReport, Verdict, WorkflowReport } from './report.ts';

/** How a workflow is run. */
export interface RaceOptions {
  protocol: Protocol;
  /** Makes snapshot ids, file names and jitter repeatable; a random one when absent. */
  seed?: string;
  /** Where jobs wait, by job name; a job that is not named waits nowhere. */
  holds?: Readonly<Record<string, Holds>>;
  pool: WorkerPool;
  /** Judges the race from its log and the table's files. */
  check: (events: readonly RaceEvent[], jobs: readonly JobReport[]) => Promise<Verdict>;
  /** Called at each event, in order. */
  onEvent?: (event: RaceEvent) => void;
  /** Called as each job ends. */
  onJob?: (job: JobReport) => void;
}

/** One run of a workflow: every job in its own worker, with its event log. */
export class Race {
  readonly id = crypto.randomUUID();
  readonly seed: string;
  /** The log so far. */
  readonly events: RaceEvent[] = [];
  /** Resolves when every job has ended and the race is judged. */
  readonly finished: Promise<WorkflowReport>;
  readonly #workflow: Workflow;
  readonly #options: RaceOptions;
  readonly #startedAt = performance.now();
  readonly #runs = new Map<string, JobRun>();
  readonly #reports = new Map<string, Promise<JobReport>>();
  readonly #waiters: (() => void)[] = [];

  constructor(workflow: Workflow, options: RaceOptions) {
    this.#workflow = workflow;
    this.#options = options;
    this.seed = options.seed ?? crypto.randomUUID();
    this.finished = this.#run();
  }

  /** Lets a held job go on to its next stop. */
  release(job: string): void {
    this.#runs.get(job)?.release();
  }

  /** Makes a job wait at these stops from now on. */
  hold(job: string, holds: Holds): void {
    this.#runs.get(job)?.hold(holds);
  }

  /** Ends a job's worker at once. */
  kill(job: string): void {
    this.#runs.get(job)?.kill();
  }

  /** The stop at which a job waits for a release, if it waits. */
  heldAt(job: string): StopDetail | null {
    return this.#runs.get(job)?.heldAt ?? null;
  }

  /** Resolves when a job has come to a stop, at once if it has been there. Rejects if it ends without. */
  async reached(job: string, stop: Stop): Promise<RaceEvent> {
    const wanted = (event: RaceEvent) => event.job === job && event.detail.stop === stop;
    for (;;) {
      const event = this.events.find(wanted);
      if (event !== undefined) return event;
      const ended = await Promise.race([this.#nextEvent(), this.#reports.get(job)]);
      if (ended !== undefined && !this.events.some(wanted)) {
        throw new IcejamError('IllegalState', `${job} ended without coming to ${stop}.`);
      }
    }
  }

  /** Resolves at the next event of any job. */
  #nextEvent(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  async #run(): Promise<WorkflowReport> {
    const { protocol, check, pool } = this.#options;
    const jobs = await Promise.all(this.#workflow.jobs.map((job) => this.#reportOf(job)));
    const verdict = await check(this.events, jobs);
    pool.refill();
    return { name: this.#workflow.name, protocol, jobs, verdict };
  }

  /** The report of a job, started when the jobs that it depends on have committed. */
  #reportOf(job: Job): Promise<JobReport> {
    const known = this.#reports.get(job.name);
    if (known !== undefined) return known;
    const report = this.#afterDependencies(job).then((ended) => {
      this.#options.onJob?.(ended);
      return ended;
    });
    this.#reports.set(job.name, report);
    return report;
  }

  async #afterDependencies(job: Job): Promise<JobReport> {
    const needed = this.#workflow.jobs.filter(({ name }) => job.dependencies.includes(name));
    const reports = await Promise.all(needed.map((other) => this.#reportOf(other)));
    const failed = reports.find(({ outcome }) => outcome !== 'committed');
    return failed === undefined ? this.#start(job) : skipped(job, failed);
  }

  #start(job: Job): Promise<JobReport> {
    const { holds = {}, protocol, pool } = this.#options;
    const run = new JobRun(job, pool.take(), {
      race: this.id,
      protocol,
      seed: `${this.seed}/${job.name}`,
      holds: holds[job.name] ?? 'none',
      onStop: ({ table, attempt, detail }) => this.#log({ job: job.name, table, attempt, detail }),
    });
    this.#runs.set(job.name, run);
    return run.finished;
  }

  #log(event: Omit<RaceEvent, 'seq' | 'at'>): void {
    const at = Math.round((performance.now() - this.#startedAt) * 10) / 10;
    const logged = { seq: this.events.length, at, ...event };
    this.events.push(logged);
    this.#options.onEvent?.(logged);
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

function skipped(job: Job, cause: JobReport): JobReport {
  const why = new IcejamError(
    'IllegalState',
    `${job.name} was skipped because ${cause.name}, on which it depends, was ${cause.outcome}.`,
    {
      context: { job: job.name, dependency: cause.name },
      remedy: `Mend ${cause.name} and run again.`,
    },
  );
  return {
    name: job.name,
    outcome: 'skipped',
    attempts: 0,
    snapshotId: null,
    rows: 0,
    files: 0,
    ms: 0,
    warnings: [],
    error: why.toValue(),
  };
}

/** Starts a workflow's jobs: those without dependencies at once, the others when theirs have committed. */
export function startRace(workflow: Workflow, options: RaceOptions): Race {
  return new Race(workflow, options);
}
