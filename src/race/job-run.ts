import { IcejamError } from '../error.ts';
import type { Job } from '../flare/workflow.ts';
import type { Protocol, StopDetail } from '../iceberg/stop.ts';
import { exhaustive } from '../exhaustive.ts';
import type { Holds, JobCommand, JobMessage } from './message.ts';
import type { JobOutcome, JobReport } from './report.ts';

/** What a job's worker is given. */
export interface JobRunOptions {
  race: string;
  protocol: Protocol;
  seed: string;
  holds: Holds;
  /** Called at each stop, in order. */
  onStop: (stop: Extract<JobMessage, { type: 'stop' }>) => void;
}

/** One job in its worker, from the first message to the report. */
export class JobRun {
  readonly name: string;
  /** How the job ended. Never rejects: a crash and a kill are outcomes. */
  readonly finished: Promise<JobReport>;
  readonly #worker: Worker;
  readonly #startedAt = performance.now();
  readonly #onStop: JobRunOptions['onStop'];
  #settle: (report: JobReport) => void = () => undefined;
  #stops: Extract<JobMessage, { type: 'stop' }>[] = [];

  constructor(job: Job, worker: Worker, options: JobRunOptions) {
    this.name = job.name;
    this.#worker = worker;
    this.#onStop = options.onStop;
    this.finished = new Promise((settle) => (this.#settle = settle));
    worker.onmessage = ({ data }: MessageEvent<JobMessage>) => this.#receive(data, options.race);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(
        new IcejamError('WorkerKilled', `The worker of ${job.name} crashed: ${event.message}`),
      );
    };
    const { race, protocol, seed, holds } = options;
    this.#send({ type: 'run', race, job: job.name, stack: job.stack, protocol, seed, holds });
  }

  /** The stop at which the job waits for a release, if it waits. */
  get heldAt(): StopDetail | null {
    const last = this.#stops.at(-1);
    return last?.held === true ? last.detail : null;
  }

  /** Lets the job go on if it waits. */
  release(): void {
    const last = this.#stops.at(-1);
    if (last?.held !== true) return;
    last.held = false;
    this.#send({ type: 'release', stopId: last.stopId });
  }

  /** Makes the job wait at these stops from now on. */
  hold(holds: Holds): void {
    this.#send({ type: 'hold', holds });
  }

  /** Ends the worker at once, wherever it is. */
  kill(): void {
    this.#end(new IcejamError('WorkerKilled', `${this.name} was killed.`));
  }

  #send(command: JobCommand): void {
    this.#worker.postMessage(command);
  }

  #receive(message: JobMessage, race: string): void {
    switch (message.type) {
      case 'ready':
        return;
      case 'stop':
        if (this.#stops.length === 0) this.#watchLock(`icejam:job:${race}/${this.name}`);
        this.#stops.push(message);
        this.#onStop(message);
        return;
      case 'done':
        this.#worker.terminate();
        this.#settle(message.report);
        return;
      default:
        exhaustive(message);
    }
  }

  /** The worker holds this lock for its life: getting it without a report means that the worker died. */
  #watchLock(name: string): void {
    void navigator.locks
      .request(name, () => undefined)
      .then(() => {
        // The report was posted before the lock was freed, but may be delivered after it.
        setTimeout(() => {
          this.#end(
            new IcejamError('WorkerKilled', `The worker of ${this.name} ended on its own.`),
          );
        }, 100);
      });
  }

  #end(error: IcejamError): void {
    this.#worker.terminate();
    this.#settle({
      name: this.name,
      ...deathOutcome(this.#stops.map(({ detail }) => detail)),
      attempts: Math.max(0, ...this.#stops.map(({ attempt }) => attempt)),
      rows: 0,
      files: 0,
      ms: Math.round(performance.now() - this.#startedAt),
      warnings: [],
      error: error.toValue(),
    });
  }
}

/** What is known of a job whose worker died after these stops: between swap and answer nothing is. */
function deathOutcome(stops: StopDetail[]): { outcome: JobOutcome; snapshotId: string | null } {
  const won = stops.findLast((detail) => detail.stop === 'swap-won' && detail.snapshotId !== null);
  if (won?.stop === 'swap-won') return { outcome: 'killed', snapshotId: won.snapshotId };
  const outcome = stops.at(-1)?.stop === 'before-swap' ? 'unknown' : 'killed';
  return { outcome, snapshotId: null };
}
