/** A file as a listing shows it. `modifiedAt` is epoch ms. */
export interface FileEntry {
  path: string;
  bytes: number;
  modifiedAt: number;
}

/** Where files live. Paths are absolute URIs such as `opfs:///warehouse/icebase/raw01/trips/…`. */
export interface FileIO {
  /** The whole file. Throws `NotFound` with the path as the `subject` of its context. */
  read(path: string): Promise<Uint8Array>;
  /** Writes a new file, complete and flushed before it resolves. Throws `AlreadyExists`, `StorageFull`. */
  create(path: string, bytes: Uint8Array): Promise<void>;
  /** Deletes a file; a missing one is no error. */
  delete(path: string): Promise<void>;
  /** Every file below a folder, in no order; an absent folder is empty. */
  list(prefix: string): Promise<FileEntry[]>;
}

/** `<depot>:<collection>/<dataset>`, the key of a table in the catalog. */
export type TableName = string;

/**
 * The catalog's record of a table's current metadata file.
 * `version` counts the swaps of this table and never falls, so that a name which comes back is still another version.
 */
export interface Pointer {
  version: number;
  location: string;
}

/** Whether two pointers are the same, in version and location: what a swap compares. `null`: no table. */
export function samePointer(one: Pointer | null, other: Pointer | null): boolean {
  return one?.version === other?.version && one?.location === other?.location;
}

/** The answer of a compare-and-swap; a loser learns what it found (`null`: no table). */
export type SwapResult = { won: true; pointer: Pointer } | { won: false; found: Pointer | null };

/** The catalog that writers race on. */
export interface Catalog {
  /** The current pointer, `null` if there is no such table. Never cached. */
  load(table: TableName): Promise<Pointer | null>;
  /**
   * Moves the pointer to `location` if it still equals `expected` in version and location (`null`: if there is none).
   * Throws `CommitStateUnknown` when it cannot tell whether the move happened; a definite loss is an answer, not an error.
   */
  swap(table: TableName, expected: Pointer | null, location: string): Promise<SwapResult>;
  /** Moves the pointer without comparing: the fault that the protocol `unsafe` demonstrates. */
  put(table: TableName, location: string): Promise<Pointer>;
  /**
   * The metadata file that readers may follow instead of the pointer, `null` if none is registered: what it shows is kept
   * as long as it is. Absent in a catalog without registrations.
   */
  registered?(table: TableName): Promise<string | null>;
}

/** Time. A replay and the explorer bring their own. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Resolves after `ms`. */
  sleep(ms: number): Promise<void>;
}

/** Chance. Seeded for a replay. */
export interface Random {
  /** A version 4 UUID in its usual text form. */
  uuid(): string;
  /** A positive 63-bit id. */
  snapshotId(): bigint;
  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number;
}

/** Runs one function at a time per table, in the order of asking. Correctness never rests on it. */
export interface CommitQueue {
  run<T>(table: TableName, work: () => Promise<T>): Promise<T>;
}
