import { IcejamError } from '../error.ts';
import { compress, decompress } from './compression.ts';
import { inFile } from './file-error.ts';
import { parseJson, stringifyJson } from './json.ts';
import { JsonObject } from './json-object.ts';
import { firstPartitionId } from './partition-spec.ts';
import {
  parsePartitionFields,
  parsePartitionSpec,
  parseSchema,
  parseSortOrder,
  partitionFieldsJson,
  schemaJson,
  sortOrderJson,
} from './schema-json.ts';
import { parseRef, parseSnapshot, refJson, snapshotJson } from './snapshot-json.ts';
import { newestFormat } from './table-metadata.ts';
import type { PartitionSpec, Schema, SnapshotRef, TableMetadata } from './table-metadata.ts';

const utf8 = new TextEncoder();

/** Whether the name of a metadata file says that it is gzipped; the second form is an old one. */
export function isGzipped(path: string): boolean {
  return path.endsWith('.gz.metadata.json') || path.endsWith('.metadata.json.gz');
}

/** The version in a metadata file's name, `00003-….metadata.json` or `v3.metadata.json`; -1 if there is none. */
export function metadataVersion(path: string): number {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return Number(/^v?(\d+)[-.]/.exec(name)?.[1] ?? -1);
}

/** The name of a new metadata file under a catalog (Java's `BaseMetastoreTableOperations`). */
export function metadataFileName(version: number, uuid: string, gzip: boolean): string {
  return `${String(version).padStart(5, '0')}-${uuid}${gzip ? '.gz' : ''}.metadata.json`;
}

/**
 * Reads a metadata file of format 1, 2 or 3 into its normalised form; it is gunzipped if its name says so.
 * Throws `Unsupported` for a newer format, `Corrupt` for anything that breaks the format; both name the path.
 */
export async function parseTableMetadata(bytes: Uint8Array, path: string): Promise<TableMetadata> {
  try {
    const plain = isGzipped(path) ? await decompress('gzip', bytes) : bytes;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
    return fromJson(new JsonObject(parseJson(text)));
  } catch (error) {
    throw inFile(error, path);
  }
}

/** Writes a metadata file with the fields in Java's order (`TableMetadataParser`). */
export async function serializeTableMetadata(
  metadata: TableMetadata,
  options: { gzip: boolean },
): Promise<Uint8Array> {
  const bytes = utf8.encode(stringifyJson(toJson(metadata)));
  return options.gzip ? compress('gzip', bytes) : bytes;
}

function fromJson(json: JsonObject): TableMetadata {
  const version = json.integer('format-version');
  if (version < 1 || version > newestFormat) {
    throw new IcejamError('Unsupported', `Cannot read unsupported version ${version}`, {
      remedy: `Only the formats 1 to ${newestFormat} are supported.`,
    });
  }
  const schemas = parseSchemas(json, version);
  const specs = parseSpecs(json, version);
  const sortOrders = json.list('sort-orders', parseSortOrder);
  const current = json.optionalLong('current-snapshot-id') ?? -1n;
  /** A number that files of v1 may leave out. */
  const later = (key: string, fallback: number) =>
    version > 1 ? json.integer(key) : (json.optionalInteger(key) ?? fallback);
  const metadata: TableMetadata = {
    'format-version': version as TableMetadata['format-version'],
    'table-uuid':
      version > 1 ? json.string('table-uuid') : (json.optionalString('table-uuid') ?? ''),
    location: json.string('location').replace(/\/+$/, ''),
    'last-sequence-number': version > 1 ? json.integer('last-sequence-number') : 0,
    'last-updated-ms': json.integer('last-updated-ms'),
    'last-column-id': json.integer('last-column-id'),
    'current-schema-id': later('current-schema-id', schemas[0]?.['schema-id'] ?? 0),
    schemas,
    'default-spec-id': later('default-spec-id', 0),
    'partition-specs': specs,
    'last-partition-id': later('last-partition-id', lastPartitionId(specs)),
    'default-sort-order-id': later('default-sort-order-id', 0),
    'sort-orders': sortOrders.length > 0 ? sortOrders : [{ 'order-id': 0, fields: [] }],
    properties: json.record('properties', (members, name) => members.string(name)),
    'current-snapshot-id': current === -1n ? null : current,
    // Counted from 0 again, it would give rows the ids of others.
    ...(version > 2 && { 'next-row-id': json.integer('next-row-id') }),
    ...(json.has('encryption-keys') && {
      'encryption-keys': json.list('encryption-keys', (key) => key),
    }),
    refs: json.record('refs', (members, name) => parseRef(members.get(name))),
    snapshots: json.list('snapshots', parseSnapshot),
    statistics: json.list('statistics', (file) => file),
    'partition-statistics': json.list('partition-statistics', (file) => file),
    'snapshot-log': json.list('snapshot-log', (item) => {
      const entry = new JsonObject(item);
      return {
        'timestamp-ms': entry.integer('timestamp-ms'),
        'snapshot-id': entry.long('snapshot-id'),
      };
    }),
    'metadata-log': json.list('metadata-log', (item) => {
      const entry = new JsonObject(item);
      return {
        'timestamp-ms': entry.integer('timestamp-ms'),
        'metadata-file': entry.string('metadata-file'),
      };
    }),
  };
  if (metadata['current-snapshot-id'] !== null && !Object.hasOwn(metadata.refs, 'main')) {
    metadata.refs.main = { 'snapshot-id': metadata['current-snapshot-id'], type: 'branch' };
  }
  checkReferences(metadata);
  return metadata;
}

function parseSchemas(json: JsonObject, version: number): Schema[] {
  if (version > 1 || json.has('schemas')) return json.list('schemas', parseSchema);
  return [parseSchema(json.get('schema'))];
}

function parseSpecs(json: JsonObject, version: number): PartitionSpec[] {
  if (version > 1 || json.has('partition-specs')) {
    return json.list('partition-specs', parsePartitionSpec);
  }
  return [
    { 'spec-id': 0, fields: parsePartitionFields(json.list('partition-spec', (field) => field)) },
  ];
}

function lastPartitionId(specs: readonly PartitionSpec[]): number {
  const ids = specs.flatMap((spec) => spec.fields.map((field) => field['field-id']));
  return Math.max(firstPartitionId - 1, ...ids);
}

/** Checks that what the metadata names by id is there, and that main is the current snapshot. */
function checkReferences(metadata: TableMetadata): void {
  const check = (holds: boolean, message: string): void => {
    if (!holds) throw new IcejamError('Corrupt', message);
  };
  const schema = metadata['current-schema-id'];
  const spec = metadata['default-spec-id'];
  const order = metadata['default-sort-order-id'];
  check(
    metadata.schemas.some((candidate) => candidate['schema-id'] === schema),
    `Cannot find schema with current-schema-id=${schema} from schemas`,
  );
  check(
    metadata['partition-specs'].some((candidate) => candidate['spec-id'] === spec),
    `Cannot find partition spec with default-spec-id=${spec} from partition-specs`,
  );
  check(
    metadata['sort-orders'].some((candidate) => candidate['order-id'] === order),
    `Cannot find sort order with default-sort-order-id=${order} from sort-orders`,
  );
  const last = metadata['last-sequence-number'];
  for (const { 'sequence-number': sequenceNumber } of metadata.snapshots) {
    check(
      metadata['format-version'] === 1 || sequenceNumber <= last,
      `Invalid snapshot with sequence number ${sequenceNumber} greater than last sequence number ${last}`,
    );
  }
  const snapshots = new Set(metadata.snapshots.map((snapshot) => snapshot['snapshot-id']));
  for (const [name, ref] of Object.entries(metadata.refs)) {
    check(
      snapshots.has(ref['snapshot-id']),
      `Snapshot for reference ${name} does not exist in the existing snapshots list`,
    );
  }
  checkMain(metadata['current-snapshot-id'], metadata.refs.main, check);
}

function checkMain(
  current: bigint | null,
  main: SnapshotRef | undefined,
  check: (holds: boolean, message: string) => void,
): void {
  const id = main?.['snapshot-id'] ?? null;
  if (current === null) {
    check(id === null, `Current snapshot is not set, but main branch exists: ${id}`);
  } else {
    check(id === current, `Current snapshot ID does not match main branch (${current} != ${id})`);
  }
}

function toJson(metadata: TableMetadata): object {
  const version = metadata['format-version'];
  const schema = metadata.schemas.find(
    (candidate) => candidate['schema-id'] === metadata['current-schema-id'],
  );
  const spec = metadata['partition-specs'].find(
    (candidate) => candidate['spec-id'] === metadata['default-spec-id'],
  );
  return {
    'format-version': version,
    'table-uuid': metadata['table-uuid'] === '' ? undefined : metadata['table-uuid'],
    location: metadata.location,
    'last-sequence-number': version > 1 ? metadata['last-sequence-number'] : undefined,
    'last-updated-ms': metadata['last-updated-ms'],
    'last-column-id': metadata['last-column-id'],
    schema: version === 1 && schema ? schemaJson(schema) : undefined,
    'current-schema-id': metadata['current-schema-id'],
    schemas: metadata.schemas.map(schemaJson),
    'partition-spec': version === 1 && spec ? partitionFieldsJson(spec.fields) : undefined,
    'default-spec-id': metadata['default-spec-id'],
    'partition-specs': metadata['partition-specs'].map((item) => ({
      'spec-id': item['spec-id'],
      fields: partitionFieldsJson(item.fields),
    })),
    'last-partition-id': metadata['last-partition-id'],
    'default-sort-order-id': metadata['default-sort-order-id'],
    'sort-orders': metadata['sort-orders'].map(sortOrderJson),
    properties: metadata.properties,
    'current-snapshot-id': metadata['current-snapshot-id'] ?? (version < 3 ? -1 : null),
    'next-row-id': version > 2 ? (metadata['next-row-id'] ?? 0) : undefined,
    'encryption-keys': metadata['encryption-keys'],
    refs: Object.fromEntries(
      Object.entries(metadata.refs).map(([name, ref]) => [name, refJson(ref)]),
    ),
    snapshots: metadata.snapshots.map(snapshotJson),
    statistics: metadata.statistics,
    'partition-statistics': metadata['partition-statistics'],
    'snapshot-log': metadata['snapshot-log'].map((entry) => ({
      'timestamp-ms': entry['timestamp-ms'],
      'snapshot-id': entry['snapshot-id'],
    })),
    'metadata-log': metadata['metadata-log'].map((entry) => ({
      'timestamp-ms': entry['timestamp-ms'],
      'metadata-file': entry['metadata-file'],
    })),
  };
}
