import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/duckdb.ts';
import { readParquet, writeParquet } from '../../src/engine/parquet.ts';
import { readStream, type ReadOptions } from '../../src/engine/read-data-file.ts';
import type { Value } from '../../src/iceberg/manifest-types.ts';
import type { NestedField, Schema, Type } from '../../src/iceberg/table-metadata.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const struct = (...fields: NestedField[]): Schema => ({ type: 'struct', 'schema-id': 0, fields });
const field = (
  id: number,
  name: string,
  type: Type,
  more: Partial<NestedField> = {},
): NestedField => ({
  id,
  name,
  required: false,
  type,
  ...more,
});

/** Writes a query's row under one schema and reads it under another. */
async function evolve(sql: string, written: Schema, options: ReadOptions) {
  const { bytes } = await writeParquet(engine.queryArrow(sql), { schema: written, properties: {} });
  const stream = await readParquet(bytes, 'mem:///f.parquet');
  return readStream(engine, stream, options, (rows) => ({
    types: engine.describe(rows).map(({ type }) => type),
    rows: engine.query(rows).rows,
  }));
}

test('columns are found by id: renamed, reordered, added, dropped and promoted', async () => {
  const written = struct(
    field(1, 'a', 'int'),
    field(2, 'b', 'float'),
    field(3, 'c', 'decimal(9, 2)'),
    field(4, 'gone', 'string'),
  );
  const schema = struct(
    field(3, 'c', 'decimal(18, 2)'),
    field(5, 'gone', 'string'),
    field(2, 'a', 'double'),
    field(1, 'renamed', 'long'),
    field(6, 'defaulted', 'date', { 'initial-default': '2020-02-02' }),
  );
  const sql = "SELECT 7::INTEGER AS a, 1.5::FLOAT AS b, 2.25::DECIMAL(9,2) AS c, 'x' AS gone";
  expect(await evolve(sql, written, { schema })).toEqual({
    types: ['DECIMAL(18,2)', 'VARCHAR', 'DOUBLE', 'BIGINT', 'DATE'],
    rows: [{ c: '2.25', gone: null, a: 1.5, renamed: 7, defaulted: '2020-02-02' }],
  });
});

test('members of structs, lists and maps are found by id at every depth', async () => {
  const point = (name: string, ...more: NestedField[]): Type => ({
    type: 'struct',
    fields: [field(11, name, 'int'), field(12, 'y', 'int'), ...more],
  });
  const nested = (element: Type, value: Type): NestedField[] => [
    field(1, 's', element),
    field(2, 'l', { type: 'list', 'element-id': 21, 'element-required': false, element }),
    field(3, 'm', {
      type: 'map',
      'key-id': 31,
      key: 'string',
      'value-id': 32,
      'value-required': false,
      value,
    }),
  ];
  const written = struct(...nested(point('x'), point('x')));
  const schema = struct(...nested(point('y2', field(13, 'z', 'string')), point('y2')));
  const sql = `
    SELECT {'x': 1, 'y': 2} AS s, [{'x': 3, 'y': 4}, NULL] AS l, MAP {'k': {'x': 5, 'y': 6}} AS m
    UNION ALL SELECT NULL, NULL, NULL`;
  expect((await evolve(sql, written, { schema })).rows).toEqual([
    { s: { y2: 1, y: 2, z: null }, l: [{ y2: 3, y: 4, z: null }, null], m: { k: { y2: 5, y: 6 } } },
    { s: null, l: null, m: null },
  ]);
});

test('a file without ids is read by a name mapping, and by its names without one', async () => {
  const stream = engine.queryArrow("SELECT 1 AS old_name, 'x' AS s");
  const schema = struct(field(1, 'a', 'int'), field(2, 's', 'string'));
  const rowsOf = (options: ReadOptions) =>
    readStream(engine, stream, options, (rows) => engine.query(rows).rows);
  expect(rowsOf({ schema })).toEqual([{ a: null, s: 'x' }]);
  const nameMapping = [
    { fieldId: 1, names: ['a', 'old_name'], fields: [] },
    { fieldId: 2, names: ['s'], fields: [] },
  ];
  expect(rowsOf({ schema, nameMapping })).toEqual([{ a: 1, s: 'x' }]);
});

test.each<[Type, Value, unknown]>([
  ['boolean', true, true],
  ['int', -7, -7],
  ['long', 9_007_199_254_740_993n, '9007199254740993'],
  ['double', NaN, 'NaN'],
  ['decimal(9, 2)', -150n, '-1.50'],
  ['date', -1, '1969-12-31'],
  ['time', 3_600_000_001n, '01:00:00.000001'],
  ['timestamptz', -1n, '1969-12-31T23:59:59.999999Z'],
  ['string', "it's", "it's"],
  ['uuid', '00112233-4455-6677-8899-aabbccddeeff', '00112233-4455-6677-8899-aabbccddeeff'],
  ['binary', Uint8Array.of(0, 255), 'AP8='],
])('a column of %s that is only in the path has the partition’s value', (type, value, shown) => {
  const schema = struct(field(1, 'a', 'int'), field(2, 'p', type));
  const constants = new Map([[2, value]]);
  const stream = engine.queryArrow('SELECT 1 AS a');
  const rows = readStream(engine, stream, { schema, constants }, (sql) => engine.query(sql).rows);
  expect(rows).toEqual([{ a: 1, p: shown }]);
});
