import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/duckdb.ts';
import { writeParquet } from '../../src/engine/parquet.ts';
import { readDataFile } from '../../src/engine/read-data-file.ts';
import { schemaOf } from '../../src/engine/types.ts';
import { writePartitions } from '../../src/engine/write.ts';
import type { DataFile, ManifestEntry, Value } from '../../src/iceberg/manifest-types.ts';
import { buildPartitionSpec, type PartitionRequest } from '../../src/iceberg/partition-spec.ts';
import type { Schema, SortOrder } from '../../src/iceberg/table-metadata.ts';
import { applyTransform, parseTransform } from '../../src/iceberg/transform.ts';
import { encodeValue } from '../../src/iceberg/value.ts';
import { MemoryFileIO, VirtualClock } from '../../src/iceberg/memory.ts';

let engine: Engine;
let io: MemoryFileIO;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());
beforeEach(() => {
  io = new MemoryFileIO(new VirtualClock());
});

/** Writes a query's rows partitioned as asked. Snappy, because hyparquet reads no zstd by itself. */
async function write(
  sql: string,
  requests: PartitionRequest[],
  properties: Record<string, string> = {},
  sortOrder?: SortOrder,
): Promise<DataFile[]> {
  engine.execute(`CREATE OR REPLACE TABLE source AS ${sql}`);
  const schema = schemaOf(engine.describe('FROM source'));
  return writePartitions(engine, {
    view: 'source',
    schema,
    spec: buildPartitionSpec(schema, requests),
    properties: { 'write.parquet.compression-codec': 'snappy', ...properties },
    table: { location: 'mem:///w', properties: {} },
    newFileName: (count) => `f-${count}.parquet`,
    io,
    ...(sortOrder && { sortOrder }),
  });
}

const rowsIn = async ({ file_path: path }: DataFile) =>
  parquetReadObjects({ file: (await io.read(path)).slice().buffer });

const source = `
  SELECT * FROM (VALUES
    (1::BIGINT, 'iceberg', 10.65::DECIMAL(9,2), DATE '2017-11-16', TIMESTAMP '2017-11-16 22:31:08.000001', true, {'x': 34::INTEGER}, '\\x01\\x02'::BLOB, 1.5::DOUBLE),
    (34, 'ä😀b', -0.01, DATE '1969-12-31', TIMESTAMP '1969-12-31 23:59:59.999999', false, {'x': -34}, '\\xFF'::BLOB, 'nan'),
    (-1, '', 0, DATE '1970-01-01', TIMESTAMP '1970-01-01', NULL, {'x': NULL}, ''::BLOB, 0),
    (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
  ) t(l, s, d, da, ts, bo, st, b, g)`;

/** The source rows' values of one column as Iceberg's values. */
const values: Record<string, [string, Value[]]> = {
  l: ['long', [1n, 34n, -1n, null]],
  s: ['string', ['iceberg', 'ä😀b', '', null]],
  d: ['decimal(9, 2)', [1065n, -1n, 0n, null]],
  da: ['date', [17_486, -1, 0, null]],
  ts: ['timestamptz', [1_510_871_468_000_001n, -1n, 0n, null]],
  bo: ['boolean', [true, false, null, null]],
  'st.x': ['int', [34, -34, null, null]],
  b: ['binary', [Uint8Array.of(1, 2), Uint8Array.of(255), new Uint8Array(0), null]],
  g: ['double', [1.5, NaN, 0, null]],
};

describe('partition values are those of the reference:', () => {
  test.each<[string, string, number]>([
    ...['l', 's', 'd', 'da', 'ts', 'bo', 'st.x', 'b', 'g'].map(
      (column): [string, string, number] => ['identity', column, 0],
    ),
    ...['year', 'month', 'day'].flatMap((type): [string, string, number][] => [
      [type, 'da', 0],
      [type, 'ts', 0],
    ]),
    ['hour', 'ts', 0],
    ...['l', 's', 'd', 'da', 'ts', 'st.x', 'b'].map((column): [string, string, number] => [
      'bucket',
      column,
      5,
    ]),
    ...['l', 's', 'd', 'st.x', 'b'].map((column): [string, string, number] => [
      'truncate',
      column,
      1,
    ]),
    ...['l', 's', 'd', 'st.x'].map((column): [string, string, number] => ['truncate', column, 10]),
  ])('%s(%s) %d', async (type, column, parameter) => {
    const files = await write(source, [{ type, column, numBuckets: parameter, width: parameter }]);
    const [sourceType, sourceValues] = values[column] ?? ['', []];
    const transform = parseTransform(parameter === 0 ? type : `${type}[${parameter}]`);
    const expected = new Map<string, [Value, number]>();
    for (const value of sourceValues) {
      const result = applyTransform(transform, sourceType, value);
      const known = expected.get(String(result))?.[1] ?? 0;
      expected.set(String(result), [result, known + 1]);
    }
    const found = new Map(
      files.map((file) => [
        String(file.partition[0]),
        [file.partition[0], file.record_count] as [Value, number],
      ]),
    );
    expect(found).toEqual(expected);
  });
});

test('each file holds the rows of its partition and lies in its folder', async () => {
  const files = await write(
    `SELECT i, 'v' || (i % 2) AS v, TIMESTAMP '2016-01-01' + INTERVAL (i) DAY AS ts FROM range(60) r(i)`,
    [
      { type: 'month', column: 'ts', name: 'month' },
      { type: 'identity', column: 'v' },
    ],
  );
  const summaries = await Promise.all(
    files.map(async (file) => {
      const rows = await rowsIn(file);
      expect(rows).toHaveLength(file.record_count);
      expect((await io.read(file.file_path)).length).toBe(file.file_size_in_bytes);
      const months = new Set(rows.map((row) => (row.ts as Date).toISOString().slice(0, 7)));
      return [
        file.file_path,
        file.partition,
        [...months],
        [...new Set(rows.map((row) => row.v as string))],
      ];
    }),
  );
  expect(summaries).toEqual([
    ['mem:///w/data/month=2016-01/v=v0/f-1.parquet', [552, 'v0'], ['2016-01'], ['v0']],
    ['mem:///w/data/month=2016-01/v=v1/f-2.parquet', [552, 'v1'], ['2016-01'], ['v1']],
    ['mem:///w/data/month=2016-02/v=v0/f-3.parquet', [553, 'v0'], ['2016-02'], ['v0']],
    ['mem:///w/data/month=2016-02/v=v1/f-4.parquet', [553, 'v1'], ['2016-02'], ['v1']],
  ]);
  expect(files.map((file) => file.record_count)).toEqual([16, 15, 14, 15]);
});

test('the rows of each partition are sorted as asked, also by a member of a struct', async () => {
  const sql = `
    SELECT i, i % 2 AS p, {'x': CASE WHEN i < 4 THEN NULL ELSE i % 5 END} AS s FROM range(20) r(i)`;
  const sortOrder: SortOrder = {
    'order-id': 7,
    fields: [
      { transform: 'identity', 'source-id': 4, direction: 'desc', 'null-order': 'nulls-last' },
      { transform: 'truncate[10]', 'source-id': 1, direction: 'asc', 'null-order': 'nulls-first' },
    ],
  };
  const files = await write(sql, [{ type: 'identity', column: 'p' }], {}, sortOrder);
  const ids = await Promise.all(
    files.map(async (file) => (await rowsIn(file)).map(({ i }) => Number(i))),
  );
  expect(ids).toEqual([
    [4, 14, 8, 18, 12, 6, 16, 10, 0, 2],
    [9, 19, 13, 7, 17, 11, 5, 15, 1, 3],
  ]);
  expect(files.map((file) => file.sort_order_id)).toEqual([7, 7]);
});

test('rows without a partition go into the folder itself, and no rows into no file', async () => {
  const [file] = await write('SELECT 1 AS a', []);
  expect(file).toMatchObject({
    file_path: 'mem:///w/data/f-1.parquet',
    partition: [],
    record_count: 1,
  });
  expect(await write('SELECT 1 AS a WHERE false', [])).toEqual([]);
  expect(await write('SELECT 1 AS a WHERE false', [{ type: 'identity', column: 'a' }])).toEqual([]);
});

test('many rows in many partitions are all written, some in batches and some alone', async () => {
  const files = await write(
    `SELECT i, (CASE WHEN i < 600_000 THEN 0 ELSE i % 300 END)::INTEGER AS p FROM range(1_300_000) r(i)`,
    [{ type: 'identity', column: 'p' }],
  );
  expect(files).toHaveLength(300);
  expect(files.map((file) => file.partition[0])).toEqual(Array.from({ length: 300 }, (_, p) => p));
  expect(files[0]?.record_count).toBe(602_334);
  const ids = new Set<unknown>();
  for (const file of files.slice(1)) {
    for (const row of await rowsIn(file)) {
      expect(Number(row.i) % 300).toBe(file.partition[0]);
      ids.add(row.i);
    }
  }
  expect(ids.size).toBe(1_300_000 - 602_334);
});

test('a partition is split into files below the target size', async () => {
  const files = await write('SELECT i, hash(i)::VARCHAR AS h FROM range(100_000) r(i)', [], {
    'write.target-file-size-bytes': '500000',
  });
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect(file.file_size_in_bytes).toBeLessThan(600_000);
  expect(files.reduce((sum, file) => sum + file.record_count, 0)).toBe(100_000);
  expect(new Set(files.map((file) => file.file_path)).size).toBe(files.length);
});

test('a file tells its metrics by the table’s properties', async () => {
  const sql = `SELECT 'abcdefghijklmnopqrstuvwxyz' AS s, 'nan'::DOUBLE AS g, 1 AS hidden`;
  const [file] = await write(sql, [], { 'write.metadata.metrics.column.hidden': 'none' });
  const text = (bytes?: Uint8Array) => new TextDecoder().decode(bytes);
  expect(text(file?.lower_bounds?.get(1))).toBe('abcdefghijklmnop');
  expect(text(file?.upper_bounds?.get(1))).toBe('abcdefghijklmnoq');
  expect(file?.nan_value_counts).toEqual(new Map([[2, 1]]));
  expect(file?.value_counts).toEqual(
    new Map([
      [1, 1],
      [2, 1],
    ]),
  );
  expect(file?.split_offsets).toEqual([4]);
});

test('nothing is left behind in the engine', async () => {
  await write(source, [{ type: 'bucket', column: 's', numBuckets: 3 }]);
  const { rows } = engine.query('SELECT table_name FROM duckdb_tables()');
  expect(rows).toEqual([{ table_name: 'source' }]);
});

describe('values of every type come back as they were written:', () => {
  const source = `
    SELECT * FROM (VALUES
      (1, true, '-2147483648'::INTEGER, 9223372036854775807::BIGINT, 'inf'::FLOAT, '-0.0'::DOUBLE,
        '-0.01'::DECIMAL(9,2), 99999999999999999999999999999999999999::DECIMAL(38,0), '-1.5'::DECIMAL(38,10),
        DATE '1969-12-31', TIME '23:59:59.999999', TIMESTAMP '1969-12-31 23:59:59.999999',
        '00112233-4455-6677-8899-aabbccddeeff'::UUID, '\\x00\\xFF'::BLOB, 'ä😀',
        {'x': 1, 'y z': ['a', NULL]}, MAP {'k': {'v': 1.5::DOUBLE}}, [[1], NULL, []]),
      (2, false, 0, 0, 'nan', 'nan', 0, 0, 0, DATE '9999-12-31', TIME '00:00:00', TIMESTAMP '9999-12-31',
        'ffffffff-ffff-ffff-ffff-ffffffffffff', '', '', {'x': NULL, 'y z': []}, MAP {}, []),
      (3, true, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
    ) t(id, bo, i, l, f, g, d9, d38, d3810, da, ti, ts, u, b, "odd name.with ""quotes"" ü", st, m, li)`;

  const roundTrip = async (sql: string, requests: PartitionRequest[]) => {
    const files = await write(sql, requests);
    const schema = schemaOf(engine.describe(sql));
    const read: unknown[] = [];
    for (const file of files) {
      const entry = { data_file: file } as ManifestEntry;
      await readDataFile(engine, io, entry, { schema }, (rows) => {
        read.push(...engine.query(rows).rows);
      });
    }
    return { files, read };
  };

  test('all of them, with nulls, in one file', async () => {
    const { read } = await roundTrip(source, []);
    expect(read).toEqual(engine.query(source).rows);
    expect(Object.is((read[0] as { g: number }).g, -0)).toBe(true);
  });

  test.each(['u', 'f', 'd38', 'odd name.with "quotes" ü', 'b', 'ti'])(
    'partitioned by the identity of %s, null included',
    async (column) => {
      const { files, read } = await roundTrip(source, [{ type: 'identity', column }]);
      expect(files.map((file) => file.record_count)).toEqual([1, 1, 1]);
      const byId = (rows: unknown[]) =>
        (rows as { id: number }[]).toSorted((one, other) => one.id - other.id);
      expect(byId(read)).toEqual(engine.query(source).rows);
      expect(files.filter((file) => file.partition[0] === null)).toHaveLength(1);
    },
  );

  test('bounds and counts tell of them', async () => {
    const [file] = await write(
      `SELECT u, f, s FROM (${source}) JOIN (VALUES
      (1, repeat('😀', 20)), (2, repeat(chr(1114111), 20)), (3, NULL)) AS t(id, s) USING (id)`,
      [],
    );
    if (!file) throw new Error('Nothing was written');
    const { lower_bounds: lower, upper_bounds: upper } = file;
    expect(lower?.get(1)).toEqual(encodeValue('uuid', '00112233-4455-6677-8899-aabbccddeeff'));
    expect(upper?.get(1)).toEqual(encodeValue('uuid', 'ffffffff-ffff-ffff-ffff-ffffffffffff'));
    expect(file.nan_value_counts?.get(2)).toBe(1);
    expect(new TextDecoder().decode(lower?.get(3))).toBe('😀'.repeat(16));
    // No text of sixteen code points is above the greatest one.
    expect(upper?.has(3)).toBe(false);
    expect(file.null_value_counts?.get(3)).toBe(1);
  });

  test('a column of fixed length, unless the bytes have another', async () => {
    const schema: Schema = {
      type: 'struct',
      'schema-id': 0,
      fields: [{ id: 1, name: 'a', required: false, type: 'fixed[3]' }],
    };
    const stream = (sql: string) => engine.queryArrow(sql);
    const file = await writeParquet(stream("SELECT 'abc'::BLOB AS a UNION ALL SELECT NULL"), {
      schema,
      properties: {},
    });
    expect(file.columns[0]).toMatchObject({ nullCount: 1, min: new TextEncoder().encode('abc') });
    await expect(
      writeParquet(stream("SELECT 'abcd'::BLOB AS a"), { schema, properties: {} }),
    ).rejects.toThrow('Cannot write 4 bytes into a column of the type fixed[3]');
  });
});
