import { IcejamError } from '../error.ts';
import type { Job } from '../flare/workflow.ts';
import type { Protocol } from '../iceberg/stop.ts';
import { deathReport } from './death.ts';
import { exhaustive } from '../exhaustive.ts';
import type { Holds } from './holds.ts';
import type { JobCommand, JobMessage, StopMessage } from './message.ts';
import type { JobReport } from './report.ts';

/** What a job's worker is given. */
export interface JobRunOptions {
  race: string;
  protocol: Protocol;
  seed: string;
  /** Snapshots by table, decimal text, that an earlier run of the job may have committed. */
  perhapsCommitted: Readonly<Record<string, readonly string[]>>;
  holds: Holds;
  /** Called at each stop, in order. */
  onStop: (stop: StopMessage) => void;
  /** Called when the job is in line for its turn to commit to a table. */
  onQueued: (table: string) => void;
  /** Called once when the job has ended, whatever its end: a crash and a kill are outcomes. */
  onEnd: (report: JobReport) => void;
}

/** One job in its worker, from the first message to the report. */
export class JobRun {
  readonly name: string;
  readonly #worker: Worker;
  readonly #startedAt = performance.now();
  readonly #options: JobRunOptions;
  readonly #stops: StopMessage[] = [];
  #holds: Holds;
  #hasEnded = false;

  constructor(job: Job, worker: Worker, options: JobRunOptions) {
    this.name = job.name;
    this.#worker = worker;
    this.#options = options;
    this.#holds = options.holds;
    worker.onmessage = ({ data }: MessageEvent<JobMessage>) => this.#receive(data);
    worker.onerror = (event: Event & Partial<ErrorEvent>) => {
      event.preventDefault();
      // HTML, “run a worker”: of a script that cannot be loaded tells an event without a message.
      if (event.message !== undefined) this.#die(crashed(job.name, event.message));
      else this.#end({ ...this.#death(notLoaded(job.name)), outcome: 'rejected' });
    };
    const { race, protocol, seed, perhapsCommitted, holds } = options;
    const { name, stack } = job;
    this.#send({ type: 'run', race, job: name, stack, protocol, seed, perhapsCommitted, holds });
  }

  /** Lets the job go on from the stop that it came to last. */
  release(): void {
    const last = this.#stops.at(-1);
    if (last !== undefined) this.#send({ type: 'release', stopId: last.stopId });
  }

  /** Makes the job wait at these stops from now on. One that waits already stays there. */
  hold(holds: Holds): void {
    if (String(holds) === String(this.#holds)) return;
    this.#holds = holds;
    this.#send({ type: 'hold', holds });
  }

  /** Ends the worker at once, wherever it is. */
  kill(): void {
    this.#die(new IcejamError('WorkerKilled', `${this.name} was killed.`));
  }

  #send(command: JobCommand): void {
    this.#worker.postMessage(command);
  }

  #receive(message: JobMessage): void {
    if (this.#hasEnded) return;
    switch (message.type) {
      case 'ready':
        return;
      case 'stop':
        if (this.#stops.length === 0) this.#watchLock();
        this.#stops.push(message);
        this.#options.onStop(message);
        return;
      case 'queued':
        this.#options.onQueued(message.table);
        return;
      case 'done':
        this.#end(message.report);
        return;
      default:
        exhaustive(message);
    }
  }

  /** The worker holds this lock for its life: getting it without a report means that the worker died. */
  #watchLock(): void {
    void navigator.locks
      .request(`icejam:job:${this.#options.race}/${this.name}`, () => undefined)
      .then(() => {
        // The report was posted before the lock was freed, but may be delivered after it.
        setTimeout(() => {
          this.#die(
            new IcejamError('WorkerKilled', `The worker of ${this.name} ended on its own.`),
          );
        }, 100);
      });
  }

  #die(error: IcejamError): void {
    this.#end(this.#death(error));
  }

  #death(error: IcejamError): JobReport {
    const ms = Math.round(performance.now() - this.#startedAt);
    return deathReport(this.name, this.#stops, ms, error);
  }

  #end(report: JobReport): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#worker.terminate();
    this.#options.onEnd(report);
  }
}

function crashed(job: string, message: string): IcejamError {
  return new IcejamError('WorkerKilled', `The worker of ${job} crashed: ${message}`);
}

/** The error for a worker that never ran: nothing of its job has happened. */
function notLoaded(job: string): IcejamError {
  return new IcejamError(
    'NotFound',
    `The worker of ${job} did not start: its script did not load.`,
    {
      context: { job },
      remedy:
        'Reload the page and run again: the site may have been updated since it was opened, or it cannot be reached.',
    },
  );
}
