import { IcejamError } from '../error.ts';
import { DeleteIndex } from '../iceberg/delete-index.ts';
import { ManifestReader } from '../iceberg/manifest-reader.ts';
import type { ManifestEntry } from '../iceberg/manifest-types.ts';
import type { FileIO } from '../iceberg/ports.ts';
import { type FileScanTask, liveFiles } from '../iceberg/scan.ts';
import { currentSchema, schemaById, snapshotById } from '../iceberg/table.ts';
import type { NestedField, Schema, Snapshot, TableMetadata } from '../iceberg/table-metadata.ts';
import { typeText } from '../iceberg/type.ts';
import type { Engine } from './duckdb.ts';
import { loadLiveRows, projectionOf } from './live-rows.ts';
import { readDataFile } from './read-data-file.ts';
import { duckdbType, isReadable, quoted } from './types.ts';

/** A data file whose rows are loaded. */
interface LoadedFile {
  /** Counts the files of its table from 0. */
  number: number;
  rows: number;
  /** What the rows took as Arrow. */
  bytes: number;
}

/** The data files of one Iceberg table that are loaded under one schema, all in one table of DuckDB. */
interface LoadedTable {
  name: string;
  schema: Schema;
  /** By the paths of the data file and of the delete files that were applied to it. */
  files: Map<string, LoadedFile>;
}

/** What a snapshot is as a view. */
interface LoadedSnapshot {
  rows: number;
  schema: Schema;
  files: ManifestEntry[];
  leftOut: NestedField[];
}

/** What an engine holds of Iceberg tables. Files never change, so nothing of it is ever stale. */
interface Cache {
  io: FileIO;
  manifests: ManifestReader;
  tables: Map<string, LoadedTable>;
}

const caches = new WeakMap<Engine, Cache>();

/** The column of the file that a row came from. */
const fileNumber = quoted('file number');
const incoming = 'rows of a file';

/**
 * Makes the rows of a table at a snapshot (`null`: before the first) queryable as the view `name`, with the columns of
 * that snapshot's schema; the current snapshot has those of the current schema. Only files that this engine has not
 * loaded yet are read. Answers how many rows there are, that schema, the snapshot's data files, and the columns that the
 * view and that schema lack because DuckDB cannot hold their values.
 * Throws `IllegalArgument` for an unknown snapshot, `Unsupported` if no column is left, and `NotFound` and `Corrupt`
 * naming a file.
 */
export async function loadSnapshot(
  engine: Engine,
  io: FileIO,
  metadata: TableMetadata,
  snapshotId: bigint | null,
  { name }: { name: string },
): Promise<LoadedSnapshot> {
  const snapshot = snapshotId === null ? null : snapshotOf(metadata, snapshotId);
  const cache = cacheOf(engine, io);
  const schema = schemaAt(metadata, snapshot);
  const leftOut = schema.fields.filter(({ type }) => !isReadable(type));
  const table = tableOf(engine, cache, metadata, readableSchema(schema, leftOut));
  const tasks = await planFiles(cache, metadata, snapshot);
  const loaded: LoadedFile[] = [];
  for (const task of tasks) loaded.push(await loadFile(engine, io, metadata, table, task));
  const columns = table.schema.fields.map((field) => quoted(field.name)).join(', ');
  const rows = `SELECT ${columns} FROM ${quoted(table.name)} WHERE ${fromFiles(loaded)}`;
  engine.execute(`CREATE OR REPLACE VIEW ${quoted(name)} AS ${rows}`);
  return {
    rows: loaded.reduce((sum, file) => sum + file.rows, 0),
    schema: table.schema,
    files: tasks.map(({ file }) => file),
    leftOut,
  };
}

function readableSchema(schema: Schema, leftOut: readonly NestedField[]): Schema {
  const fields = schema.fields.filter((field) => !leftOut.includes(field));
  const [first] = leftOut;
  if (fields.length > 0 || first === undefined) return { ...schema, fields };
  const { message, remedy } = unreadableColumn(first);
  throw new IcejamError('Unsupported', message, { remedy });
}

/** What to say of a column that {@link loadSnapshot} has left out. */
export function unreadableColumn({ name, type }: NestedField): { message: string; remedy: string } {
  return {
    message: `Column ${name} cannot be read here: it is of the type ${typeText(type)}`,
    remedy: 'Leave it out, or read it in another engine, such as Spark 4. The table keeps it.',
  };
}

/** A filter of the rows of these files. It stays right when more files are loaded into their table. */
function fromFiles(files: readonly LoadedFile[]): string {
  const numbers = files.map((file) => file.number).sort((a, b) => a - b);
  const isPrefix = numbers.every((number, index) => number === index);
  if (isPrefix) return `${fileNumber} < ${numbers.length}`;
  // DuckDB makes a hash lookup of a list of numbers, and takes a hundred times as long over a list of ranges.
  return `${fileNumber} IN (${numbers.join(', ')})`;
}

/** Forgets all that was loaded if it takes `bytes` or more. Views that {@link loadSnapshot} made are of no use then. */
export function unloadSnapshots(engine: Engine, bytes: number): void {
  const tables = [...(caches.get(engine)?.tables.values() ?? [])];
  const files = tables.flatMap((table) => [...table.files.values()]);
  if (files.reduce((sum, file) => sum + file.bytes, 0) < bytes) return;
  for (const { name } of tables) engine.execute(`DROP TABLE ${quoted(name)}`);
  caches.delete(engine);
}

function cacheOf(engine: Engine, io: FileIO): Cache {
  const known = caches.get(engine);
  if (known?.io === io) return known;
  const cache = {
    io,
    manifests: new ManifestReader(io),
    tables: known?.tables ?? new Map<string, LoadedTable>(),
  };
  caches.set(engine, cache);
  return cache;
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
  { tables }: Cache,
  metadata: TableMetadata,
  schema: Schema,
): LoadedTable {
  const name = `files of ${metadata['table-uuid']} schema ${schema['schema-id']}`;
  const known = tables.get(name);
  if (known) return known;
  const columns = schema.fields.map((field) => `${quoted(field.name)} ${duckdbType(field.type)}`);
  engine.execute(
    `CREATE TABLE ${quoted(name)} (${[...columns, `${fileNumber} INTEGER`].join(', ')})`,
  );
  const table = { name, schema, files: new Map() };
  tables.set(name, table);
  return table;
}

async function planFiles(
  { manifests }: Cache,
  metadata: TableMetadata,
  snapshot: Snapshot | null,
): Promise<FileScanTask[]> {
  const { data, deletes } = await liveFiles(manifests, metadata, snapshot);
  const index = new DeleteIndex(deletes, metadata);
  return data.map((file) => ({ file, deletes: index.forDataFile(file, file.sequence_number) }));
}

/** Loads the rows of a task's data file, unless they are loaded already. */
async function loadFile(
  engine: Engine,
  io: FileIO,
  metadata: TableMetadata,
  { name, schema, files }: LoadedTable,
  task: FileScanTask,
): Promise<LoadedFile> {
  const entries = [task.file, ...task.deletes];
  const key = entries.map((entry) => entry.data_file.file_path).join('\n');
  const known = files.get(key);
  if (known) return known;
  const number = files.size;
  const insert = (rows: string) => {
    engine.execute(`INSERT INTO ${quoted(name)} SELECT *, ${number} FROM (${rows})`);
  };
  let rows = task.file.data_file.record_count;
  let bytes: number;
  if (task.deletes.length === 0) {
    const columns = { schema, ...projectionOf(metadata, task) };
    bytes = await readDataFile(engine, io, task.file, columns, (own, size) => {
      insert(own);
      return size;
    });
  } else {
    bytes = await loadLiveRows(engine, io, metadata, task, { schema, into: incoming });
    rows = countRows(engine, incoming);
    insert(`FROM ${quoted(incoming)}`);
    engine.execute(`DROP TABLE ${quoted(incoming)}`);
  }
  const file = { number, rows, bytes };
  files.set(key, file);
  return file;
}

function countRows(engine: Engine, table: string): number {
  const { rows } = engine.query(`SELECT count(*) AS n FROM ${quoted(table)}`);
  return Number(rows[0]?.n);
}
