import type { WorkflowReport } from './report.ts';

/** What a race comes to: known once, or once more after each restart of a job. */
export class Outcome {
  /** Every job has ended, and the verdict is being found or known. */
  isDue = false;
  #settled = deferred<WorkflowReport>();

  /** Resolves with the report that is looked for now; nobody need wait for it. */
  get report(): Promise<WorkflowReport> {
    return this.#settled.promise;
  }

  /** The race goes on: what it came to so far is not the end. */
  reopen(): void {
    if (this.isDue) this.#settled = deferred();
    this.isDue = false;
  }

  /** Settles with what `judge` finds, or with why it finds nothing. */
  async settle(judge: () => Promise<WorkflowReport>): Promise<void> {
    this.isDue = true;
    const { resolve, reject } = this.#settled;
    try {
      resolve(await judge());
    } catch (thrown) {
      reject(thrown);
    }
  }

  /** There is nothing to judge, for this reason. */
  fail(thrown: unknown): void {
    this.isDue = true;
    this.#settled.reject(thrown);
  }
}

/** A promise that is settled from outside. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((...settle) => ([resolve, reject] = settle));
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
