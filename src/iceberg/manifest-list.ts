import { IcejamError } from '../error.ts';
import { openAvro, writeAvro } from './avro.ts';
import type { AvroCodec } from './avro-codec.ts';
import { inFile } from './file-error.ts';
import { manifestFileStruct, readableManifestFile } from './manifest-schema.ts';
import type { FieldSummary, ManifestFile } from './manifest-types.ts';
import type { FormatVersion } from './table-metadata.ts';

/** What the header of a manifest list says. */
export interface ManifestListOptions {
  snapshotId: bigint;
  parentSnapshotId: bigint | null;
  sequenceNumber: number;
  formatVersion: FormatVersion;
  /** v3: the snapshot's first row id. */
  firstRowId?: number;
  codec?: AvroCodec;
}

/** Says of a count that an old v1 list leaves it out: there may be such files, or none. */
export const unknownCount = -1;

/**
 * Writes a manifest list (spec, "Manifest Lists"; Java's `ManifestListWriter`), an Avro file.
 * Throws `IllegalArgument` for delete manifests in v1.
 */
export function writeManifestList(
  options: ManifestListOptions,
  manifests: readonly ManifestFile[],
): Promise<Uint8Array> {
  const { formatVersion, firstRowId = 0 } = options;
  if (formatVersion === 1 && manifests.some((manifest) => manifest.content !== 0)) {
    throw new IcejamError('IllegalArgument', 'Cannot store delete manifests in a v1 table');
  }
  return writeAvro({
    name: 'manifest_file',
    struct: manifestFileStruct(formatVersion),
    metadata: {
      'snapshot-id': String(options.snapshotId),
      // Java writes the word null for a root.
      'parent-snapshot-id': String(options.parentSnapshotId),
      ...(formatVersion > 1 && { 'sequence-number': String(options.sequenceNumber) }),
      ...(formatVersion > 2 && { 'first-row-id': String(firstRowId) }),
      'format-version': String(formatVersion),
    },
    records: formatVersion === 1 ? manifests.map(withNullCounts) : manifests,
    ...(options.codec && { codec: options.codec }),
  });
}

const countNames = [
  'added_files_count',
  'existing_files_count',
  'deleted_files_count',
  'added_rows_count',
  'existing_rows_count',
  'deleted_rows_count',
] as const;

function withNullCounts(manifest: ManifestFile): object {
  const unknown = countNames.filter((name) => manifest[name] === unknownCount);
  return { ...manifest, ...Object.fromEntries(unknown.map((name) => [name, null])) };
}

/**
 * v3: gives every data manifest that has none yet its first row id, counting from the table's `next-row-id`, and
 * says what that is afterwards. Room is left for existing rows too: those of a table that was upgraded have no ids.
 */
export function assignFirstRowIds(
  manifests: readonly ManifestFile[],
  nextRowId: number,
): { manifests: ManifestFile[]; nextRowId: number } {
  let next = nextRowId;
  const assigned = manifests.map((manifest) => {
    if (manifest.content !== 0 || manifest.first_row_id !== undefined) return manifest;
    const first = next;
    next += manifest.added_rows_count + manifest.existing_rows_count;
    return { ...manifest, first_row_id: first };
  });
  return { manifests: assigned, nextRowId: next };
}

/**
 * Reads a manifest list of any version: sequence numbers that v1 lacks are 0, counts that it may lack
 * {@link unknownCount}.
 * Throws `Corrupt` or `Unsupported`, naming the path.
 */
export async function readManifestList(
  bytes: Uint8Array,
  path = 'the manifest list',
): Promise<ManifestFile[]> {
  try {
    const file = openAvro(bytes);
    const records = await file.records(readableManifestFile);
    return (records as ManifestRecord[]).map(toManifestFile);
  } catch (error) {
    throw inFile(error, path);
  }
}

/** A record of a manifest list as Avro holds it: longs are bigints, what is absent is null. */
interface ManifestRecord extends Record<string, unknown> {
  manifest_path: string;
  added_snapshot_id: bigint | null;
  partitions: FieldSummary[] | null;
  key_metadata: Uint8Array | null;
  first_row_id: bigint | null;
}

function toManifestFile(record: ManifestRecord): ManifestFile {
  const number = (name: string, absent: number) => Number(record[name] ?? absent);
  return {
    manifest_path: record.manifest_path,
    manifest_length: number('manifest_length', 0),
    partition_spec_id: number('partition_spec_id', 0),
    content: record.content === 1 ? 1 : 0,
    sequence_number: number('sequence_number', 0),
    min_sequence_number: number('min_sequence_number', 0),
    added_snapshot_id: record.added_snapshot_id ?? 0n,
    added_files_count: number('added_files_count', unknownCount),
    existing_files_count: number('existing_files_count', unknownCount),
    deleted_files_count: number('deleted_files_count', unknownCount),
    added_rows_count: number('added_rows_count', unknownCount),
    existing_rows_count: number('existing_rows_count', unknownCount),
    deleted_rows_count: number('deleted_rows_count', unknownCount),
    partitions: record.partitions,
    ...(record.key_metadata !== null && { key_metadata: record.key_metadata }),
    ...(record.first_row_id !== null && { first_row_id: Number(record.first_row_id) }),
  };
}
