import { IcejamError } from '../error.ts';
import { booleanProperty, integerProperty } from './property.ts';
import { mainBranch, snapshotById } from './table.ts';
import type { Table } from './table.ts';
import { formatVersions, newestFormat } from './table-metadata.ts';
import type { Snapshot, SnapshotRef, TableMetadata } from './table-metadata.ts';

/** Keys that Java derives from the metadata itself and therefore never stores (TableProperties). */
const reservedProperties: ReadonlySet<string> = new Set([
  'format-version',
  'uuid',
  'snapshot-count',
  'current-snapshot-summary',
  'current-snapshot-id',
  'current-snapshot-timestamp-ms',
  'current-schema',
  'default-partition-spec',
  'default-sort-order',
]);

/**
 * Adds a snapshot to the metadata; no branch moves. Throws `Validation` for an id that is taken and for a sequence
 * number or first row id that the table has passed already (TableMetadata.Builder.addSnapshot).
 */
export function addSnapshot(metadata: TableMetadata, snapshot: Snapshot): TableMetadata {
  const id = snapshot['snapshot-id'];
  const sequenceNumber = snapshot['sequence-number'];
  const last = metadata['last-sequence-number'];
  if (snapshotById(metadata, id) !== undefined) {
    throw new IcejamError('Validation', `Snapshot already exists for id: ${id}`);
  }
  const isRoot = snapshot['parent-snapshot-id'] === undefined;
  if (metadata['format-version'] > 1 && sequenceNumber <= last && !isRoot) {
    throw new IcejamError(
      'Validation',
      `Cannot add snapshot with sequence number ${sequenceNumber} older than last sequence number ${last}`,
    );
  }
  return {
    ...metadata,
    ...nextRowId(metadata, snapshot),
    'last-sequence-number': Math.max(last, sequenceNumber),
    snapshots: [...metadata.snapshots, snapshot],
  };
}

function nextRowId(metadata: TableMetadata, snapshot: Snapshot): { 'next-row-id'?: number } {
  if (metadata['format-version'] < 3) return {};
  const next = metadata['next-row-id'] ?? 0;
  const first = snapshot['first-row-id'] ?? -1;
  if (first < next) {
    throw new IcejamError(
      'Validation',
      `Cannot add a snapshot, first-row-id is behind table next-row-id: ${first} < ${next}`,
    );
  }
  return { 'next-row-id': first + (snapshot['added-rows'] ?? 0) };
}

/**
 * Points a branch at a snapshot, creating the branch if need be; main also gets an entry at epoch ms `at` in the
 * snapshot log. The same object if it stands there already. Throws `Validation` for an unknown snapshot and for a tag.
 */
export function setBranchSnapshot(
  metadata: TableMetadata,
  branch: string,
  snapshotId: bigint,
  at: number,
): TableMetadata {
  const ref = metadata.refs[branch];
  if (ref?.type === 'tag') {
    throw new IcejamError('Validation', `Cannot update branch: ${branch} is a tag`);
  }
  return setRef(
    metadata,
    branch,
    { ...(ref ?? { type: 'branch' }), 'snapshot-id': snapshotId },
    at,
  );
}

/** Creates or replaces a branch or tag; rules as {@link setBranchSnapshot}. */
export function setRef(
  metadata: TableMetadata,
  name: string,
  ref: SnapshotRef,
  at: number,
): TableMetadata {
  const id = ref['snapshot-id'];
  if (snapshotById(metadata, id) === undefined) {
    throw new IcejamError('Validation', `Cannot set ${name} to unknown snapshot: ${id}`);
  }
  if (isSameRef(metadata.refs[name], ref)) return metadata;
  const refs = { ...metadata.refs, [name]: ref };
  if (name !== mainBranch || metadata['current-snapshot-id'] === id) return { ...metadata, refs };
  return {
    ...metadata,
    refs,
    'current-snapshot-id': id,
    'snapshot-log': [...metadata['snapshot-log'], { 'timestamp-ms': at, 'snapshot-id': id }],
  };
}

function isSameRef(a: SnapshotRef | undefined, b: SnapshotRef): boolean {
  return (
    a?.['snapshot-id'] === b['snapshot-id'] &&
    a.type === b.type &&
    a['min-snapshots-to-keep'] === b['min-snapshots-to-keep'] &&
    a['max-snapshot-age-ms'] === b['max-snapshot-age-ms'] &&
    a['max-ref-age-ms'] === b['max-ref-age-ms']
  );
}

/** Sets and removes properties; per key the last wins. The same object if that changes nothing. Throws `IllegalArgument` for a key that is derived and never stored. */
export function editProperties(
  metadata: TableMetadata,
  updates: Record<string, string>,
  removals: readonly string[] = [],
): TableMetadata {
  checkProperties(updates);
  const before = metadata.properties;
  const changesNothing =
    Object.entries(updates).every(([key, value]) => before[key] === value) &&
    removals.every((key) => before[key] === undefined);
  if (changesNothing) return metadata;
  const properties = Object.entries({ ...before, ...updates });
  const left = properties.filter(([key]) => !removals.includes(key));
  return { ...metadata, properties: Object.fromEntries(left) };
}

/**
 * Forgets snapshots. The log loses every entry up to the last one of a snapshot that is not known, as what came before it
 * can no longer be told (spec, "Snapshot log"); branches and tags of forgotten snapshots go too.
 */
export function removeSnapshots(metadata: TableMetadata, ids: ReadonlySet<bigint>): TableMetadata {
  const isKept = (entry: { 'snapshot-id': bigint }) => !ids.has(entry['snapshot-id']);
  const snapshots = metadata.snapshots.filter(isKept);
  const left = new Set(snapshots.map((snapshot) => snapshot['snapshot-id']));
  const log = metadata['snapshot-log'];
  return {
    ...metadata,
    snapshots,
    refs: Object.fromEntries(Object.entries(metadata.refs).filter(([, ref]) => isKept(ref))),
    'snapshot-log': log.slice(log.findLastIndex((entry) => !left.has(entry['snapshot-id'])) + 1),
    statistics: metadata.statistics.filter((file) => !isOf(file, ids)),
    'partition-statistics': metadata['partition-statistics'].filter((file) => !isOf(file, ids)),
  };
}

/** Whether a statistics file belongs to one of these snapshots. */
function isOf(file: unknown, ids: ReadonlySet<bigint>): boolean {
  const { 'snapshot-id': id } = file as { 'snapshot-id': bigint | number };
  return ids.has(BigInt(id));
}

/**
 * Raises the format version; files that are there stay as they are, and rows get their ids with the next snapshot. The same
 * object at its own version. Throws `IllegalArgument` for an older version, and for one that there is not
 * (TableMetadata.Builder.upgradeFormatVersion).
 */
export function upgradeFormatVersion(metadata: TableMetadata, text: string): TableMetadata {
  const own = metadata['format-version'];
  const version = formatVersions.find((each) => String(each) === text);
  if (version === undefined) {
    throw new IcejamError(
      'IllegalArgument',
      `Cannot upgrade table to unsupported format version: v${text} (supported: v${newestFormat})`,
    );
  }
  if (version < own) {
    throw new IcejamError('IllegalArgument', `Cannot downgrade v${own} table to v${version}`);
  }
  if (version === own) return metadata;
  return { ...metadata, 'format-version': version, ...(version > 2 && { 'next-row-id': 0 }) };
}

/** Throws `IllegalArgument` for a key that is derived from the metadata and never stored. */
export function checkProperties(properties: Record<string, string>): void {
  for (const key of Object.keys(properties)) {
    if (reservedProperties.has(key)) {
      throw new IcejamError('IllegalArgument', `Cannot set reserved table property: ${key}`);
    }
  }
}

/** The time of a commit on this base in epoch ms: a clock that was set back never unsorts the logs. */
export function commitTime(metadata: TableMetadata, now: number): number {
  const logged = metadata['snapshot-log'].at(-1)?.['timestamp-ms'] ?? 0;
  return Math.max(now, metadata['last-updated-ms'], logged);
}

/**
 * What every new metadata file says of its predecessor: the time, the metadata log trimmed to
 * `write.metadata.previous-versions-max`, and no log entry for snapshots that never were current, such as the inner
 * ones of a transaction (spec, "Snapshot log"; TableMetadata.Builder.updateSnapshotLog).
 */
export function succeed(base: Table, metadata: TableMetadata, at: number): TableMetadata {
  const previous = base.metadata;
  const kept = integerProperty(metadata.properties, 'write.metadata.previous-versions-max', 100);
  const metadataLog = [
    ...previous['metadata-log'],
    { 'timestamp-ms': previous['last-updated-ms'], 'metadata-file': base.pointer.location },
  ];
  const added = new Set(metadata.snapshots.map((snapshot) => snapshot['snapshot-id']));
  for (const { 'snapshot-id': id } of previous.snapshots) added.delete(id);
  const current = metadata['current-snapshot-id'];
  return {
    ...metadata,
    'last-updated-ms': at,
    'metadata-log': metadataLog.slice(-Math.max(1, kept)),
    'snapshot-log': metadata['snapshot-log'].filter(
      ({ 'snapshot-id': id }) => !added.has(id) || id === current,
    ),
  };
}

/** The metadata files that dropped out of the log between two versions, if the table wants them deleted. */
export function expiredMetadataFiles(base: Table, next: TableMetadata): string[] {
  const wanted = 'write.metadata.delete-after-commit.enabled';
  if (!booleanProperty(next.properties, wanted, false)) return [];
  const kept = new Set(next['metadata-log'].map((entry) => entry['metadata-file']));
  return base.metadata['metadata-log']
    .map((entry) => entry['metadata-file'])
    .filter((file) => !kept.has(file));
}

/** The metadata with every counter of ids at least as high as in `newer`: what was given once is never given again. */
export function withCountersOf(metadata: TableMetadata, newer: TableMetadata): TableMetadata {
  const highest = (key: 'last-column-id' | 'last-partition-id' | 'last-sequence-number') =>
    Math.max(metadata[key], newer[key]);
  const rowIds = [metadata['next-row-id'], newer['next-row-id']].filter((id) => id !== undefined);
  return {
    ...metadata,
    'last-column-id': highest('last-column-id'),
    'last-partition-id': highest('last-partition-id'),
    'last-sequence-number': highest('last-sequence-number'),
    ...(rowIds.length > 0 && { 'next-row-id': Math.max(...rowIds) }),
  };
}
