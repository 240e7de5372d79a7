import { parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/duckdb.ts';
import { type ParquetFile, readParquet, writeParquet } from '../../src/engine/parquet.ts';
import type { NestedField, Schema, Type } from '../../src/iceberg/table-metadata.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const struct = (fields: NestedField[]): Schema => ({ type: 'struct', 'schema-id': 0, fields });
const field = (id: number, name: string, type: Type, required = false): NestedField => ({
  id,
  name,
  required,
  type,
});

const write = (sql: string, schema: Schema, properties: Record<string, string> = {}) =>
  writeParquet(engine.queryArrow(sql), { schema, properties });

/** The file's schema as hyparquet sees it, by path. */
function elements({ bytes }: ParquetFile): Map<string, SchemaElement> {
  const found = new Map<string, SchemaElement>();
  const [root, ...rest] = parquetMetadata(bytes).schema;
  const walk = (count: number, prefix: string) => {
    for (let index = 0; index < count; index += 1) {
      const element = rest.shift();
      if (!element) return;
      found.set(prefix + element.name, element);
      walk(element.num_children ?? 0, `${prefix}${element.name}.`);
    }
  };
  walk(root?.num_children ?? 0, '');
  return found;
}

const everyType = struct([
  field(1, 'i', 'int', true),
  field(2, 'l', 'long'),
  field(3, 'd9', 'decimal(9, 2)'),
  field(4, 'd18', 'decimal(18, 2)'),
  field(5, 'd20', 'decimal(20, 0)'),
  field(6, 'ts', 'timestamp'),
  field(7, 'tz', 'timestamptz'),
  field(8, 'f', 'float'),
  field(9, 'g', 'double'),
  field(10, 's', 'string'),
  field(11, 'b', 'binary'),
  field(12, 'da', 'date'),
  field(13, 'ti', 'time'),
  field(14, 'bo', 'boolean'),
]);
const everyValue = `
  SELECT 7::INTEGER AS i, 5::BIGINT AS l, -1.28::DECIMAL(9,2) AS d9, 7.25::DECIMAL(18,2) AS d18,
    18446744073709551615::DECIMAL(20,0) AS d20, TIMESTAMP '2016-01-01 00:00:00.123456' AS ts,
    TIMESTAMP '2016-01-01' AS tz, 1.5::FLOAT AS f, 'nan'::DOUBLE AS g, 'b' AS s, '\\xFF'::BLOB AS b,
    DATE '1970-01-02' AS da, TIME '00:00:01' AS ti, true AS bo
  UNION ALL SELECT 8, NULL, 1.5, NULL, NULL, NULL, TIMESTAMP '1969-12-31', NULL, 2, 'a', NULL, NULL, NULL, NULL`;

describe('a file that another reader opens', () => {
  test.each<[string, Partial<SchemaElement>]>([
    ['i', { field_id: 1, type: 'INT32', repetition_type: 'REQUIRED' }],
    ['l', { field_id: 2, type: 'INT64', repetition_type: 'OPTIONAL' }],
    [
      'd9',
      { field_id: 3, type: 'INT32', logical_type: { type: 'DECIMAL', precision: 9, scale: 2 } },
    ],
    [
      'd18',
      { field_id: 4, type: 'INT64', logical_type: { type: 'DECIMAL', precision: 18, scale: 2 } },
    ],
    [
      'd20',
      {
        field_id: 5,
        type: 'FIXED_LEN_BYTE_ARRAY',
        type_length: 9,
        logical_type: { type: 'DECIMAL', precision: 20, scale: 0 },
      },
    ],
    [
      'ts',
      {
        field_id: 6,
        type: 'INT64',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' },
      },
    ],
    [
      'tz',
      {
        field_id: 7,
        type: 'INT64',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      },
    ],
    ['f', { field_id: 8, type: 'FLOAT' }],
    ['g', { field_id: 9, type: 'DOUBLE' }],
    ['s', { field_id: 10, type: 'BYTE_ARRAY', logical_type: { type: 'STRING' } }],
    ['b', { field_id: 11, type: 'BYTE_ARRAY' }],
    ['da', { field_id: 12, type: 'INT32', logical_type: { type: 'DATE' } }],
    [
      'ti',
      {
        field_id: 13,
        type: 'INT64',
        logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'MICROS' },
      },
    ],
    ['bo', { field_id: 14, type: 'BOOLEAN' }],
  ])('has the column %s as Iceberg wants it', async (name, expected) => {
    expect(elements(await write(everyValue, everyType)).get(name)).toMatchObject(expected);
  });

  test('has field ids on every node of nested columns, in three-level lists and maps', async () => {
    const nested = struct([
      field(1, 'st', {
        type: 'struct',
        fields: [field(4, 'x', 'int', true), field(5, 'y', 'string')],
      }),
      field(2, 'li', {
        type: 'list',
        'element-id': 6,
        'element-required': false,
        element: {
          type: 'list',
          'element-id': 7,
          'element-required': true,
          element: 'timestamptz',
        },
      }),
      field(3, 'ma', {
        type: 'map',
        'key-id': 8,
        key: 'string',
        'value-id': 9,
        'value-required': false,
        value: { type: 'struct', fields: [field(10, 'v', 'double')] },
      }),
    ]);
    const file = await write(
      `SELECT {'x': 1, 'y': NULL::VARCHAR} AS st, [[TIMESTAMP '2016-01-01'], []] AS li,
         MAP {'k': {'v': 1.5::DOUBLE}} AS ma`,
      nested,
    );
    const ids = [...elements(file)].map(([path, { field_id: id, repetition_type: of }]) => [
      path,
      id,
      of,
    ]);
    expect(ids).toEqual([
      ['st', 1, 'OPTIONAL'],
      ['st.x', 4, 'REQUIRED'],
      ['st.y', 5, 'OPTIONAL'],
      ['li', 2, 'OPTIONAL'],
      ['li.list', undefined, 'REPEATED'],
      ['li.list.element', 6, 'OPTIONAL'],
      ['li.list.element.list', undefined, 'REPEATED'],
      ['li.list.element.list.element', 7, 'REQUIRED'],
      ['ma', 3, 'OPTIONAL'],
      ['ma.key_value', undefined, 'REPEATED'],
      ['ma.key_value.key', 8, 'REQUIRED'],
      ['ma.key_value.value', 9, 'OPTIONAL'],
      ['ma.key_value.value.v', 10, 'OPTIONAL'],
    ]);
    const [first] = await parquetReadObjects({
      file: (
        await write(
          `SELECT {'x': 1, 'y': NULL::VARCHAR} AS st, [[TIMESTAMP '2016-01-01'], []] AS li,
           MAP {'k': {'v': 1.5::DOUBLE}} AS ma`,
          nested,
          { 'write.parquet.compression-codec': 'snappy' },
        )
      ).bytes.slice().buffer,
    });
    expect(first).toEqual({
      st: { x: 1, y: null },
      li: [[new Date('2016-01-01')], []],
      ma: { k: { v: 1.5 } },
    });
  });

  test('is compressed as the table says, with zstd if it says nothing', async () => {
    const codecOf = async (properties: Record<string, string>) => {
      const { bytes } = await write(everyValue, everyType, properties);
      return parquetMetadata(bytes).row_groups[0]?.columns[0]?.meta_data?.codec;
    };
    expect(await codecOf({})).toBe('ZSTD');
    expect(await codecOf({ 'write.parquet.compression-codec': 'GZIP' })).toBe('GZIP');
    expect(await codecOf({ 'write.parquet.compression-codec': 'snappy' })).toBe('SNAPPY');
    expect(await codecOf({ 'write.parquet.compression-codec': 'uncompressed' })).toBe(
      'UNCOMPRESSED',
    );
    await expect(codecOf({ 'write.parquet.compression-codec': 'lzo2' })).rejects.toMatchObject({
      kind: 'IllegalArgument',
      message: 'Unsupported compression codec: lzo2',
    });
  });
});

test('statistics are exact, NaN and null apart', async () => {
  const { rows, columns, splitOffsets, bytes } = await write(everyValue, everyType);
  expect(rows).toBe(2);
  expect(splitOffsets).toEqual([4]);
  const stored = parquetMetadata(bytes).row_groups[0]?.columns.map((column) =>
    Number(column.meta_data?.total_compressed_size),
  );
  expect(columns.map((column) => column.compressedBytes)).toEqual(stored);
  const stats = columns.map(({ fieldId, nullCount, nanCount, min, max }) => [
    fieldId,
    nullCount,
    nanCount,
    min,
    max,
  ]);
  expect(stats).toEqual([
    [1, 0, undefined, 7, 8],
    [2, 1, undefined, 5n, 5n],
    [3, 0, undefined, -128n, 150n],
    [4, 1, undefined, 725n, 725n],
    [5, 1, undefined, 18_446_744_073_709_551_615n, 18_446_744_073_709_551_615n],
    [6, 1, undefined, 1_451_606_400_123_456n, 1_451_606_400_123_456n],
    [7, 0, undefined, -86_400_000_000n, 1_451_606_400_000_000n],
    [8, 1, 0, 1.5, 1.5],
    [9, 0, 1, 2, 2],
    [10, 0, undefined, 'a', 'b'],
    [11, 1, undefined, Uint8Array.of(0xff), Uint8Array.of(0xff)],
    [12, 1, undefined, 1, 1],
    [13, 1, undefined, 1_000_000n, 1_000_000n],
    [14, 1, undefined, true, true],
  ]);
});

test('statistics cover all row groups', async () => {
  const schema = struct([field(1, 'i', 'long')]);
  const { columns, splitOffsets, bytes } = await write(
    'SELECT CASE WHEN i % 2 = 0 THEN i END AS i FROM range(1_500_000) r(i)',
    schema,
  );
  const groups = parquetMetadata(bytes).row_groups;
  expect(splitOffsets).toEqual(groups.map((group) => Number(group.file_offset)));
  expect(splitOffsets).toHaveLength(2);
  expect(columns[0]).toMatchObject({
    valueCount: 1_500_000,
    nullCount: 750_000,
    min: 0n,
    max: 1_499_998n,
  });
});

test('row groups, pages and dictionaries are as large as the table says', async () => {
  const schema = struct([field(1, 's', 'string')]);
  const sql = "SELECT 'text ' || hash(i) AS s FROM range(60_000) r(i)";
  const sizes = async (key: string, bytes: string) => {
    const file = await write(sql, schema, { [`write.parquet.${key}`]: bytes });
    return { groups: file.splitOffsets.length, bytes: file.bytes.length };
  };
  const usual = await sizes('row-group-size-bytes', '0');
  expect(usual.groups).toBe(1);
  expect((await sizes('row-group-size-bytes', '100000')).groups).toBeGreaterThan(1);
  for (const key of ['page-size-bytes', 'dict-size-bytes']) {
    expect((await sizes(key, '1000')).bytes).not.toBe(usual.bytes);
  }
});

test('a null in a required column is refused', async () => {
  const schema = struct([field(1, 'i', 'int', true)]);
  await expect(write('SELECT NULL::INTEGER AS i', schema)).rejects.toMatchObject({
    kind: 'SqlInvalid',
    message: expect.stringContaining("'i'") as string,
  });
});

test('what was written is read back', async () => {
  const { bytes } = await write(everyValue, everyType);
  engine.insertArrow('back', await readParquet(bytes, 'mem:///f.parquet'));
  expect(engine.query('FROM back').rows).toEqual(engine.query(everyValue).rows);
});

test('what is no Parquet file is named', async () => {
  await expect(
    readParquet(new TextEncoder().encode('{"a": 1}'), 'mem:///f.parquet'),
  ).rejects.toMatchObject({
    kind: 'Corrupt',
    message: expect.stringContaining('mem:///f.parquet') as string,
  });
});
