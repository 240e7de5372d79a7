import { describe, expect, it } from 'vitest';
import type { StoredEntry } from '../../src/iceberg/manifest-types.ts';
import { findCurrentMetadata } from '../../src/iceberg/current-metadata.ts';
import { reroot, rewriteLocations } from '../../src/iceberg/relocate.ts';
import {
  parseTableMetadata,
  serializeTableMetadata,
} from '../../src/iceberg/table-metadata-file.ts';
import { avroContains, goldenFiles } from './golden.ts';
import { goldenMetadata } from './golden-table.ts';
import { entriesOf, Files, follow, markDeletes } from './relocated.ts';

describe('exporting a table', () => {
  const source = '/warehouse/raw01/append_month';
  const table = 'spark/append_month';

  it('rewrites every path, and nothing else', async () => {
    const io = Files.under(source, table);
    const location = 's3://bucket/trips';
    const relocation = await rewriteLocations(io, `${source}/metadata/v3.gz.metadata.json`, {
      location: `${location}/`,
    });
    const { metadata, snapshots, written } = await follow(relocation, location);
    const before = await goldenMetadata(table);
    const move = (path: string) => path.replace(source, location);
    expect(snapshots).toEqual(await entriesOf(table, before, move));
    expect(metadata).toEqual({
      ...before,
      location,
      snapshots: before.snapshots.map((snapshot) => ({
        ...snapshot,
        'manifest-list': move(snapshot['manifest-list']),
      })),
      'metadata-log': before['metadata-log'].map((entry) => ({
        ...entry,
        'metadata-file': move(entry['metadata-file']),
      })),
    });
    for (const [path, bytes] of written) {
      if (!path.endsWith('.avro')) continue;
      expect(avroContains(bytes, source)).toBe(false);
      expect(avroContains(bytes, location) || path.includes('snap-2305195074301133522')).toBe(true);
    }
    expect(relocation.written.map((file) => file.path).sort()).toEqual(
      goldenFiles(`${table}/metadata`).map((path) => path.slice(table.length + 1)),
    );
    expect(relocation.copied.every((file) => file.source === `${source}/${file.path}`)).toBe(true);
    expect(relocation.copied).toHaveLength(4);
  });

  it('names metadata files as a Hadoop catalog does, with a hint', async () => {
    const io = Files.under('mem://w/t', 'java/v2');
    for (const [path, bytes] of io.files) {
      io.files.set(path.replace('mem://w/t/metadata__', 'mem://w/t/metadata/'), bytes);
    }
    const current = [...io.files.keys()].find((path) => path.includes('metadata/00003-')) ?? '';
    const options = { location: 'file:///tables/t', rewritePositionDeletes: markDeletes };
    await expect(rewriteLocations(io, current, options)).rejects.toMatchObject({
      kind: 'NotFound',
      message: expect.stringContaining('pd.parquet') as string,
    });
    io.files.set('mem://w/t/data/pd.parquet', Uint8Array.of(1));
    const { metadata, written } = await rewriteLocations(io, current, options);
    expect(metadata).toBe('metadata/v4.metadata.json');
    const names = written.map((file) => file.path);
    expect(names.slice(0, 4)).toEqual([1, 2, 3, 4].map((n) => `metadata/v${n}.metadata.json`));
    const hint = written.find((file) => file.path === 'metadata/version-hint.text');
    expect(new TextDecoder().decode(hint?.bytes)).toBe('4');
  });

  it('leaves log entries out whose files are gone, and keeps the current number', async () => {
    const io = Files.under(source, table);
    io.files.delete(`${source}/metadata/v1.gz.metadata.json`);
    const relocation = await rewriteLocations(io, `${source}/metadata/v3.gz.metadata.json`, {
      location: 's3://b/t',
    });
    expect(relocation.metadata).toBe('metadata/v3.gz.metadata.json');
    expect(relocation.table['metadata-log'].map((entry) => entry['metadata-file'])).toEqual([
      's3://b/t/metadata/v2.gz.metadata.json',
    ]);
    await follow(relocation, 's3://b/t');
  });

  it('drops properties that name folders elsewhere', async () => {
    const io = Files.under(source, table);
    const path = `${source}/metadata/v3.gz.metadata.json`;
    const metadata = await parseTableMetadata(await io.read(path), path);
    metadata.properties['write.data.path'] = `${source}/elsewhere`;
    io.files.set(path, await serializeTableMetadata(metadata, { gzip: true }));
    const { table: moved } = await rewriteLocations(io, path, { location: 's3://b/t' });
    expect(moved.properties).not.toHaveProperty('write.data.path');
    expect(moved.properties).toHaveProperty('owner', 'root');
  });

  it('moves statistics along', async () => {
    const io = Files.under(source, table);
    const path = `${source}/metadata/v3.gz.metadata.json`;
    const metadata = await parseTableMetadata(await io.read(path), path);
    const id = metadata['current-snapshot-id'];
    const statistics = [{ 'snapshot-id': id, 'statistics-path': `${source}/metadata/s.puffin` }];
    io.files.set(path, await serializeTableMetadata({ ...metadata, statistics }, { gzip: true }));
    const relocation = await rewriteLocations(io, path, { location: 's3://b/t' });
    expect(relocation.table.statistics).toEqual([
      { 'snapshot-id': id, 'statistics-path': 's3://b/t/metadata/s.puffin' },
    ]);
    expect(relocation.copied).toContainEqual({
      path: 'metadata/s.puffin',
      source: `${source}/metadata/s.puffin`,
    });
  });

  it('is refused while a file lies elsewhere, or a manifest is missing', async () => {
    const io = Files.under(source, table);
    const path = `${source}/metadata/v3.gz.metadata.json`;
    const metadata = await parseTableMetadata(await io.read(path), path);
    const elsewhere = { ...metadata, location: '/warehouse/other' };
    io.files.set(
      '/warehouse/other/metadata/v3.metadata.json',
      await serializeTableMetadata(elsewhere, { gzip: false }),
    );
    await expect(
      rewriteLocations(io, '/warehouse/other/metadata/v3.metadata.json', { location: 's3://b/t' }),
    ).rejects.toMatchObject({
      kind: 'IllegalArgument',
      message: expect.stringContaining(
        "lies outside the table's location /warehouse/other",
      ) as string,
    });
    const [list = ''] = [...io.files.keys()].filter((file) => file.includes('-m0.avro'));
    io.files.delete(list);
    await expect(rewriteLocations(io, path, { location: 's3://b/t' })).rejects.toMatchObject({
      kind: 'NotFound',
    });
  });
});

describe('adopting a table of another engine', () => {
  const root = 'import:///dropped';
  const location = 'opfs:///warehouse/icebase/raw01/adopted';

  it.each([
    'tables/duckdb_map_stats',
    'tables/icebird_java_bunnies',
    'tables/icebird_spark_rename_column',
    'tables/impala_iceberg_partitioned',
    'tables/pglake_spark_position_deletes',
    'tables/duckdb_lineitem_iceberg_gz',
  ])('finds every file of %s', async (table) => {
    const io = Files.under(root, table);
    if (table.endsWith('_gz')) {
      io.files.set(
        `${root}/data/00000-2-371a340c-ded5-4e85-aa49-9c788d6f21cd-00001.parquet`,
        Uint8Array.of(),
      );
    }
    const files = io.paths(root);
    const metadata = (await findCurrentMetadata(io, root, files)) ?? '';
    const rewritten: string[] = [];
    const relocation = await reroot(io, {
      root,
      files,
      metadata,
      location,
      rewritePositionDeletes: (bytes, path, move) => {
        rewritten.push(path);
        return markDeletes(bytes, path, move);
      },
    });
    expect(relocation.metadata).toBe(metadata);
    for (const file of relocation.copied) expect(files).toContain(file.path);
    const { snapshots } = await follow(relocation, location);
    const places = new Map(files.map((path) => [path.slice(path.lastIndexOf('/') + 1), path]));
    const move = (path: string) =>
      `${location}/${places.get(path.slice(path.lastIndexOf('/') + 1)) ?? ''}`;
    const expected = await entriesOf(table, await goldenMetadata(table), move);
    expect(snapshots.map((entries) => entries.map((entry) => entry.data_file.file_path))).toEqual(
      expected.map((entries) => entries.map((entry) => entry.data_file.file_path)),
    );
    expect(rewritten.length > 0).toBe(/bunnies|position_deletes/.test(table));
  });

  it('moves the bounds of position deletes, and refuses them without a rewriter', async () => {
    const table = 'tables/pglake_spark_position_deletes';
    const io = Files.under(root, table);
    const files = io.paths(root);
    const metadata = (await findCurrentMetadata(io, root, files)) ?? '';
    const relocation = await reroot(io, {
      root,
      files,
      metadata,
      location,
      rewritePositionDeletes: markDeletes,
    });
    const { snapshots } = await follow(relocation, location);
    const deletes = snapshots.flat().filter((entry) => entry.data_file.content === 1);
    expect(deletes.length).toBeGreaterThan(0);
    const pathId = 2147483546;
    const before = await entriesOf(table, await goldenMetadata(table), (path) => path);
    const name = (entry: StoredEntry) => entry.data_file.file_path.split('/').at(-1);
    const counts = { one: 0, several: 0 };
    for (const entry of deletes) {
      const file = entry.data_file;
      const old = before.flat().find((other) => name(other) === name(entry))?.data_file;
      const [lower, upper] = [file.lower_bounds?.get(pathId), file.upper_bounds?.get(pathId)];
      expect(upper).toEqual(lower);
      expect(file.split_offsets).toEqual([4]);
      expect(file.column_sizes).toEqual(new Map([[pathId, 5]]));
      // Java leaves the bounds out when there are several files.
      const ofOne = old?.lower_bounds?.has(pathId) === true;
      const start = lower && new TextDecoder().decode(lower).startsWith(`${location}/data/`);
      expect(start).toBe(ofOne ? true : undefined);
      counts[ofOne ? 'one' : 'several'] += 1;
    }
    expect(Math.min(counts.one, counts.several)).toBeGreaterThan(0);
    await expect(reroot(io, { root, files, metadata, location })).rejects.toMatchObject({
      kind: 'Unsupported',
      message: expect.stringContaining('-deletes.parquet') as string,
    });
  });
});
