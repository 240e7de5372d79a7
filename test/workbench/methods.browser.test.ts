import { unzipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { loadTable } from '../../src/iceberg/table.ts';
import { parseTableMetadata } from '../../src/iceberg/table-metadata-file.ts';
import { RemoteWorker } from '../../src/rpc.ts';
import { compileWasm } from '../../src/wasm.ts';
import type { WorkbenchMethods } from '../../src/workbench/api.ts';
import { goldenFiles } from '../engine/golden-table.ts';
import { TableWriter } from './test-table.ts';

const trips = 'icebase:raw01/trips';
const rows = (from: number, to: number) => `
  SELECT i AS id, 'n' || (i % 2) AS name, TIMESTAMP '2016-01-31' + INTERVAL (i) DAY AS at
  FROM range(${from}, ${to}) r(i)`;

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

const table = { table: trips };
const rowsOf = async (sql: string) => (await workbench.call('query', { sql })).rows;

test('a table is listed with its version, rows and files', async () => {
  const empty = { table: trips, sqlName: 'icebase.raw01.trips', version: 1, rows: 0, files: 0 };
  expect(await workbench.call('tables', {})).toMatchObject([
    { ...empty, snapshotId: null, registered: null, unsafe: false },
  ]);
  const snapshotId = await writer.append(trips, rows(0, 3));
  expect(await workbench.call('tables', {})).toMatchObject([
    { ...empty, version: 2, rows: 3, files: 2, snapshotId },
  ]);
});

test('snapshots name the version that made them current', async () => {
  const ids = [await writer.append(trips, rows(0, 2)), await writer.append(trips, rows(2, 4))];
  const replaced = await writer.change(trips, rows(0, 1), (files, base) =>
    replacePartitions(base, files),
  );
  const snapshots = await workbench.call('snapshots', table);
  expect(
    snapshots.map(({ snapshotId, parentId, operation, version, sequenceNumber }) => {
      return { snapshotId, parentId, operation, version, sequenceNumber };
    }),
  ).toEqual([
    { snapshotId: ids[0], parentId: null, operation: 'append', version: 2, sequenceNumber: 1 },
    { snapshotId: ids[1], parentId: ids[0], operation: 'append', version: 3, sequenceNumber: 2 },
    {
      snapshotId: replaced,
      parentId: ids[1],
      operation: 'overwrite',
      version: 4,
      sequenceNumber: 3,
    },
  ]);
});

test('metadata is the file’s own JSON with ids as text', async () => {
  const snapshotId = await writer.append(trips, rows(0, 2));
  const metadata = await workbench.call('metadata', table);
  expect(metadata).toMatchObject({
    'format-version': 2,
    'current-snapshot-id': snapshotId,
    refs: { main: { 'snapshot-id': snapshotId, type: 'branch' } },
    snapshots: [{ 'snapshot-id': snapshotId }],
  });
  expect(JSON.parse(JSON.stringify(metadata))).toEqual(metadata);
});

test('files, manifests and their entries lead from a snapshot to its rows', async () => {
  const first = await writer.append(trips, rows(0, 3));
  const replaced = await writer.change(trips, rows(0, 1), (files, base) =>
    replacePartitions(base, files),
  );
  const files = await workbench.call('files', { ...table, at: first });
  expect(files.map(({ partition, rows: count }) => [partition, count])).toEqual([
    ['month=2016-01', 1],
    ['month=2016-02', 2],
  ]);
  expect(await workbench.call('files', table)).toHaveLength(2);

  const manifests = await workbench.call('manifests', table);
  expect(manifests.every(({ content }) => content === 'data')).toBe(true);
  const entries = await Promise.all(
    manifests.map(({ path }) => workbench.call('manifestEntries', { ...table, path })),
  );
  const statuses = entries.flat().map(({ status, snapshotId, file }) => {
    return `${status} ${file.partition ?? ''} ${snapshotId === replaced ? 'now' : 'before'}`;
  });
  expect(statuses.sort()).toEqual([
    'added month=2016-01 now',
    'deleted month=2016-01 now',
    'existing month=2016-02 before',
  ]);
  const added = entries.flat().find(({ status }) => status === 'added');
  expect(
    added?.columns.map(({ name, values, nulls, lower, upper }) => [
      name,
      values,
      nulls,
      lower,
      upper,
    ]),
  ).toEqual([
    ['id', 1, 0, '0', '0'],
    ['name', 1, 0, 'n0', 'n0'],
    ['at', 1, 0, '2016-01-31T00:00:00+00:00', '2016-01-31T00:00:00+00:00'],
  ]);
  await expect(
    workbench.call('manifestEntries', { ...table, path: 'opfs:///none.avro' }),
  ).rejects.toMatchObject({ kind: 'NotFound' });
});

test('files that no version names yet are read by their paths, and deleted ones are said to be gone', async () => {
  await writer.append(trips, rows(0, 3));
  const { io } = writer.context;
  const folder = 'opfs:///warehouse/icebase/raw01/trips/metadata';
  const [current] = await workbench.call('manifests', table);
  const [listing] = await workbench.call('snapshots', table);
  const copy = `${folder}/held-m0.avro`;
  await io.create(copy, await io.read(current?.path ?? ''));
  const entries = await workbench.call('storedEntries', { ...table, path: copy });
  expect(
    entries?.map(({ status, sequenceNumber, file }) => [status, sequenceNumber, file.rows]),
  ).toEqual([
    ['added', null, 1],
    ['added', null, 2],
  ]);
  const list = await workbench.call('manifestList', { path: listing?.manifestList ?? '' });
  expect(list).toEqual([current]);
  const gone = `${folder}/00007-gone.metadata.json`;
  expect(await workbench.call('metadataFile', { path: gone })).toBeNull();
  expect(await workbench.call('manifestList', { path: gone })).toBeNull();
  expect(await workbench.call('storedEntries', { ...table, path: gone })).toBeNull();
});

test('what a put without comparing has buried is added again, and the mark is off', async () => {
  const lost: string[] = [];
  const stale = await loadTable(writer.context, trips);
  await writer.append(trips, rows(0, 3));
  lost.push(...(await workbench.call('manifests', table)).map(({ path }) => path));
  await writer.context.catalog.put(trips, stale.pointer.location);
  await writer.change(trips, rows(3, 5), (files) => append(files), 'unsafe');
  expect(await workbench.call('tables', {})).toMatchObject([{ unsafe: true, rows: 2 }]);

  const repair = { ...table, base: stale.pointer.location, manifests: lost };
  expect(await workbench.call('repairTable', repair)).toEqual({ files: 2, rows: 3 });
  expect(await workbench.call('tables', {})).toMatchObject([{ unsafe: false, rows: 5 }]);
  expect(await rowsOf('SELECT count(*) AS n, sum(id) AS s FROM icebase.raw01.trips')).toEqual([
    { n: 5, s: 10 },
  ]);
  expect(await workbench.call('repairTable', repair)).toEqual({ files: 0, rows: 0 });
});

test('a table that was marked before the race is not repaired', async () => {
  await writer.change(trips, rows(0, 2), (files) => append(files), 'unsafe');
  const { pointer } = await loadTable(writer.context, trips);
  await expect(
    workbench.call('repairTable', { ...table, base: pointer.location, manifests: [] }),
  ).rejects.toMatchObject({ kind: 'IllegalState' });
  expect(await workbench.call('tables', {})).toMatchObject([{ unsafe: true }]);
});

test('a dropped table is gone with its files', async () => {
  await writer.append(trips, rows(0, 3));
  await workbench.call('dropTable', table);
  expect(await workbench.call('tables', {})).toEqual([]);
  expect(await writer.context.io.list('opfs:///warehouse/icebase/raw01/trips/')).toEqual([]);
});

test('an export is complete, says nothing of this place, and can be imported', async () => {
  await writer.append(trips, rows(0, 3));
  await writer.append(trips, rows(3, 40));
  const { zip, metadata } = await workbench.call('exportTable', {
    ...table,
    location: 'file:///warehouse/raw01/trips/',
  });
  const files = unzipSync(new Uint8Array(await zip.arrayBuffer()));
  expect(metadata).toBe('metadata/v3.gz.metadata.json');
  expect(new TextDecoder().decode(files['metadata/version-hint.text'])).toBe('3');
  const exported = await parseTableMetadata(files[metadata] ?? new Uint8Array(), metadata);
  expect(exported.location).toBe('file:///warehouse/raw01/trips');
  expect(
    JSON.stringify(exported.snapshots.map((snapshot) => snapshot['manifest-list'])),
  ).not.toContain('opfs:');

  const given = [{ path: 'trips.zip', content: zip }];
  await workbench.call('importTable', { table: 'icebase:raw01/copy', files: given });
  expect(await rowsOf('SELECT count(*) AS n, sum(id) AS s FROM icebase.raw01.copy')).toEqual([
    { n: 40, s: 780 },
  ]);
  await writer.append('icebase:raw01/copy', rows(40, 41));
  expect(await rowsOf('SELECT count(*) AS n FROM icebase.raw01.copy')).toEqual([{ n: 41 }]);
  await expect(workbench.call('importTable', { table: trips, files: given })).rejects.toMatchObject(
    { kind: 'AlreadyExists' },
  );
});

test('a table of another engine is adopted with its deletes', async () => {
  const files = [...(await goldenFiles('tables/pglake_spark_position_deletes'))].map(
    ([path, bytes]) => ({ path: `lake/adopted/${path}`, content: new Blob([bytes]) }),
  );
  await workbench.call('importTable', { table: 'icebase:raw01/adopted', files });
  expect(await rowsOf('SELECT count(*) AS n FROM adopted')).toEqual([{ n: 110 }]);
  const snapshots = await workbench.call('snapshots', { table: 'icebase:raw01/adopted' });
  const versions = snapshots.map(({ version }) => version);
  expect(versions).toEqual([...versions.slice(1).map(() => null), 1]);
});

test('a table that lacks a file is refused, leaves nothing, and can be imported whole afterwards', async () => {
  const location = 'opfs:///warehouse/icebase/raw01/adopted';
  const files = [...(await goldenFiles('tables/duckdb_map_stats'))].map(([path, bytes]) => ({
    path,
    content: new Blob([bytes]),
  }));
  const table = 'icebase:raw01/adopted';
  const dataFile = files.find(({ path }) => path.endsWith('.parquet'))?.path ?? '';
  const incomplete = files.filter(({ path }) => path !== dataFile);
  await expect(workbench.call('importTable', { table, files: incomplete })).rejects.toMatchObject({
    kind: 'NotFound',
    message: `A file of the table is missing: ${dataFile}`,
  });
  expect(await writer.context.io.list(location)).toEqual([]);

  const leaving = `${location}/${dataFile}`;
  await writer.context.io.create(leaving, new Uint8Array(1));
  await workbench.call('importTable', { table, files });
  expect(await rowsOf('SELECT count(*) AS n FROM adopted')).toEqual([{ n: 2 }]);
});

test('after a reset there is nothing', async () => {
  await writer.append(trips, rows(0, 3));
  expect(await rowsOf('SELECT count(*) AS n FROM trips')).toEqual([{ n: 3 }]);
  await workbench.call('reset', {});
  expect(await workbench.call('tables', {})).toEqual([]);
  await expect(rowsOf('SELECT count(*) AS n FROM trips')).rejects.toMatchObject({
    kind: 'SqlInvalid',
    context: { errorClass: 'TABLE_OR_VIEW_NOT_FOUND' },
  });
  expect(await writer.context.io.list('opfs:///warehouse')).toEqual([]);
});

test('what is asked of a table that is not there is refused', async () => {
  const none = { table: 'icebase:raw01/none' };
  for (const method of ['snapshots', 'metadata', 'files', 'manifests'] as const) {
    await expect(workbench.call(method, none)).rejects.toMatchObject({ kind: 'NoSuchTable' });
  }
});
