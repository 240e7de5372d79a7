import { liveFiles } from './scan.ts';
import { isLive, ManifestReader } from './manifest-reader.ts';
import { status, type ManifestEntry } from './manifest-types.ts';
import { partitionPath } from './partition-spec.ts';
import type { FileIO } from './ports.ts';
import type { FileSummary } from './stop.ts';
import { ancestorsOf, currentSchema, currentSnapshot, specById, type Table } from './table.ts';
import type { Snapshot, SnapshotOperation, TableMetadata } from './table-metadata.ts';

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

/**
 * Reads from a table's files what its snapshots changed after `since` (decimal text; `null`: from the beginning).
 * If `since` is no ancestor of the current snapshot, the history goes back as far as the metadata knows it.
 */
export async function readHistory(
  io: FileIO,
  { name, pointer, metadata }: Table,
  since: string | null,
): Promise<TableHistory> {
  const reader = new ManifestReader(io);
  const current = currentSnapshot(metadata);
  const lineage = [...ancestorsOf(metadata, metadata['current-snapshot-id'])];
  const end = lineage.findIndex((snapshot) => String(snapshot['snapshot-id']) === since);
  const recent = (end < 0 ? lineage : lineage.slice(0, end)).reverse();
  const start = end < 0 ? null : (lineage[end] ?? null);
  const summaries = async (snapshot: Snapshot | null) =>
    (await liveFiles(reader, metadata, snapshot)).data.map((entry) =>
      summarizeFile(metadata, entry),
    );
  return {
    table: name,
    version: pointer.version,
    unsafe: metadata.properties['icejam.unsafe'] === 'true',
    currentSnapshotId: current === null ? null : String(current['snapshot-id']),
    before: await summaries(start),
    changes: await Promise.all(recent.map((snapshot) => readChange(reader, metadata, snapshot))),
    live: await summaries(current),
  };
}

async function readChange(
  reader: ManifestReader,
  metadata: TableMetadata,
  snapshot: Snapshot,
): Promise<SnapshotChange> {
  const id = snapshot['snapshot-id'];
  const manifests = (await reader.manifests(snapshot)).filter(
    (manifest) => manifest.content === 0 && manifest.added_snapshot_id === id,
  );
  const own = (await reader.allEntries(metadata, manifests)).filter((e) => e.snapshot_id === id);
  const total = Number(snapshot.summary['total-records']);
  return {
    snapshotId: String(id),
    parentId: snapshot['parent-snapshot-id']?.toString() ?? null,
    sequenceNumber: snapshot['sequence-number'],
    operation: snapshot.summary.operation,
    added: own.filter((e) => e.status === status.added).map((e) => summarizeFile(metadata, e)),
    removed: own.filter((e) => !isLive(e)).map((e) => summarizeFile(metadata, e)),
    totalRecords: Number.isFinite(total) ? total : null,
  };
}

/** A manifest entry's file as stops and histories show it. */
export function summarizeFile(metadata: TableMetadata, entry: ManifestEntry): FileSummary {
  const { data_file: file, spec_id: specId } = entry;
  return {
    path: file.file_path,
    bytes: file.file_size_in_bytes,
    rows: file.record_count,
    partition: partitionPath(specById(metadata, specId), currentSchema(metadata), file.partition),
  };
}
