import type { FileSummary } from './stop.ts';
import type { SnapshotOperation } from './table-metadata.ts';

/** What one snapshot changed. Ids are decimal text. */
export interface SnapshotChange {
  snapshotId: string;
  parentId: string | null;
  sequenceNumber: number;
  operation: SnapshotOperation;
  added: FileSummary[];
  removed: FileSummary[];
  /** The snapshot's own count of the table's rows, `null` if its summary has none. */
  totalRecords: number | null;
}

/** What a table's files say of its recent past: the evidence that a race is judged by. */
export interface TableHistory {
  table: string;
  version: number;
  /** Whether a writer without compare-and-swap has touched the table. */
  unsafe: boolean;
  currentSnapshotId: string | null;
  /** Live data files at the snapshot before the first of `changes`. */
  before: FileSummary[];
  /** The snapshots from there to the current one, oldest first. */
  changes: SnapshotChange[];
  /** Live data files now. */
  live: FileSummary[];
}
