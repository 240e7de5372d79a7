import type { JobCommand } from './message.ts';

const startJobWorker = () =>
  new Worker(new URL('../../workers/job.ts', import.meta.url), { type: 'module', name: 'job' });

/**
 * Keeps job workers with a started engine at hand: an engine needs about a second of CPU to start.
 * A worker runs one job in its life, so a taken worker never comes back.
 */
export class WorkerPool {
  readonly #spares: Worker[] = [];
  readonly #size: number;

  /** A pool that keeps `size` spare workers once {@link refill} was called. */
  constructor(size: number) {
    this.#size = size;
  }

  /** A warm worker if there is one, else a new one. */
  take(): Worker {
    return this.#spares.shift() ?? startJobWorker();
  }

  /** Starts workers until the pool is full again. Call it when no race needs the CPU. */
  refill(): void {
    while (this.#spares.length < this.#size) {
      const worker = startJobWorker();
      worker.postMessage({ type: 'warm' } satisfies JobCommand);
      this.#spares.push(worker);
    }
  }

  /** Ends the spare workers. */
  close(): void {
    for (const worker of this.#spares.splice(0)) worker.terminate();
  }
}
