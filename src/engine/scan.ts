import { IcejamError } from '../error.ts';
import { identityPartitionValues, type ProjectionOptions } from '../iceberg/column-projection.ts';
import { DeleteIndex } from '../iceberg/delete-index.ts';
import { ManifestReader } from '../iceberg/manifest-reader.ts';
import { parseNameMapping } from '../iceberg/name-mapping.ts';
import type { FileIO } from '../iceberg/ports.ts';
import { type FileScanTask, liveFiles } from '../iceberg/scan.ts';
import { currentSchema, schemaById, snapshotById, specById } from '../iceberg/table.ts';
import type { Schema, Snapshot, TableMetadata } from '../iceberg/table-metadata.ts';
import { applyDeletes } from './deletes.ts';
import type { Engine } from './duckdb.ts';
import { readDataFile } from './read-data-file.ts';
import { duckdbType, quoted } from './types.ts';

/** A data file whose rows are loaded. */
interface LoadedFile {
  ordinal: number;
  rows: number;
}

/** The data files of one Iceberg table that are loaded under one schema, all in one table of DuckDB. */
interface LoadedTable {
  name: string;
  schema: Schema;
  /** By the paths of the data file and of the delete files that were applied to it. */
  files: Map<string, LoadedFile>;
}

/** What an engine holds of Iceberg tables. Files never change, so nothing of it is ever stale. */
interface Cache {
  tables: Map<string, LoadedTable>;
  /** What the rows took as Arrow. */
  bytes: number;
}

const caches = new WeakMap<Engine, Cache>();
const manifests = new WeakMap<FileIO, ManifestReader>();

/** The column of the file that a row came from. */
const ordinal = quoted('file ordinal');
const incoming = 'rows of a file';

/**
 * Makes the rows of a table at a snapshot (`null`: before the first) queryable as the view `name`, with the columns of
 * that snapshot's schema; the current snapshot has those of the current schema. Only files that this engine has not
 * loaded yet are read.
 * Throws `IllegalArgument` for an unknown snapshot, `Unsupported`, and `NotFound` and `Corrupt` naming a file.
 */
export async function loadSnapshot(
  engine: Engine,
  io: FileIO,
  metadata: TableMetadata,
  snapshotId: bigint | null,
  { name }: { name: string },
): Promise<{ rows: number }> {
  const snapshot = snapshotId === null ? null : snapshotOf(metadata, snapshotId);
  const cache = caches.get(engine) ?? { tables: new Map(), bytes: 0 };
  caches.set(engine, cache);
  const table = tableOf(engine, cache, metadata, schemaAt(metadata, snapshot));
  const files: LoadedFile[] = [];
  for (const task of await planFiles(io, metadata, snapshot)) {
    files.push(await loadFile(engine, io, cache, table, task, projectionOf(metadata, task)));
  }
  const columns = table.schema.fields.map((field) => quoted(field.name)).join(', ');
  const rows = `SELECT ${columns} FROM ${quoted(table.name)} WHERE ${fromFiles(files)}`;
  engine.execute(`CREATE OR REPLACE VIEW ${quoted(name)} AS ${rows}`);
  return { rows: files.reduce((sum, file) => sum + file.rows, 0) };
}

/** A filter of the rows of these files. It stays right when more files are loaded into their table. */
function fromFiles(files: readonly LoadedFile[]): string {
  const ordinals = files.map((file) => file.ordinal).sort((a, b) => a - b);
  const isPrefix = ordinals.every((number, index) => number === index);
  if (isPrefix) return `${ordinal} < ${ordinals.length}`;
  // DuckDB makes a hash lookup of a list of numbers, and takes a hundred times as long over a list of ranges.
  return `${ordinal} IN (${ordinals.join(', ')})`;
}

/**
 * Forgets all loaded files if they take more than `bytes`. Views that {@link loadSnapshot} made are of no use then.
 */
export function unloadSnapshots(engine: Engine, bytes: number): void {
  const cache = caches.get(engine);
  if (!cache || cache.bytes <= bytes) return;
  for (const { name } of cache.tables.values()) engine.execute(`DROP TABLE ${quoted(name)}`);
  caches.delete(engine);
}

function snapshotOf(metadata: TableMetadata, id: bigint): Snapshot {
  const snapshot = snapshotById(metadata, id);
  if (snapshot) return snapshot;
  throw new IcejamError('IllegalArgument', `Cannot find snapshot with ID ${id}`, {
    context: { table: metadata.location },
  });
}

function schemaAt(metadata: TableMetadata, snapshot: Snapshot | null): Schema {
  const isCurrent = !snapshot || snapshot['snapshot-id'] === metadata['current-snapshot-id'];
  const id = isCurrent ? undefined : snapshot['schema-id'];
  return id === undefined ? currentSchema(metadata) : schemaById(metadata, id);
}

function tableOf(
  engine: Engine,
  cache: Cache,
  metadata: TableMetadata,
  schema: Schema,
): LoadedTable {
  const name = `files of ${metadata['table-uuid']} schema ${schema['schema-id']}`;
  const known = cache.tables.get(name);
  if (known) return known;
  const columns = schema.fields.map((field) => `${quoted(field.name)} ${duckdbType(field.type)}`);
  engine.execute(`CREATE TABLE ${quoted(name)} (${[...columns, `${ordinal} INTEGER`].join(', ')})`);
  const table = { name, schema, files: new Map() };
  cache.tables.set(name, table);
  return table;
}

async function planFiles(
  io: FileIO,
  metadata: TableMetadata,
  snapshot: Snapshot | null,
): Promise<FileScanTask[]> {
  const reader = manifests.get(io) ?? new ManifestReader(io);
  manifests.set(io, reader);
  try {
    const { data, deletes } = await liveFiles(reader, metadata, snapshot);
    const index = new DeleteIndex(deletes, metadata);
    return data.map((file) => ({ file, deletes: index.forDataFile(file, file.sequence_number) }));
  } catch (thrown) {
    // The reader remembers failures too, and what failed may succeed later.
    manifests.delete(io);
    throw thrown;
  }
}

/** How the columns of a file are found that has no ids, or lacks them because they are in its path (Hive). */
function projectionOf(metadata: TableMetadata, { file }: FileScanTask): ProjectionOptions {
  const mapping = metadata.properties['schema.name-mapping.default'];
  const spec = specById(metadata, file.spec_id);
  return {
    ...(mapping !== undefined && { nameMapping: parseNameMapping(mapping) }),
    constants: identityPartitionValues(spec, file.data_file.partition),
  };
}

async function loadFile(
  engine: Engine,
  io: FileIO,
  cache: Cache,
  { name, schema, files }: LoadedTable,
  task: FileScanTask,
  projection: ProjectionOptions,
): Promise<LoadedFile> {
  const entries = [task.file, ...task.deletes];
  const key = entries.map((entry) => entry.data_file.file_path).join('\n');
  const known = files.get(key);
  if (known) return known;
  cache.bytes += await readDataFile(engine, io, task.file, {
    schema,
    into: incoming,
    ...projection,
  });
  await applyDeletes(engine, io, incoming, task, schema);
  const file = { ordinal: files.size, rows: countRows(engine, incoming) };
  engine.execute(`
    INSERT INTO ${quoted(name)} SELECT *, ${file.ordinal} FROM ${quoted(incoming)};
    DROP TABLE ${quoted(incoming)}`);
  files.set(key, file);
  return file;
}

function countRows(engine: Engine, table: string): number {
  const { rows } = engine.query(`SELECT count(*) AS n FROM ${quoted(table)}`);
  return Number(rows[0]?.n);
}
