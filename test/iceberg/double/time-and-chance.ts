import type { Clock, CommitQueue, Random, TableName } from '../../../src/iceberg/ports.ts';

/** A clock that only moves when somebody sleeps or is told to. */
export class VirtualClock implements Clock {
  #now = Date.UTC(2026, 0, 1);

  now(): number {
    return this.#now;
  }

  async sleep(ms: number): Promise<void> {
    this.#now += ms;
  }
}

/** Chance from a seed (mulberry32): the same seed gives the same ids. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(bound: number): number {
    return Math.floor((this.#next() / 2 ** 32) * bound);
  }

  snapshotId(): bigint {
    return ((BigInt(this.#next()) << 31n) ^ BigInt(this.#next())) | (1n << 62n);
  }

  uuid(): string {
    const digits = Array.from({ length: 4 }, () => this.#next().toString(16).padStart(8, '0'));
    return digits.join('').replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
}

/** Runs work one at a time in the order of asking. */
export class FairQueue implements CommitQueue {
  #last: Promise<unknown> = Promise.resolve();
  waiting = 0;

  async run<T>(_table: TableName, work: () => Promise<T>): Promise<T> {
    this.waiting += 1;
    const turn = this.#last.then(work).finally(() => (this.waiting -= 1));
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** No queue at all: everybody at once. */
export const noQueue: CommitQueue = { run: (_table, work) => work() };
