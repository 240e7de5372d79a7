import { parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/duckdb.ts';
import { loadSnapshot } from '../../src/engine/scan.ts';
import { writePartitions } from '../../src/engine/write.ts';
import { append } from '../../src/iceberg/append.ts';
import { commit } from '../../src/iceberg/commit.ts';
import { createTable } from '../../src/iceberg/create-table.ts';
import { memoryContext } from '../../src/iceberg/memory.ts';
import { currentSchema, loadTable } from '../../src/iceberg/table.ts';
import type { NestedField, TableMetadata } from '../../src/iceberg/table-metadata.ts';

const name = 'w:t/t';
const spec = { 'spec-id': 0, fields: [] };
const field = (id: number, column: string, type: string): NestedField => ({
  id,
  name: column,
  required: false,
  type,
});
const id = field(1, 'id', 'int');

let engine: Engine;
let context: ReturnType<typeof memoryContext>;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());
let seed = 0;
beforeEach(() => {
  // The engine keeps loaded rows by the table's uuid.
  seed += 1;
  context = memoryContext({ seed });
});

const create = (fields: NestedField[]) =>
  createTable(context, name, {
    location: 'mem:///w/t',
    schema: { type: 'struct', 'schema-id': 0, fields },
    spec,
    properties: {},
    formatVersion: 3,
  });

/** Writes a query's rows to the table as a sink does. */
async function write(rows: string) {
  const table = await loadTable(context, name);
  const { metadata } = table;
  engine.execute(`CREATE OR REPLACE TABLE source AS ${rows}`);
  const files = await writePartitions(engine, {
    view: 'source',
    schema: currentSchema(metadata),
    spec,
    properties: metadata.properties,
    table: metadata,
    newFileName: (count) => `f-${count}.parquet`,
    io: context.io,
  });
  const added = files.map((file) => ({ spec_id: 0, data_file: file }));
  const result = await commit(context, table, append(added), { protocol: 'queued' });
  if (result.outcome !== 'committed') throw result.error;
  return files;
}

/** The table as a writer that knows these columns would leave it. */
async function withColumns(fields: NestedField[]): Promise<TableMetadata> {
  const { metadata } = await loadTable(context, name);
  return { ...metadata, schemas: [{ ...currentSchema(metadata), fields }] };
}

const load = (metadata: TableMetadata) =>
  loadSnapshot(engine, context.io, metadata, metadata['current-snapshot-id'], { name: 't' });

test('an unknown column is null in every row and stands in no data file', async () => {
  await create([id, field(2, 'nothing', 'unknown')]);
  const [file] = await write('SELECT 7 AS id, NULL AS nothing');
  const path = file?.file_path ?? '';
  const { schema } = parquetMetadata((await context.io.read(path)).slice().buffer);
  expect(schema.slice(1).map((node) => node.name)).toEqual(['id']);
  expect([...(file?.value_counts?.keys() ?? [])]).toEqual([1]);
  const { metadata } = await loadTable(context, name);
  expect(currentSchema(metadata).fields.map(({ type }) => type)).toEqual(['int', 'unknown']);
  await load(metadata);
  expect(engine.query('FROM t').rows).toEqual([{ id: 7, nothing: null }]);
});

test('a geometry is read as its WKB, and not written, as its files say more than bytes', async () => {
  await create([id, field(2, 'shape', 'binary')]);
  await write("SELECT 7 AS id, unhex('0101') AS shape");
  const metadata = await withColumns([id, field(2, 'shape', 'geometry(srid:3857)')]);
  await load(metadata);
  expect(engine.query('SELECT id, hex(shape) AS shape FROM t').rows).toEqual([
    { id: 7, shape: '0101' },
  ]);
  const files = context.io.paths().length;
  await expect(
    writePartitions(engine, {
      view: 't',
      schema: currentSchema(metadata),
      spec,
      properties: {},
      table: { location: 'mem:///w/t', properties: {} },
      newFileName: () => 'g.parquet',
      io: context.io,
    }),
  ).rejects.toThrow('Parquet files with columns of the type geometry(srid:3857) cannot be written');
  expect(context.io.paths()).toHaveLength(files);
});

test('a variant is left out of the rows, and told of', async () => {
  await create([id]);
  await write('SELECT 7 AS id');
  const variant = field(2, 'any', 'variant');
  const { rows, schema, leftOut } = await load(await withColumns([id, variant]));
  expect({ rows, columns: schema.fields, leftOut }).toEqual({
    rows: 1,
    columns: [id],
    leftOut: [variant],
  });
  expect(engine.query('FROM t').rows).toEqual([{ id: 7 }]);
  await expect(load(await withColumns([variant]))).rejects.toMatchObject({
    kind: 'Unsupported',
    message: 'Column any cannot be read here: it is of the type variant',
  });
});
