import type { CommitContext } from './context.ts';
import type { OwnFiles } from './own-files.ts';
import type { Table } from './table.ts';
import type { StopDetail } from './stop.ts';
import type { TableMetadata } from './table-metadata.ts';

/** A change of a table: a value that is applied afresh to each base until one result is swapped in. */
export interface Change {
  /** What the change is called at the stops. */
  readonly name: string;
  /**
   * Absent: the change is made on the newest base, and again after a lost swap. Otherwise any commit since the table
   * was loaded rejects it. `loses`: it is made on the table as loaded, so that its one swap is lost, as in Java for
   * schema and spec changes; `refused`: it is not made at all, as for refs and transactions with any of these.
   */
  readonly whenStale?: 'loses' | 'refused';
  /** Set if there is nothing to commit: why, as one sentence. */
  readonly nothing?: string;
  /** Writes what all attempts share. Called once. */
  begin(work: CommitWork): Promise<PreparedChange>;
}

/** What one commit gives to its change. */
export interface CommitWork {
  context: CommitContext;
  /** The table as it was when the change was built; not the base of any attempt. */
  table: Table;
  files: OwnFiles;
  /** The same in all attempts, so that a landed attempt is recognised. */
  snapshotId: bigint;
  /** Whether other changes of the same transaction come before: then `table` tells nothing of what this one may do. */
  follows: boolean;
}

/** A change whose shared files are written. */
export interface PreparedChange {
  /** The snapshot that the change makes, `null` if it makes none. */
  readonly snapshotId: bigint | null;
  /** The files that {@link Change.begin} wrote: own manifests. */
  readonly written: WrittenFile[];
  /**
   * The metadata after the change; the base's own object if it changes nothing. Awaits `validated` and `list-written`.
   * Throws `Validation`, `IllegalArgument` or `IllegalState` if the change cannot be made on this base.
   */
  apply(attempt: Attempt): Promise<TableMetadata>;
  /**
   * Called once `next` was current: deletes what nothing refers to any more and returns the paths. `newest` is the table
   * now, which may have been set back meanwhile.
   */
  afterwards?(base: Table, next: TableMetadata, newest: TableMetadata): Promise<string[]>;
}

/** A metadata file that was written: size in bytes, rows of the data files that it lists. */
export interface WrittenFile {
  path: string;
  bytes: number;
  rows: number;
}

/** One try of a commit. */
export interface Attempt {
  /** Counts from 1. */
  number: number;
  base: Table;
  /** Epoch ms, never before the base's. */
  at: number;
  /** The snapshots that the same transaction has made before: nothing in them is a conflict. */
  own: ReadonlySet<bigint>;
  /** Tells a stop and waits for its gate. */
  stop: (detail: StopDetail) => Promise<void>;
}

/**
 * A change that only edits the metadata. `edit` is pure; `at` is the commit's time in epoch ms. What it rejects on the
 * table that it was built on it rejects for good, whatever was committed since: Java checks when a change is built.
 * `check` looks at what comes out on a base alone, as Java does where it checks when a change is committed.
 */
export function metadataChange(
  name: string,
  edit: (metadata: TableMetadata, at: number) => TableMetadata,
  {
    check,
    ...options
  }: Pick<Change, 'whenStale'> & { check?: (metadata: TableMetadata) => void } = {},
): Change {
  return {
    name,
    ...options,
    begin: async ({ table, context, follows }) => {
      if (!follows) edit(table.metadata, context.clock.now());
      return {
        snapshotId: null,
        written: [],
        apply: async ({ base, at, stop }) => {
          const next = edit(base.metadata, at);
          check?.(next);
          await stop({ stop: 'validated', isolation: 'none', since: null, removes: [] });
          return next;
        },
      };
    },
  };
}
