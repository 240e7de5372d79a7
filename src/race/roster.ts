import { IcejamError } from '../error.ts';
import type { Job } from '../flare/workflow.ts';
import { hasSucceeded, type JobReport } from './report.ts';

/** Who of a workflow's jobs runs, who may start, and how the others ended. Pure. */
export class Roster {
  readonly #jobs: readonly Job[];
  readonly #started = new Set<string>();
  readonly #reports = new Map<string, JobReport>();
  readonly #earlier = new Map<string, JobReport[]>();

  constructor(jobs: readonly Job[]) {
    this.#jobs = jobs;
  }

  /** Whether every job has ended. */
  get isOver(): boolean {
    return this.#jobs.every(({ name }) => this.#reports.has(name));
  }

  /** The reports of the jobs that have ended, in the order of the workflow. */
  get reports(): JobReport[] {
    return this.#jobs.flatMap(({ name }) => this.#reports.get(name) ?? []);
  }

  /** Whether a job has ended and does not run again. */
  hasEnded(name: string): boolean {
    return this.#reports.has(name);
  }

  /** Takes the next job that may start, as all its dependencies have committed. */
  takeReady(): Job | undefined {
    const ready = this.#open().find(({ dependencies }) =>
      dependencies.every((other) => this.#hasSucceeded(other)),
    );
    if (ready !== undefined) this.#started.add(ready.name);
    return ready;
  }

  /** The report of the next job that is never to start, as one of its dependencies has not committed. */
  nextSkipped(): JobReport | undefined {
    for (const job of this.#open()) {
      const causes = job.dependencies.flatMap((other) => this.#reports.get(other) ?? []);
      const cause = causes.find((report) => !hasSucceeded(report));
      if (cause !== undefined) return skipped(job, cause);
    }
    return undefined;
  }

  /** Notes how a run ended; the answer tells of the runs before it as well. */
  end(run: JobReport): JobReport {
    const earlier = this.#earlier.get(run.name);
    const report = earlier === undefined ? run : { ...run, earlier };
    this.#reports.set(run.name, report);
    return report;
  }

  /**
   * Takes a job that has ended uncommitted for another run. Throws `IllegalState` if it has not, or depends on a job
   * that has not committed.
   */
  takeAgain(name: string): Job {
    const job = this.#jobs.find((each) => each.name === name);
    const report = this.#reports.get(name);
    const missing = job?.dependencies.find((other) => !this.#hasSucceeded(other));
    if (job === undefined || report === undefined || hasSucceeded(report)) {
      throw cannotRestart(name, 'it has not ended uncommitted');
    }
    if (missing !== undefined) throw cannotRestart(name, `${missing} has not committed`);
    const { earlier = [], ...run } = report;
    this.#earlier.set(name, [...earlier, run]);
    this.#reports.delete(name);
    this.#started.add(name);
    return job;
  }

  /** How often a job has been run before. */
  earlierRuns(name: string): number {
    return this.#earlier.get(name)?.length ?? 0;
  }

  #hasSucceeded(name: string): boolean {
    const report = this.#reports.get(name);
    return report !== undefined && hasSucceeded(report);
  }

  /** Jobs that have neither started nor ended. */
  #open(): Job[] {
    return this.#jobs.filter(({ name }) => !this.#started.has(name) && !this.#reports.has(name));
  }
}

function cannotRestart(job: string, why: string): IcejamError {
  return new IcejamError('IllegalState', `${job} cannot be restarted: ${why}.`, {
    context: { job },
    remedy: 'Restart a job that was killed, rejected or skipped, or whose outcome is unknown.',
  });
}

function skipped(job: Job, cause: JobReport): JobReport {
  const why = new IcejamError(
    'IllegalState',
    `${job.name} was skipped because ${cause.name}, on which it depends, ${cause.outcome === 'committed' ? 'failed after its commit' : `was ${cause.outcome}`}.`,
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
