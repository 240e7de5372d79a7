import { content, type DataFile } from './manifest-types.ts';
import { partitionPath } from './partition-spec.ts';
import type {
  PartitionSpec,
  Schema,
  SnapshotOperation,
  SnapshotSummary,
} from './table-metadata.ts';

/** A file that a commit adds or removes; a manifest entry is one. */
export interface ChangedFile {
  spec_id: number;
  data_file: DataFile;
}

/** What a commit did, as its snapshot's summary tells it. */
export interface SummaryOptions {
  operation: SnapshotOperation;
  /** Other keys, which come first: `replace-partitions`, `snapshot-property.*` without the prefix … */
  properties?: Record<string, string>;
  added: readonly ChangedFile[];
  removed: readonly ChangedFile[];
  /** Entries of files that were listed twice and removed twice. */
  duplicateDeletes?: number;
  /** Manifests written by this commit, taken over unchanged, and rewritten into others. */
  manifests: { created: number; kept: number; replaced: number };
  /** The summary of the branch's head before this commit; `null`: it had none. */
  previous: SnapshotSummary | null;
  specs: readonly PartitionSpec[];
  schema: Schema;
  /** The table property `write.summary.partition-limit`. */
  partitionLimit?: number;
  /** Keys about the engine, which come last. */
  environment?: Record<string, string>;
}

/**
 * The summary of a new snapshot (Java's `SnapshotSummary` and `SnapshotProducer.summary`). Counts of zero are left
 * out, but not totals; a total is left out if the previous one is absent or no number, or if it would be negative.
 */
export function summarize(options: SummaryOptions): SnapshotSummary {
  const { added, removed, manifests, duplicateDeletes = 0, partitionLimit = 0 } = options;
  const partitions = groupByPartition(options);
  const changes: Record<string, string> = countChanges(added, removed);
  if (duplicateDeletes > 0) changes['deleted-duplicate-files'] = String(duplicateDeletes);
  changes['changed-partition-count'] = String(partitions.size);
  if (partitions.size > 0 && partitions.size <= partitionLimit) {
    changes['partition-summaries-included'] = 'true';
    for (const [path, files] of partitions) {
      if (path !== '')
        changes[`partitions.${path}`] = joined(countChanges(files.added, files.removed));
    }
  }
  return {
    operation: options.operation,
    ...options.properties,
    'manifests-created': String(manifests.created),
    'manifests-kept': String(manifests.kept),
    'manifests-replaced': String(manifests.replaced),
    ...changes,
    ...totals(options.previous, changes),
    ...options.environment,
  };
}

interface PartitionChanges {
  added: ChangedFile[];
  removed: ChangedFile[];
}

function groupByPartition(options: SummaryOptions): Map<string, PartitionChanges> {
  const specs = new Map(options.specs.map((spec) => [spec['spec-id'], spec]));
  const partitions = new Map<string, PartitionChanges>();
  for (const side of ['added', 'removed'] as const) {
    for (const file of options[side]) {
      const spec = specs.get(file.spec_id);
      const path = spec ? partitionPath(spec, options.schema, file.data_file.partition) : '';
      const changes = partitions.get(path) ?? { added: [], removed: [] };
      changes[side].push(file);
      partitions.set(path, changes);
    }
  }
  return partitions;
}

/** The counts of one side of a commit. */
function count(files: readonly ChangedFile[]) {
  const counts = {
    files: 0,
    records: 0,
    bytes: 0,
    deleteFiles: 0,
    positionDeleteFiles: 0,
    positionDeletes: 0,
    equalityDeleteFiles: 0,
    equalityDeletes: 0,
    deletionVectors: 0,
  };
  for (const { data_file: file } of files) {
    const isDeletionVector = file.file_format.toLowerCase() === 'puffin';
    counts.bytes += isDeletionVector
      ? (file.content_size_in_bytes ?? file.file_size_in_bytes)
      : file.file_size_in_bytes;
    if (file.content === content.data) {
      counts.files += 1;
      counts.records += file.record_count;
      continue;
    }
    counts.deleteFiles += 1;
    if (file.content === content.equalityDeletes) {
      counts.equalityDeleteFiles += 1;
      counts.equalityDeletes += file.record_count;
    } else {
      counts.positionDeletes += file.record_count;
      if (isDeletionVector) counts.deletionVectors += 1;
      else counts.positionDeleteFiles += 1;
    }
  }
  return counts;
}

function countChanges(
  added: readonly ChangedFile[],
  removed: readonly ChangedFile[],
): Record<string, string> {
  const plus = count(added);
  const minus = count(removed);
  const counts: [string, number][] = [
    ['added-data-files', plus.files],
    ['deleted-data-files', minus.files],
    ['added-equality-delete-files', plus.equalityDeleteFiles],
    ['removed-equality-delete-files', minus.equalityDeleteFiles],
    ['added-position-delete-files', plus.positionDeleteFiles],
    ['removed-position-delete-files', minus.positionDeleteFiles],
    ['added-delete-files', plus.deleteFiles],
    ['removed-delete-files', minus.deleteFiles],
    ['added-dvs', plus.deletionVectors],
    ['removed-dvs', minus.deletionVectors],
    ['added-records', plus.records],
    ['deleted-records', minus.records],
    ['added-files-size', plus.bytes],
    ['removed-files-size', minus.bytes],
    ['added-position-deletes', plus.positionDeletes],
    ['removed-position-deletes', minus.positionDeletes],
    ['added-equality-deletes', plus.equalityDeletes],
    ['removed-equality-deletes', minus.equalityDeletes],
  ];
  return Object.fromEntries(
    counts.filter(([, number]) => number > 0).map(([key, number]) => [key, String(number)]),
  );
}

function joined(counts: Record<string, string>): string {
  return Object.entries(counts)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** Each total with the counts that raise and lower it. */
const totalKeys = [
  ['total-records', 'added-records', 'deleted-records'],
  ['total-files-size', 'added-files-size', 'removed-files-size'],
  ['total-data-files', 'added-data-files', 'deleted-data-files'],
  ['total-delete-files', 'added-delete-files', 'removed-delete-files'],
  ['total-position-deletes', 'added-position-deletes', 'removed-position-deletes'],
  ['total-equality-deletes', 'added-equality-deletes', 'removed-equality-deletes'],
] as const;

function totals(
  previous: SnapshotSummary | null,
  changes: Record<string, string>,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [total, plus, minus] of totalKeys) {
    const before = previous === null ? '0' : (previous[total] ?? '');
    if (!/^[+-]?\d+$/.test(before)) continue;
    const after = Number(before) + Number(changes[plus] ?? 0) - Number(changes[minus] ?? 0);
    if (Number(before) >= 0 && after >= 0) result[total] = String(after);
  }
  return result;
}
