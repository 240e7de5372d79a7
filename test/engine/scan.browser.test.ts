import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/duckdb.ts';
import { loadSnapshot, unloadSnapshots } from '../../src/engine/scan.ts';
import { goldenTable } from './golden-table.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

const rowsOf = (sql: string) => engine.query(sql).rows;

test.each([
  ['tables/impala_iceberg_partitioned', [20]],
  ['tables/duckdb_map_stats', [1, 2]],
  // Equality deletes, then position deletes.
  ['tables/icebird_java_bunnies', [21, 15, 15]],
  ['tables/icebird_spark_rename_column', [4]],
  // Its Avro blocks have leavings of a checksum behind them.
  ['tables/pyiceberg_evolved', [3, 2, 4, 3, 4]],
  ['tables/pyiceberg_types', [2, 4]],
  // The last but one is of a branch.
  ['tables/spark_deletion_vectors', [8, 6, 6, 10, 7, 9]],
  ['tables/pglake_spark_position_deletes', [2, 4, 6, 12, 17, 117, 113, 110, 110]],
  ['spark/append_month', [0, 4696, 10_000]],
])('every snapshot of %s has the rows that its writer saw', async (folder, expected) => {
  const { io, metadata } = await goldenTable(engine, folder);
  const counts: number[] = [];
  for (const snapshot of metadata.snapshots) {
    const { rows } = await loadSnapshot(engine, io, metadata, snapshot['snapshot-id'], {
      name: 't',
    });
    expect(rowsOf('SELECT count(*) AS n FROM t')).toEqual([{ n: rows }]);
    counts.push(rows);
  }
  expect(counts).toEqual(expected);
});

test('what Spark computed of its table comes out here', async () => {
  const { io, metadata } = await goldenTable(engine, 'spark/append_month');
  await loadSnapshot(engine, io, metadata, metadata['current-snapshot-id'], { name: 't' });
  const sums = rowsOf(`
    SELECT vendor_id, strftime(date_col, '%Y-%m') AS month, count(*) AS n, sum(trip_duration) AS duration
    FROM t GROUP BY ALL ORDER BY ALL`);
  expect(sums).toEqual([
    { vendor_id: 1, month: '2016-01', n: 2283, duration: 1_787_458 },
    { vendor_id: 1, month: '2016-02', n: 2413, duration: 1_880_056 },
    { vendor_id: 2, month: '2016-01', n: 2570, duration: 2_428_008 },
    { vendor_id: 2, month: '2016-02', n: 2734, duration: 2_609_084 },
  ]);
});

test('PyIceberg’s values of every type come out as they went in', async () => {
  const { io, metadata } = await goldenTable(engine, 'tables/pyiceberg_types');
  const [first] = metadata.snapshots;
  await loadSnapshot(engine, io, metadata, first?.['snapshot-id'] ?? null, { name: 't' });
  const [nulls, values] = rowsOf('SELECT * FROM t ORDER BY l');
  expect(values).toEqual({
    flag: true,
    i: -1,
    l: '1152921504606846976',
    f: 0.5,
    d: 'NaN',
    amount: '12345678.9012',
    day: '1969-12-31',
    clock: '23:59:59.25',
    moment: '1900-01-01T01:02:03.456789Z',
    instant: '2020-02-29T12:00:00.000Z',
    text: 'é日本',
    id: 'f79c3e09-677c-4bbd-a479-3f349cb785e7',
    hash: 'AAH+/w==',
    bytes: 'AA==',
    words: ['a', null, 'b'],
    counts: { k: 1, none: null },
    place: { x: 7 },
  });
  const others = Object.entries(nulls ?? {}).filter(([name]) => name !== 'l');
  expect(others.map(([, value]) => value)).toEqual(others.map(() => null));
});

test('a renamed column has its values and another schema its own columns', async () => {
  const { io, metadata } = await goldenTable(engine, 'tables/icebird_spark_rename_column');
  await loadSnapshot(engine, io, metadata, metadata['current-snapshot-id'], { name: 't' });
  expect(rowsOf('SELECT id, event_date FROM t ORDER BY id')).toContainEqual({
    id: 4,
    event_date: '2022-01-02',
  });
  const older = { ...metadata, 'current-schema-id': 0 };
  await loadSnapshot(engine, io, older, metadata['current-snapshot-id'], { name: 'older' });
  expect(engine.describe('FROM older').map((column) => column.name)).toContain('date');
});

test('a new snapshot reads its new files only, and a view of an older one stays as it was', async () => {
  const { io, metadata } = await goldenTable(engine, 'spark/append_month');
  unloadSnapshots(engine, 0);
  const read: string[] = [];
  const watched = {
    create: io.create.bind(io),
    delete: io.delete.bind(io),
    list: io.list.bind(io),
    read: (path: string) => {
      if (path.endsWith('.parquet')) read.push(path);
      return io.read(path);
    },
  };
  const [, first, second] = metadata.snapshots.map((snapshot) => snapshot['snapshot-id']);
  await loadSnapshot(engine, watched, metadata, first ?? null, { name: 'first' });
  expect(read).toHaveLength(2);
  await loadSnapshot(engine, watched, metadata, second ?? null, { name: 'second' });
  await loadSnapshot(engine, watched, metadata, second ?? null, { name: 'again' });
  expect(read).toHaveLength(4);
  const counts = `
    SELECT (SELECT count(*) FROM first) AS first, (SELECT count(*) FROM second) AS second,
      (SELECT count(*) FROM again) AS again`;
  expect(rowsOf(counts)).toEqual([{ first: 4696, second: 10_000, again: 10_000 }]);
  await loadSnapshot(engine, watched, metadata, null, { name: 'empty' });
  expect(rowsOf('SELECT count(*) AS n FROM empty')).toEqual([{ n: 0 }]);
});

test('an unknown snapshot is refused and a missing file is named', async () => {
  const { io, metadata } = await goldenTable(engine, 'tables/duckdb_map_stats');
  await expect(loadSnapshot(engine, io, metadata, 7n, { name: 't' })).rejects.toMatchObject({
    kind: 'IllegalArgument',
    message: 'Cannot find snapshot with ID 7',
  });
  unloadSnapshots(engine, 0);
  const [path = ''] = io.paths('.parquet');
  await io.delete(path);
  const load = loadSnapshot(engine, io, metadata, metadata['current-snapshot-id'], { name: 't' });
  await expect(load).rejects.toMatchObject({ kind: 'NotFound', message: `No file at ${path}` });
});
