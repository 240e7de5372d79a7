import { parquetMetadata, type SchemaElement } from 'hyparquet';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/duckdb.ts';
import { loadSnapshot } from '../../src/engine/scan.ts';
import { duckdbType } from '../../src/engine/types.ts';
import { writePartitions } from '../../src/engine/write.ts';
import { append } from '../../src/iceberg/append.ts';
import { commit } from '../../src/iceberg/commit.ts';
import { createTable } from '../../src/iceberg/create-table.ts';
import type { DataFile } from '../../src/iceberg/manifest-types.ts';
import { memoryContext } from '../../src/iceberg/memory.ts';
import { childrenOf } from '../../src/iceberg/schema.ts';
import type { NestedField, Schema, Type } from '../../src/iceberg/table-metadata.ts';
import { isPrimitive } from '../../src/iceberg/type.ts';

/** Each primitive type of the spec, two values as SQL and what Parquet's schema must say of a column. */
const primitives: [type: string, values: [string, string], parquet: Partial<SchemaElement>][] = [
  ['boolean', ['true', 'false'], { type: 'BOOLEAN' }],
  ['int', ['-2147483648', '7'], { type: 'INT32' }],
  ['long', ['9223372036854775807', '-1'], { type: 'INT64' }],
  ['float', ["'-0.0'", "'nan'"], { type: 'FLOAT' }],
  ['double', ["'inf'", "'-1.5e300'"], { type: 'DOUBLE' }],
  ['decimal(9, 2)', ['-0.01', '1234567.89'], { type: 'INT32', precision: 9, scale: 2 }],
  ['decimal(18, 0)', ['999999999999999999', '-1'], { type: 'INT64', precision: 18 }],
  [
    'decimal(38, 10)',
    ['-1234567890123456789012345678.0123456789', '0'],
    { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, precision: 38, scale: 10 },
  ],
  ['date', ["'0001-01-01'", "'9999-12-31'"], { type: 'INT32', converted_type: 'DATE' }],
  ['time', ["'23:59:59.999999'", "'00:00:00'"], { type: 'INT64' }],
  ['timestamp', ["'1969-12-31 23:59:59.999999'", "'2020-02-29'"], timestamp('MICROS', false)],
  ['timestamptz', ["'1969-12-31 23:59:59.999999'", "'2020-02-29'"], timestamp('MICROS', true)],
  ['timestamp_ns', ["'1969-12-31 23:59:59.999999999'", "'2020-02-29'"], timestamp('NANOS', false)],
  ['timestamptz_ns', ["'1969-12-31 23:59:59.999999999'", "'2262-01-01'"], timestamp('NANOS', true)],
  ['string', ["'ä😀'", "''"], { type: 'BYTE_ARRAY', converted_type: 'UTF8' }],
  [
    'uuid',
    ["'00112233-4455-6677-8899-aabbccddeeff'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"],
    { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16 },
  ],
  ['fixed[3]', ["'\\x00\\xFFa'", "'abc'"], { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 3 }],
  ['binary', ["'\\x00\\xFF'", "''"], { type: 'BYTE_ARRAY' }],
];

function timestamp(unit: 'MICROS' | 'NANOS', isAdjustedToUTC: boolean): Partial<SchemaElement> {
  return { type: 'INT64', logical_type: { type: 'TIMESTAMP', unit, isAdjustedToUTC } };
}

/** A column of one type at one place; `sql` makes its value of two values of the type. */
interface Nesting {
  type: (inner: Type) => Type;
  sql: (one: string, other: string) => string;
}

const field = (id: number, name: string, type: Type): NestedField => ({
  id,
  name,
  required: false,
  type,
});
const list = (id: number, element: Type): Type => ({
  type: 'list',
  'element-id': id,
  'element-required': false,
  element,
});
const map = (id: number, key: Type, value: Type): Type => ({
  type: 'map',
  'key-id': id,
  'value-id': id + 1,
  'value-required': false,
  key,
  value,
});

const nestings: Record<string, Nesting> = {
  'at the top': { type: (inner) => inner, sql: (one) => one },
  'in a struct': {
    type: (inner) => ({ type: 'struct', fields: [field(10, 'a b', inner), field(11, 'i', 'int')] }),
    sql: (one) => `{'a b': ${one}, 'i': 1}`,
  },
  'in a list': {
    type: (inner) => list(10, inner),
    sql: (one, other) => `[${one}, NULL, ${other}]`,
  },
  'as the value of a map': {
    type: (inner) => map(10, 'string', inner),
    sql: (one) => `MAP {'k': ${one}, 'none': NULL}`,
  },
  'as the key of a map': {
    type: (inner) => map(10, inner, 'int'),
    sql: (one, other) => `MAP {${one}: 1, ${other}: NULL}`,
  },
  'in a struct in a list in a map': {
    type: (inner) =>
      map(10, 'string', list(12, { type: 'struct', fields: [field(13, 'x', inner)] })),
    sql: (one, other) => `MAP {'k': [{'x': ${one}}, NULL, {'x': ${other}}], 'none': NULL}`,
  },
};

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const context = memoryContext({ seed: 1 });
let tables = 0;
beforeEach(() => {
  tables += 1;
});

/** Writes rows into a new table as a sink does, and reads them as the Workbench does. */
async function roundTrip(type: Type, rows: string) {
  const schema: Schema = {
    type: 'struct',
    'schema-id': 0,
    fields: [field(1, 'n', 'int'), field(2, 'v', type)],
  };
  const { table } = await createTable(context, `w:t/t${tables}`, {
    location: `mem:///w/t/t${tables}`,
    schema,
    spec: { 'spec-id': 0, fields: [] },
    properties: {},
    formatVersion: 3,
  });
  const { metadata } = table;
  const [written] = metadata.schemas;
  if (!written) throw new Error('No schema');
  engine.execute(`CREATE OR REPLACE TABLE source AS ${rows}`);
  const [file] = await writePartitions(engine, {
    view: 'source',
    schema: written,
    spec: { 'spec-id': 0, fields: [] },
    properties: {},
    table: metadata,
    newFileName: (count) => `f-${count}.parquet`,
    io: context.io,
  });
  if (!file) throw new Error('Nothing was written');
  const added = [{ spec_id: 0, data_file: file }];
  const result = await commit(context, table, append(added), { protocol: 'queued' });
  if (result.outcome !== 'committed') throw new Error(result.outcome);
  const { metadata: now } = await loadAgain();
  await loadSnapshot(engine, context.io, now, result.snapshotId, { name: 't' });
  return { file, schema: written, read: engine.query('SELECT v FROM t ORDER BY n').rows };
}

async function loadAgain() {
  const { loadTable } = await import('../../src/iceberg/table.ts');
  return loadTable(context, `w:t/t${tables}`);
}

/** What the file's own schema says of the column `v`: its nodes by field id. */
async function nodesOf({ file_path: path }: DataFile): Promise<Map<number, SchemaElement>> {
  const { schema } = parquetMetadata((await context.io.read(path)).slice().buffer);
  return new Map(
    schema.flatMap((node) => (node.field_id === undefined ? [] : [[node.field_id, node]])),
  );
}

/** The field ids and types of every node of a type. */
function* nodes(type: Type): Generator<[number, Type]> {
  if (isPrimitive(type)) return;
  for (const child of childrenOf(type)) {
    yield [child.id, child.type];
    yield* nodes(child.type);
  }
}

describe.each(Object.entries(nestings))('%s', (_place, nesting) => {
  test.each(primitives)(
    '%s is written as Iceberg wants it and read again',
    async (inner, values, parquet) => {
      const type = nesting.type(inner);
      const [one, other] = values.map((value) => `CAST(${value} AS ${duckdbType(inner)})`) as [
        string,
        string,
      ];
      const value = (a: string, b: string) => `CAST(${nesting.sql(a, b)} AS ${duckdbType(type)})`;
      const rows = `
      SELECT 1::INTEGER AS n, ${value(one, other)} AS v UNION ALL SELECT 2, NULL
      UNION ALL SELECT 3, ${value(other, one)}`;
      const { file, schema, read } = await roundTrip(type, rows);
      expect(read).toEqual(engine.query(`SELECT v FROM (${rows}) ORDER BY n`).rows);
      const column = schema.fields[1];
      if (!column) throw new Error('No column');
      const found = await nodesOf(file);
      const expected: [number, Type][] = [[column.id, column.type], ...nodes(column.type)];
      for (const [id, own] of expected) {
        const isKey = found.get(id)?.name === 'key';
        expect(found.get(id), `field ${id}`).toMatchObject({
          repetition_type: isKey ? 'REQUIRED' : 'OPTIONAL',
          ...(own === inner ? parquet : {}),
        });
      }
      expect([...found.keys()].sort((a, b) => a - b)).toEqual(
        [1, ...expected.map(([id]) => id)].sort((a, b) => a - b),
      );
    },
  );
});

test.each(primitives)(
  'a column of %s without any value is written, alone or beside others',
  async (inner) => {
    const type: Type = {
      type: 'struct',
      fields: [field(10, 'x', inner), field(11, 'u', 'uuid'), field(12, 'b', 'boolean')],
    };
    const none = `CAST({'x': NULL, 'u': NULL, 'b': NULL} AS ${duckdbType(type)})`;
    const { read } = await roundTrip(
      type,
      `SELECT 1::INTEGER AS n, ${none} AS v UNION ALL SELECT 2, NULL`,
    );
    expect(read).toEqual([{ v: { x: null, u: null, b: null } }, { v: null }]);
  },
);
