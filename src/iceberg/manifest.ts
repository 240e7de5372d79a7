import { IcejamError } from '../error.ts';
import { AvroWriter, openAvro } from './avro.ts';
import type { AvroCodec } from './avro-codec.ts';
import { inFile } from './file-error.ts';
import { parseJson, stringifyJson } from './json.ts';
import { manifestEntryStruct, readableManifestEntry } from './manifest-schema.ts';
import {
  content as contents,
  status,
  type DataFile,
  type FieldSummary,
  type ManifestEntry,
  type ManifestFile,
  type Status,
  type StoredEntry,
  type Value,
} from './manifest-types.ts';
import { partitionType } from './partition-spec.ts';
import {
  parsePartitionFields,
  parseSchema,
  partitionFieldsJson,
  schemaJson,
} from './schema-json.ts';
import type {
  FormatVersion,
  NestedField,
  PartitionSpec,
  PrimitiveType,
  Schema,
} from './table-metadata.ts';
import { compareValues, encodeValue } from './value.ts';

/** What all entries of a manifest share. */
export interface ManifestOptions {
  /** The table's current schema, kept in the header. */
  schema: Schema;
  spec: PartitionSpec;
  formatVersion: FormatVersion;
  /** 0 data, 1 deletes. */
  content: 0 | 1;
  /** The snapshot that writes it: that of entries which are added or deleted without an id of their own. */
  snapshotId: bigint;
  codec?: AvroCodec;
}

/** A manifest as its own header describes it, with entries as stored. */
export interface StoredManifest {
  schema: Schema;
  spec: PartitionSpec;
  formatVersion: FormatVersion;
  content: 0 | 1;
  entries: StoredEntry[];
}

/** Required in v1 and meaningless; the number that Java writes. */
const v1BlockBytes = 67_108_864;

/** A manifest that is being written. */
export interface OpenManifest {
  /** The bytes that are certain so far; the last entries may not be among them. */
  readonly length: number;
  /**
   * Adds an entry, one at a time. Throws `IllegalArgument` for an existing or deleted one without its sequence numbers,
   * which are never inherited.
   */
  add(entry: StoredEntry): Promise<void>;
  /** The whole file. */
  finish(): Promise<Uint8Array>;
}

/** Writes a manifest of these entries. Throws as {@link beginManifest}. */
export async function writeManifest(
  options: ManifestOptions,
  entries: readonly StoredEntry[],
): Promise<Uint8Array> {
  const manifest = beginManifest(options);
  for (const entry of entries) await manifest.add(entry);
  return manifest.finish();
}

/**
 * Begins a manifest (spec, "Manifests"; Java's `ManifestWriter`), an Avro file. Throws `IllegalArgument` for delete files
 * in v1.
 */
export function beginManifest(options: ManifestOptions): OpenManifest {
  const { schema, spec, formatVersion, content } = options;
  if (formatVersion === 1 && content !== 0) {
    throw new IcejamError('IllegalArgument', 'Cannot store delete manifests in a v1 table');
  }
  const versioned = {
    content: content === 0 ? 'data' : 'deletes',
    'schema-id': String(schema['schema-id']),
  };
  const writer = new AvroWriter({
    name: 'manifest_entry',
    struct: manifestEntryStruct(formatVersion, partitionType(spec, schema)),
    metadata: {
      schema: stringifyJson(schemaJson(schema)),
      'partition-spec': stringifyJson(partitionFieldsJson(spec.fields)),
      'partition-spec-id': String(spec['spec-id']),
      'format-version': String(formatVersion),
      ...(formatVersion > 1 && versioned),
    },
    ...(options.codec && { codec: options.codec }),
  });
  return {
    get length() {
      return writer.length;
    },
    add: (entry) => writer.add(toRecord(entry, options)),
    finish: () => writer.finish(),
  };
}

function toRecord(entry: StoredEntry, { formatVersion, snapshotId }: ManifestOptions): object {
  const explicit = entry.sequence_number !== null && entry.file_sequence_number !== null;
  if (formatVersion > 1 && entry.status !== status.added && !explicit) {
    throw new IcejamError(
      'IllegalArgument',
      `Missing sequence number of ${entry.data_file.file_path}: only added files inherit it`,
    );
  }
  return {
    ...entry,
    snapshot_id: entry.snapshot_id ?? snapshotId,
    data_file: { ...entry.data_file, block_size_in_bytes: v1BlockBytes },
  };
}

/**
 * Reads the entries of a manifest with everything inherited from its record in the manifest list (Java's
 * `ManifestReader`): sequence numbers of added entries (those of v1 have 0 otherwise), snapshot ids, first row ids. The
 * schema tells the partition values' types; by default it is the header's.
 * Throws `Corrupt` or `Unsupported`, naming the path.
 */
export async function readManifest(
  bytes: Uint8Array,
  manifest: ManifestFile,
  spec: PartitionSpec,
  schema?: Schema,
): Promise<ManifestEntry[]> {
  const stored = await openManifest(bytes, manifest.manifest_path, spec, schema);
  const sequenceNumber = manifest.sequence_number;
  const fallback = stored.formatVersion === 1 ? 0 : undefined;
  let firstRowId = manifest.first_row_id;
  return stored.entries.map((entry) => {
    const inherits = entry.status === status.added || sequenceNumber === 0;
    const inherited = inherits ? sequenceNumber : fallback;
    const dataSequence = entry.sequence_number ?? inherited ?? missingSequence(entry, manifest);
    const file = entry.data_file;
    if (entry.status !== status.deleted && file.content === contents.data) {
      if (firstRowId === undefined) delete file.first_row_id;
      else if (file.first_row_id === undefined) {
        file.first_row_id = firstRowId;
        firstRowId += file.record_count;
      }
    }
    return {
      status: entry.status,
      snapshot_id: entry.snapshot_id ?? manifest.added_snapshot_id,
      sequence_number: dataSequence,
      // Tables written before Iceberg 1.0 have no file sequence numbers.
      file_sequence_number: entry.file_sequence_number ?? inherited ?? dataSequence,
      data_file: file,
      spec_id: manifest.partition_spec_id,
    };
  });
}

function missingSequence(entry: StoredEntry, manifest: ManifestFile): never {
  throw new IcejamError(
    'Corrupt',
    `Missing sequence number of ${entry.data_file.file_path} in ${manifest.manifest_path}`,
    { context: { path: manifest.manifest_path } },
  );
}

/**
 * Reads a manifest without inheriting anything, under the spec and schema given or else those of its header.
 * Throws `Corrupt` or `Unsupported`, naming the path.
 */
export async function openManifest(
  bytes: Uint8Array,
  path: string,
  spec?: PartitionSpec,
  schema?: Schema,
): Promise<StoredManifest> {
  try {
    const file = openAvro(bytes);
    const header = (key: string): unknown => {
      const text = file.metadata.get(key);
      if (text !== undefined) return parseJson(text);
      throw new IcejamError('Corrupt', `The header has no ${key}`);
    };
    const fileSchema = schema ?? parseSchema(header('schema'));
    const fileSpec = spec ?? {
      'spec-id': Number(file.metadata.get('partition-spec-id') ?? 0),
      fields: parsePartitionFields(header('partition-spec') as unknown[]),
    };
    const formatVersion = Number(file.metadata.get('format-version') ?? 1);
    if (formatVersion !== 1 && formatVersion !== 2 && formatVersion !== 3) {
      throw new IcejamError('Unsupported', `Cannot read unsupported version ${formatVersion}`);
    }
    const partition = partitionType(fileSpec, fileSchema);
    const records = await file.records(readableManifestEntry(partition));
    return {
      schema: fileSchema,
      spec: fileSpec,
      formatVersion,
      content: file.metadata.get('content') === 'deletes' ? 1 : 0,
      entries: (records as unknown as EntryRecord[]).map((record) =>
        toEntry(record, partition.fields),
      ),
    };
  } catch (error) {
    throw inFile(error, path);
  }
}

/** A record of a manifest as Avro holds it: longs are bigints, what is absent is null. */
interface EntryRecord {
  status: Status;
  snapshot_id: bigint | null;
  sequence_number: bigint | null;
  file_sequence_number: bigint | null;
  data_file: Record<string, unknown> & { partition: Record<string, Value> };
}

function toEntry(record: EntryRecord, partition: readonly NestedField[]): StoredEntry {
  const { partition: tuple, ...file } = record.data_file;
  const present = Object.entries(file).filter(([, value]) => value !== null);
  return {
    status: record.status,
    snapshot_id: record.snapshot_id,
    sequence_number: narrowed(record.sequence_number) as number | null,
    file_sequence_number: narrowed(record.file_sequence_number) as number | null,
    data_file: {
      content: contents.data,
      ...Object.fromEntries(present.map(([key, value]) => [key, narrowed(value)])),
      partition: partition.map((field) => tuple[field.name] ?? null),
    } as DataFile,
  };
}

/** A value with its longs as numbers: those of a file are counts, sizes and offsets, which a double holds. */
function narrowed(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(narrowed);
  if (value instanceof Map) {
    return new Map(Array.from(value, ([key, item]) => [key as unknown, narrowed(item)]));
  }
  return value;
}

/** What a manifest's record in the list says beside what its entries tell. */
export interface ManifestPlace {
  path: string;
  /** The manifest's size in bytes. */
  length: number;
  content: 0 | 1;
  snapshotId: bigint;
  /** The commit's, which added entries inherit. */
  sequenceNumber: number;
}

/**
 * The manifest list's record of a manifest with these entries (Java's `ManifestWriter.toManifestFile`): counts, rows,
 * the lowest data sequence number that is live, and a summary per partition field.
 */
export function summarizeManifest(
  entries: readonly StoredEntry[],
  spec: PartitionSpec,
  schema: Schema,
  place: ManifestPlace,
): ManifestFile {
  const added = entries.filter((entry) => entry.status === status.added);
  const existing = entries.filter((entry) => entry.status === status.existing);
  const deleted = entries.filter((entry) => entry.status === status.deleted);
  const rows = (some: StoredEntry[]) =>
    some.reduce((sum, entry) => sum + entry.data_file.record_count, 0);
  const live = [...added, ...existing].map(
    (entry) => entry.sequence_number ?? place.sequenceNumber,
  );
  return {
    manifest_path: place.path,
    manifest_length: place.length,
    partition_spec_id: spec['spec-id'],
    content: place.content,
    sequence_number: place.sequenceNumber,
    min_sequence_number: live.reduce((least, one) => Math.min(least, one), place.sequenceNumber),
    added_snapshot_id: place.snapshotId,
    added_files_count: added.length,
    existing_files_count: existing.length,
    deleted_files_count: deleted.length,
    added_rows_count: rows(added),
    existing_rows_count: rows(existing),
    deleted_rows_count: rows(deleted),
    partitions: partitionType(spec, schema).fields.map((field, index) =>
      summarizeField(
        field.type as PrimitiveType,
        entries.map((entry) => entry.data_file.partition[index] ?? null),
      ),
    ),
  };
}

function summarizeField(type: PrimitiveType, values: Value[]): FieldSummary {
  const ordinary = values.filter((value) => value !== null && !Number.isNaN(value));
  let lower: Value = null;
  let upper: Value = null;
  for (const value of ordinary) {
    if (lower === null || compareValues(type, value, lower) < 0) lower = value;
    if (upper === null || compareValues(type, value, upper) > 0) upper = value;
  }
  return {
    contains_null: values.includes(null),
    contains_nan: values.some((value) => Number.isNaN(value)),
    lower_bound: lower === null ? null : encodeValue(type, lower),
    upper_bound: upper === null ? null : encodeValue(type, upper),
  };
}
