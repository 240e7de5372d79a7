import { IcejamError } from '../error.ts';
import type { CommitContext } from './context.ts';
import {
  type Catalog,
  type Clock,
  type CommitQueue,
  type FileEntry,
  type FileIO,
  type Pointer,
  type Random,
  samePointer,
  type SwapResult,
  type TableName,
} from './ports.ts';

/** Files in memory. */
export class MemoryFileIO implements FileIO {
  readonly #files = new Map<string, { bytes: Uint8Array; modifiedAt: number }>();
  readonly #clock: Pick<Clock, 'now'>;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  async read(path: string): Promise<Uint8Array> {
    const file = this.#files.get(path);
    if (file === undefined) {
      throw new IcejamError('NotFound', `No file at ${path}`, { context: { subject: path } });
    }
    return file.bytes;
  }

  async create(path: string, bytes: Uint8Array): Promise<void> {
    if (this.#files.has(path)) throw new IcejamError('AlreadyExists', `File exists: ${path}`);
    this.#files.set(path, { bytes, modifiedAt: this.#clock.now() });
  }

  async delete(path: string): Promise<void> {
    this.#files.delete(path);
  }

  async list(prefix: string): Promise<FileEntry[]> {
    return [...this.#files]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, { bytes, modifiedAt }]) => ({ path, bytes: bytes.byteLength, modifiedAt }));
  }

  /** All paths there are, or those with a part in them. */
  paths(part = ''): string[] {
    return [...this.#files.keys()].filter((path) => path.includes(part));
  }

  /** The same files, from where each goes its own way. */
  fork(): MemoryFileIO {
    const fork = new MemoryFileIO(this.#clock);
    for (const [path, file] of this.#files) fork.#files.set(path, file);
    return fork;
  }
}

/** Pointers in memory. */
export class MemoryCatalog implements Catalog {
  readonly #pointers = new Map<TableName, Pointer>();
  /** Every pointer that there ever was, oldest first. */
  readonly history: Pointer[] = [];
  /** The metadata files that are registered for readers. */
  readonly registrations = new Map<TableName, string>();

  async load(table: TableName): Promise<Pointer | null> {
    return this.#pointers.get(table) ?? null;
  }

  async swap(table: TableName, expected: Pointer | null, location: string): Promise<SwapResult> {
    const found = this.#pointers.get(table) ?? null;
    if (!samePointer(found, expected)) return { won: false, found };
    return { won: true, pointer: this.#move(table, location) };
  }

  async put(table: TableName, location: string): Promise<Pointer> {
    return this.#move(table, location);
  }

  async registered(table: TableName): Promise<string | null> {
    return this.registrations.get(table) ?? null;
  }

  /** The same pointers, from where each goes its own way. */
  fork(): MemoryCatalog {
    const fork = new MemoryCatalog();
    for (const [table, pointer] of this.#pointers) fork.#pointers.set(table, pointer);
    return fork;
  }

  #move(table: TableName, location: string): Pointer {
    const pointer = { version: (this.#pointers.get(table)?.version ?? 0) + 1, location };
    this.#pointers.set(table, pointer);
    this.history.push(pointer);
    return pointer;
  }
}

/** A clock that only moves when somebody sleeps. */
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

/** Runs work one at a time in the order of asking, whatever the table. */
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

/** A commit's world in memory. */
export interface MemoryContext extends CommitContext {
  io: MemoryFileIO;
  catalog: MemoryCatalog;
  clock: VirtualClock;
}

/**
 * A world of its own with nothing in it, no stop of which waits. Another writer in the same world is a copy with a
 * `gate` of its own: `{ ...context, gate }`.
 */
export function memoryContext({ seed = 1 } = {}): MemoryContext {
  const clock = new VirtualClock();
  return {
    io: new MemoryFileIO(clock),
    catalog: new MemoryCatalog(),
    clock,
    random: new SeededRandom(seed),
    gate: () => Promise.resolve(),
    queue: new FairQueue(),
  };
}
