import type { CommitQueue } from '../../../src/iceberg/ports.ts';
import type { SeededRandom } from '../../../src/iceberg/memory.ts';

interface Parked {
  ready: () => boolean;
  resume: () => void;
}

/**
 * Runs several tasks so that only one makes progress at a time; where each of them waits at a gate, a seed decides who
 * goes on. The same seed gives the same history.
 */
export class Interleaver {
  readonly #random: SeededRandom;
  readonly #parked: Parked[] = [];
  #yielded: () => void = () => undefined;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** Runs all tasks to their ends. Throws if those that are left wait for each other. */
  async run(tasks: readonly (() => Promise<void>)[]): Promise<void> {
    let unfinished = tasks.length;
    const failures: unknown[] = [];
    for (const task of tasks) {
      void this.park()
        .then(task)
        .catch((error: unknown) => failures.push(error))
        .finally(() => {
          unfinished -= 1;
          this.#yielded();
        });
    }
    while (unfinished > 0) {
      const ready = this.#parked.filter((parked) => parked.ready());
      const next = ready[this.#random.below(ready.length)];
      if (next === undefined) throw new Error('All tasks wait for each other');
      this.#parked.splice(this.#parked.indexOf(next), 1);
      await new Promise<void>((yielded) => {
        this.#yielded = yielded;
        next.resume();
      });
    }
    if (failures.length > 0) throw failures[0];
  }

  /** Lets others go first, until `ready`. */
  park(ready: () => boolean = () => true): Promise<void> {
    return new Promise((resume) => {
      this.#parked.push({ ready, resume });
      this.#yielded();
    });
  }

  /** A queue whose waiting is part of the interleaving; not fair, as correctness does not rest on that. */
  queue(): CommitQueue {
    let busy = false;
    return {
      run: async (_table, work) => {
        while (busy) await this.park(() => !busy);
        busy = true;
        try {
          return await work();
        } finally {
          busy = false;
        }
      },
    };
  }
}
