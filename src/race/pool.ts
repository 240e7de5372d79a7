import type { WasmModules } from '../wasm.ts';
import type { JobCommand } from './message.ts';

/**
 * Keeps job workers with a started engine at hand: an engine needs about a second of CPU to start.
 * A worker runs one job in its life, so a taken worker never comes back.
 */
export class WorkerPool {
  readonly #spares: Worker[] = [];
  readonly #size: number;
  readonly #wasm: Promise<WasmModules | null>;

  /** A pool that keeps `size` spare workers once {@link refill} was called; all workers share the compiled engines. */
  constructor(size: number, wasm: Promise<WasmModules | null>) {
    this.#size = size;
    this.#wasm = wasm;
  }

  /** A warm worker if there is one, else a new one. */
  take(): Worker {
    return this.#spares.shift() ?? this.#start();
  }

  /** Starts workers until the pool is full again. Call it when no race needs the CPU. */
  refill(): void {
    while (this.#spares.length < this.#size) {
      const worker = this.#start();
      // One that cannot run is none to hand out: whoever takes a new one hears of the failure.
      worker.onerror = () => this.#discard(worker);
      worker.postMessage({ type: 'warm' } satisfies JobCommand);
      this.#spares.push(worker);
    }
  }

  #discard(worker: Worker): void {
    worker.terminate();
    const index = this.#spares.indexOf(worker);
    if (index >= 0) this.#spares.splice(index, 1);
  }

  #start(): Worker {
    const worker = new Worker(new URL('../../workers/job.ts', import.meta.url), {
      type: 'module',
      name: 'job',
    });
    void this.#wasm.then((modules) => {
      worker.postMessage({ type: 'adopt-wasm', modules } satisfies JobCommand);
    });
    return worker;
  }

  /** Ends the spare workers. */
  close(): void {
    for (const worker of this.#spares.splice(0)) worker.terminate();
  }
}
