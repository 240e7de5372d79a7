import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RemoteWorker } from '../../src/rpc.ts';
import { commit } from '../../src/iceberg/commit.ts';
import { loadTable } from '../../src/iceberg/table.ts';
import { updateSchema } from '../../src/iceberg/update-schema.ts';
import type { Schema } from '../../src/iceberg/table-metadata.ts';
import { addFile } from '../../src/storage/datasets.ts';
import { register } from '../../src/storage/registrations.ts';
import { compileWasm } from '../../src/wasm.ts';
import type { WorkbenchMethods } from '../../src/workbench/api.ts';
import { TableWriter } from './test-table.ts';

const trips = 'icebase:raw01/trips';
const rows = (from: number, to: number) => `
  SELECT i AS id, 'n' || (i % 2) AS name, TIMESTAMP '2016-01-31' + INTERVAL (i) DAY AS at,
    (i / 4)::DECIMAL(9,2) AS fare FROM range(${from}, ${to}) r(i)`;

let writer: TableWriter;
let workbench: RemoteWorker<WorkbenchMethods>;
beforeAll(async () => {
  writer = await TableWriter.open();
  workbench = new RemoteWorker(
    new Worker(new URL('../../workers/workbench.ts', import.meta.url), { type: 'module' }),
  );
  await workbench.call('adoptWasm', { modules: await compileWasm() });
});
afterAll(() => {
  writer.close();
  workbench.close();
});
beforeEach(async () => {
  await workbench.call('reset', {});
  await writer.create(trips, rows(0, 1), [{ type: 'month', column: 'at', name: 'month' }]);
});

const answer = (sql: string, at?: string) => workbench.call('query', { sql, ...(at && { at }) });
const rowsOf = async (sql: string, at?: string) => (await answer(sql, at)).rows;

test('a query sees the table as it is, and says which version that was', async () => {
  const count = 'SELECT count(*) AS n, sum(id) AS s FROM icebase.raw01.trips';
  expect(await answer(count)).toMatchObject({
    columns: [
      { name: 'n', type: 'BIGINT' },
      { name: 's', type: 'BIGINT' },
    ],
    rows: [{ n: 0, s: null }],
    tables: [{ table: trips, version: 1, snapshotId: null }],
  });
  const snapshotId = await writer.append(trips, rows(0, 10));
  expect(await answer(count)).toMatchObject({
    rows: [{ n: 10, s: 45 }],
    tables: [{ table: trips, version: 2, snapshotId }],
  });
});

test('results are of Spark’s types and safe for JSON', async () => {
  await writer.append(trips, rows(0, 3));
  const { columns, rows: found } = await answer(
    `SELECT id, at, fare, date_format(at, 'yyyy-MM') AS month FROM icebase.raw01.trips ORDER BY id LIMIT 1`,
  );
  expect(found).toEqual([
    { id: 0, at: '2016-01-31T00:00:00.000Z', fare: '0.00', month: '2016-01' },
  ]);
  expect(columns.map(({ type }) => type)).toEqual([
    'BIGINT',
    'TIMESTAMP',
    'DECIMAL(9,2)',
    'STRING',
  ]);
});

test('values and types are those of the table, also where DuckDB has none of their own', async () => {
  const name = 'icebase:raw01/typed';
  const schema: Schema = {
    type: 'struct',
    'schema-id': 0,
    fields: [
      { id: 1, name: 'big', required: false, type: 'decimal(38, 0)' },
      { id: 2, name: 'naive', required: false, type: 'timestamp' },
      { id: 3, name: 'instant', required: false, type: 'timestamptz' },
      { id: 4, name: 'fine', required: false, type: 'timestamp_ns' },
      { id: 5, name: 'finest', required: false, type: 'timestamptz_ns' },
      { id: 6, name: 'key', required: false, type: 'uuid' },
      {
        id: 7,
        name: 'trip',
        required: false,
        type: {
          type: 'struct',
          fields: [
            { id: 8, name: 'begin', required: false, type: 'timestamp' },
            { id: 9, name: 'end', required: false, type: 'timestamptz' },
          ],
        },
      },
    ],
  };
  await writer.createFrom(name, schema, 3);
  const at = "TIMESTAMP '2020-02-29 01:02:03.5'";
  await writer.append(
    name,
    `SELECT 7::DECIMAL(38,0) AS big, ${at} AS naive, ${at} AS instant,
      TIMESTAMP_NS '1969-12-31 23:59:59.123456789' AS fine, TIMESTAMP_NS '2020-01-01' AS finest,
      uuid '00112233-4455-6677-8899-aabbccddeeff' AS key, {'begin': ${at}, 'end': ${at}} AS trip`,
  );
  const { columns, rows: found } = await answer(`SELECT *, max(naive) OVER () AS last FROM typed`);
  expect(found).toEqual([
    {
      big: '7',
      naive: '2020-02-29T01:02:03.500',
      instant: '2020-02-29T01:02:03.500Z',
      fine: '1969-12-31T23:59:59.123456789',
      finest: '2020-01-01T00:00:00.000Z',
      key: '00112233-4455-6677-8899-aabbccddeeff',
      trip: { begin: '2020-02-29T01:02:03.500', end: '2020-02-29T01:02:03.500Z' },
      last: '2020-02-29T01:02:03.500',
    },
  ]);
  expect(columns.map(({ type }) => type)).toEqual([
    'DECIMAL(38,0)',
    'TIMESTAMP_NTZ',
    'TIMESTAMP',
    'TIMESTAMP_NS',
    'TIMESTAMPTZ_NS',
    'STRING',
    'STRUCT<begin: TIMESTAMP_NTZ, end: TIMESTAMP>',
    'TIMESTAMP_NTZ',
  ]);
});

test('a column is named by its text, also where that is empty', async () => {
  expect(await answer(`SELECT '', 'a', NULL, sum(1)`)).toMatchObject({
    columns: [
      { name: '', type: 'STRING' },
      { name: 'a', type: 'STRING' },
      { name: 'NULL', type: 'VOID' },
      { name: 'sum(1)', type: 'BIGINT' },
    ],
    rows: [{ '': '', a: 'a', NULL: null, 'sum(1)': 1 }],
  });
  expect(await rowsOf(`SELECT count(*) AS n FROM (SELECT '')`)).toEqual([{ n: 1 }]);
});

describe('a table is found by', () => {
  test.each([
    'icebase.raw01.trips',
    '"icebase"."raw01"."trips"',
    '`icebase`.`raw01`.`trips`',
    'ICEBASE.raw01.Trips',
    'raw01.trips',
    'trips',
    'icebase.raw01.trips t',
  ])('%s', async (name) => {
    await writer.append(trips, rows(0, 4));
    expect(await rowsOf(`SELECT count(*) AS n FROM ${name}`)).toEqual([{ n: 4 }]);
  });
});

describe('an older version is read', () => {
  test('by snapshot id, in the query or beside it', async () => {
    const first = await writer.append(trips, rows(0, 4));
    await writer.append(trips, rows(4, 6));
    const sql = 'SELECT count(*) AS n FROM icebase.raw01.trips';
    expect(await rowsOf(sql, first)).toEqual([{ n: 4 }]);
    expect(await rowsOf(`${sql} VERSION AS OF ${first}`)).toEqual([{ n: 4 }]);
    expect(await rowsOf(`${sql} FOR SYSTEM_VERSION AS OF ${first}`)).toEqual([{ n: 4 }]);
    expect(await rowsOf(`${sql} VERSION AS OF 'main'`)).toEqual([{ n: 6 }]);
    expect(
      await rowsOf(
        `SELECT count(*) AS n FROM trips VERSION AS OF ${first} a JOIN trips b ON a.id = b.id`,
      ),
    ).toEqual([{ n: 4 }]);
  });

  test('by time', async () => {
    await writer.append(trips, rows(0, 4));
    const [snapshot] = await workbench.call('snapshots', { table: trips });
    const time = new Date(snapshot?.committedAt ?? 0);
    await writer.append(trips, rows(4, 6));
    const sql = 'SELECT count(*) AS n FROM icebase.raw01.trips';
    const spark = time.toISOString().replace('T', ' ').slice(0, -1);
    expect(await rowsOf(`${sql} TIMESTAMP AS OF '${spark}'`)).toEqual([{ n: 4 }]);
    expect(await rowsOf(sql, time.toISOString())).toEqual([{ n: 4 }]);
    expect(await rowsOf(sql, new Date(Date.now() + 60_000).toISOString())).toEqual([{ n: 6 }]);
    await expect(rowsOf(`${sql} TIMESTAMP AS OF '2001-01-01'`)).rejects.toMatchObject({
      message: '[ANALYSIS_ERROR] Cannot find a snapshot older than 2001-01-01T00:00:00+00:00',
      range: { line: 1 },
    });
  });

  test('as it is registered, once it is', async () => {
    const sql = 'SELECT count(*) AS n FROM icebase.raw01.trips';
    await writer.append(trips, rows(0, 4));
    await expect(answer(sql, 'registered')).rejects.toMatchObject({ kind: 'IllegalState' });
    const [listed] = await workbench.call('tables', {});
    await register(writer.db, trips, listed?.location ?? '');
    await writer.append(trips, rows(4, 6));
    expect(await answer(sql, 'registered')).toMatchObject({
      rows: [{ n: 4 }],
      tables: [{ version: 2 }],
    });
    expect(await rowsOf(sql)).toEqual([{ n: 6 }]);
    const [after] = await workbench.call('tables', {});
    expect(after).toMatchObject({ version: 3, registered: { version: 2 } });
  });
});

test('all of a query sees one version, however fast the table changes', async () => {
  await writer.append(trips, rows(0, 2));
  await rowsOf('SELECT 1');
  const appends = { isDone: false };
  const writes = (async () => {
    for (let from = 2; from < 22; from += 2) await writer.append(trips, rows(from, from + 2));
    appends.isDone = true;
  })();
  const seen = new Set<unknown>();
  while (!appends.isDone) {
    const [row] = await rowsOf(`
      SELECT (SELECT count(*) FROM trips) AS a, (SELECT sum(1) FROM icebase.raw01.trips) AS b,
        (SELECT max(id) FROM trips) AS last`);
    expect(row?.a).toBe(row?.b);
    expect(row?.last).toBe(Number(row?.a) - 1);
    seen.add(row?.a);
  }
  await writes;
  expect(seen.size).toBeGreaterThan(2);
});

test('queries asked at once are answered each by itself', async () => {
  const first = await writer.append(trips, rows(0, 4));
  await writer.append(trips, rows(4, 6));
  const sql = 'SELECT count(*) AS n FROM trips';
  const answers = await Promise.all([
    rowsOf(sql),
    rowsOf(sql, first),
    rowsOf('SELECT nothing FROM trips').catch(() => 'failed'),
    rowsOf(sql),
  ]);
  expect(answers).toEqual([[{ n: 6 }], [{ n: 4 }], 'failed', [{ n: 6 }]]);
});

/** Puts rows into the dropzone as a drop does. */
async function drop(address: string, name: string, sql: string) {
  const path = `opfs:///dropzone/${crypto.randomUUID()}.arrow`;
  const { columns, rows: count, stream } = writer.arrow(sql);
  await writer.context.io.create(path, stream);
  await addFile(writer.db, address, {
    name,
    bytes: stream.length,
    sha256: '',
    droppedAt: Date.now(),
    rows: count,
    rejected: [],
    rejectedCount: 0,
    columns,
    parts: [{ path, rows: count, bytes: stream.length, columns }],
  });
}

test('dropped data is queried by its address, and again when more is dropped', async () => {
  await drop(
    'thirdparty01:none/ny-taxi-data',
    'a.json',
    'SELECT 1::BIGINT AS id, 2.5::DOUBLE AS fare',
  );
  const sql = 'SELECT count(*) AS n, sum(fare) AS s FROM thirdparty01.none.`ny-taxi-data`';
  expect(await answer(sql)).toMatchObject({ rows: [{ n: 1, s: 2.5 }], tables: [] });
  await drop(
    'thirdparty01:none/ny-taxi-data',
    'b.json',
    'SELECT 2::BIGINT AS id, 4.0::DOUBLE AS fare',
  );
  expect(await rowsOf(sql)).toEqual([{ n: 2, s: 6.5 }]);
  expect(await rowsOf('SELECT count(*) AS n FROM "thirdparty01"."none"."ny-taxi-data"')).toEqual([
    { n: 2 },
  ]);
  await expect(rowsOf(`${sql} VERSION AS OF 1`)).rejects.toMatchObject({
    message: expect.stringContaining('dropped data and has no versions') as string,
  });
});

test('a column that cannot be read is left out, and refused by its name with the reason', async () => {
  const name = 'icebase:raw01/newer';
  const optional = { required: false };
  const fields = [
    { id: 1, name: 'id', ...optional, type: 'long' },
    { id: 2, name: 'nothing', ...optional, type: 'unknown' },
  ];
  await writer.createFrom(name, { type: 'struct', 'schema-id': 0, fields }, 3);
  await writer.append(name, 'SELECT 7::BIGINT AS id, NULL AS nothing');
  const table = await loadTable(writer.context, name);
  const added = updateSchema([{ edit: 'add', name: 'any', type: 'variant' }]);
  await commit(writer.context, table, added, { protocol: 'queued' });
  expect(await answer('SELECT * FROM newer')).toMatchObject({
    columns: [
      { name: 'id', type: 'BIGINT' },
      { name: 'nothing', type: 'VOID' },
    ],
    rows: [{ id: 7, nothing: null }],
  });
  await expect(answer('SELECT id, any FROM newer')).rejects.toMatchObject({
    message: 'Column any cannot be read here: it is of the type variant',
    remedy: expect.stringContaining('The table keeps it.') as string,
    range: { line: 1, column: 12 },
  });
});

describe('an error stands where its cause does:', () => {
  test.each<[string, string, [number, number]]>([
    ['SELECT id,\n  farez FROM trips', '[UNRESOLVED_COLUMN.WITH_SUGGESTION]', [2, 3]],
    ['SELECT *\nFROM icebase.raw01.tripz', '[TABLE_OR_VIEW_NOT_FOUND]', [2, 6]],
    ['SELECT id FROM trips WHRE id = 1', '[PARSE_SYNTAX_ERROR]', [1, 27]],
    ['DELETE FROM trips', '[UNSUPPORTED_FEATURE]', [1, 1]],
    ['SELECT id FROM trips VERSION AS OF 7', '[ANALYSIS_ERROR]', [1, 16]],
  ])('%s', async (sql, message, [line, column]) => {
    await writer.append(trips, rows(0, 1));
    const error = await answer(sql).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ kind: 'SqlInvalid', range: { line, column } });
    expect(String(error)).toContain(message);
  });
});

describe('metadata tables:', () => {
  test('snapshots and history', async () => {
    const first = await writer.append(trips, rows(0, 4));
    const second = await writer.append(trips, rows(4, 6));
    expect(
      await rowsOf(`
        SELECT snapshot_id, parent_id, operation, summary['added-records'] AS added
        FROM icebase.raw01.trips.snapshots ORDER BY committed_at`),
    ).toEqual([
      { snapshot_id: first, parent_id: null, operation: 'append', added: '4' },
      { snapshot_id: second, parent_id: first, operation: 'append', added: '2' },
    ]);
    expect(
      await rowsOf(
        'SELECT snapshot_id, is_current_ancestor FROM "icebase"."raw01"."trips$history"',
      ),
    ).toEqual([
      { snapshot_id: first, is_current_ancestor: true },
      { snapshot_id: second, is_current_ancestor: true },
    ]);
  });

  test('files, partitions and manifests', async () => {
    await writer.append(trips, rows(0, 4));
    expect(
      await rowsOf(`
        SELECT partition, sum(record_count) AS n, count(file_path) AS f FROM trips.files
        GROUP BY partition ORDER BY partition`),
    ).toEqual([
      { partition: 'month=2016-01', n: 1, f: 1 },
      { partition: 'month=2016-02', n: 3, f: 1 },
    ]);
    expect(
      await rowsOf('SELECT partition, record_count, file_count FROM trips.partitions ORDER BY 1'),
    ).toEqual([
      { partition: 'month=2016-01', record_count: 1, file_count: 1 },
      { partition: 'month=2016-02', record_count: 3, file_count: 1 },
    ]);
    expect(
      await rowsOf('SELECT content, added_data_files_count AS added FROM trips.manifests'),
    ).toEqual([{ content: 0, added: 2 }]);
  });

  test('refs, the metadata log, and none of them without rows', async () => {
    expect(await rowsOf('SELECT * FROM trips.snapshots')).toEqual([]);
    expect(await rowsOf('SELECT * FROM trips.files')).toEqual([]);
    const first = await writer.append(trips, rows(0, 4));
    expect(await rowsOf('SELECT name, type, snapshot_id FROM trips.refs')).toEqual([
      { name: 'main', type: 'BRANCH', snapshot_id: first },
    ]);
    const log = await rowsOf(
      'SELECT latest_snapshot_id AS id, latest_sequence_number AS n FROM trips.metadata_log_entries',
    );
    expect(log).toEqual([
      { id: null, n: null },
      { id: first, n: 1 },
    ]);
  });
});
