import { IcejamError } from '../error.ts';
import { sqlName } from '../flare/address.ts';
import { unsafeProperty } from '../iceberg/commit.ts';
import { summarizeFile } from '../iceberg/file-summary.ts';
import { ManifestReader } from '../iceberg/manifest-reader.ts';
import type { ManifestEntry, ManifestFile, StoredEntry } from '../iceberg/manifest-types.ts';
import type { FileIO } from '../iceberg/ports.ts';
import { liveFiles } from '../iceberg/scan.ts';
import { fieldsOf } from '../iceberg/schema.ts';
import type { FileSummary } from '../iceberg/stop.ts';
import { currentSchema, currentSnapshot, totalRows } from '../iceberg/table.ts';
import type { TableMetadata } from '../iceberg/table-metadata.ts';
import { humanValue } from '../iceberg/human-value.ts';
import type { Transform } from '../iceberg/transform.ts';
import { isPrimitive } from '../iceberg/type.ts';
import { decodeValue } from '../iceberg/value.ts';
import type { EntryListing, ManifestListing, SnapshotListing, TableListing } from './api.ts';
import { addressOf } from './relation-name.ts';
import { type TableVersion, versionOf } from './table-version.ts';

/** Bounds are shown as the values of an identity partition are. */
const identity: Transform = { name: 'identity' };

/** A table for the list of tables. `registered`: the registered metadata file. */
export function listTable(
  { name, version, location, metadata }: TableVersion,
  registered: string | null,
): TableListing {
  const snapshot = currentSnapshot(metadata);
  const pointer = { version, location };
  return {
    table: name,
    sqlName: sqlName(addressOf(name)),
    ...pointer,
    snapshotId: snapshot ? String(snapshot['snapshot-id']) : null,
    rows: totalRows(metadata),
    files: Number(snapshot?.summary['total-data-files'] ?? 0),
    registered:
      registered === null
        ? null
        : { location: registered, version: versionOf(pointer, metadata, registered) },
    unsafe: metadata.properties[unsafeProperty] === 'true',
  };
}

/** Every snapshot that the metadata knows, oldest first. */
export function listSnapshots(table: TableVersion): SnapshotListing[] {
  const versions = versionsThatMade(table);
  return table.metadata.snapshots.map((snapshot) => ({
    snapshotId: String(snapshot['snapshot-id']),
    parentId: snapshot['parent-snapshot-id']?.toString() ?? null,
    sequenceNumber: snapshot['sequence-number'],
    committedAt: snapshot['timestamp-ms'],
    operation: snapshot.summary.operation,
    summary: snapshot.summary,
    manifestList: snapshot['manifest-list'],
    version: versions.get(snapshot['snapshot-id']) ?? null,
  }));
}

/**
 * The version that made each snapshot current first. A commit gives its metadata file the time of its snapshot, so the
 * two logs are read side by side. What an imported table was before it was adopted had no version here.
 */
function versionsThatMade({ version, metadata }: TableVersion): Map<bigint, number> {
  const log = metadata['metadata-log'].map((entry) => entry['timestamp-ms']);
  const times = [...log, metadata['last-updated-ms']];
  const made = new Map<bigint, number>();
  let next = 0;
  for (const { 'snapshot-id': id, 'timestamp-ms': time } of metadata['snapshot-log']) {
    const index = times.findIndex((updated, at) => at >= next && updated >= time);
    if (index < 0) break;
    next = index + 1;
    const maker = version - log.length + index;
    if (times[index] === time && maker > 0 && !made.has(id)) made.set(id, maker);
  }
  return made;
}

/** The live data files of a version's snapshot. */
export async function listFiles(
  io: FileIO,
  { metadata, snapshot }: TableVersion,
): Promise<FileSummary[]> {
  const { data } = await liveFiles(new ManifestReader(io), metadata, snapshot);
  return data.map((entry) => summarizeFile(metadata, entry));
}

/** The manifests of a version's snapshot, in the order of its manifest list. */
export async function listManifests(
  io: FileIO,
  { snapshot }: TableVersion,
): Promise<ManifestListing[]> {
  return (await new ManifestReader(io).manifests(snapshot)).map(listManifest);
}

/** A manifest as its manifest list tells of it. */
export function listManifest(manifest: ManifestFile): ManifestListing {
  return {
    path: manifest.manifest_path,
    bytes: manifest.manifest_length,
    content: manifest.content === 0 ? 'data' : 'deletes',
    sequenceNumber: manifest.sequence_number,
    addedSnapshotId: String(manifest.added_snapshot_id),
    added: manifest.added_files_count,
    existing: manifest.existing_files_count,
    deleted: manifest.deleted_files_count,
  };
}

/**
 * The entries of one manifest of a table, deleted ones included. Looked for in the newest snapshots first, because only
 * a manifest list tells what its manifests' entries inherit. Throws `NotFound` for a manifest of no known snapshot.
 */
export async function listEntries(
  io: FileIO,
  { name, metadata }: TableVersion,
  path: string,
): Promise<EntryListing[]> {
  const reader = new ManifestReader(io);
  for (const snapshot of metadata.snapshots.toReversed()) {
    const manifests = await reader.manifests(snapshot);
    const manifest = manifests.find((candidate) => candidate.manifest_path === path);
    if (!manifest) continue;
    const entries = await reader.entries(metadata, manifest);
    return entries.map((entry) => listEntry(metadata, entry));
  }
  throw new IcejamError('NotFound', `No snapshot of ${name} has the manifest ${path}`, {
    context: { table: name, path },
  });
}

const statusNames = ['existing', 'added', 'deleted'] as const;

/** One entry of a manifest, as it is stored or with what it inherits. */
export function listEntry(
  metadata: TableMetadata,
  entry: StoredEntry & Pick<ManifestEntry, 'spec_id'>,
): EntryListing {
  const { data_file: file } = entry;
  const columns = [...fieldsOf(currentSchema(metadata))].flatMap(({ field, path }) => {
    const { id, type } = field;
    if (!isPrimitive(type)) return [];
    const bound = (bytes?: Uint8Array) =>
      bytes ? humanValue(identity, type, decodeValue(type, bytes)) : null;
    return [
      {
        name: path,
        bytes: file.column_sizes?.get(id) ?? null,
        values: file.value_counts?.get(id) ?? null,
        nulls: file.null_value_counts?.get(id) ?? null,
        lower: bound(file.lower_bounds?.get(id)),
        upper: bound(file.upper_bounds?.get(id)),
      },
    ];
  });
  return {
    status: statusNames[entry.status],
    snapshotId: entry.snapshot_id === null ? null : String(entry.snapshot_id),
    sequenceNumber: entry.sequence_number,
    file: summarizeFile(metadata, entry),
    columns,
  };
}
