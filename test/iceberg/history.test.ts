import { expect, it } from 'vitest';
import { readHistory } from '../../src/iceberg/history.ts';
import { readManifestList, writeManifestList } from '../../src/iceberg/manifest-list.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import type { ManifestFile } from '../../src/iceberg/manifest-types.ts';
import { reachedAmong } from '../../src/iceberg/reachable-files.ts';
import { currentSnapshot, loadTable, snapshotById } from '../../src/iceberg/table.ts';
import type { Snapshot } from '../../src/iceberg/table-metadata.ts';
import { exploredTable, worldWith } from '../../src/race/explorer/writers.ts';
import type { World } from '../../src/race/explorer/world.ts';

async function twoCommits() {
  const world = await worldWith([{ a: 1 }, { a: 2, b: 3 }]);
  const io = world.fileIOOf(null);
  const table = await loadTable({ io, catalog: world.catalog }, exploredTable);
  return { world, io, table };
}

const first = ({ metadata }: Awaited<ReturnType<typeof twoCommits>>['table']): Snapshot => {
  const parent = currentSnapshot(metadata)?.['parent-snapshot-id'] ?? 0n;
  const snapshot = snapshotById(metadata, parent);
  if (snapshot === undefined) throw new Error('The first snapshot is not there');
  return snapshot;
};

it('tells which deleted files the table refers to, at all its snapshots and in its logs', async () => {
  const { world, io, table } = await twoCommits();
  const { deletedYetNeeded } = await readHistory(io, table, null, {
    deleted: [...world.paths(), 'memory:///lab/explorer/rows/metadata/snap-1-1-lost.avro'],
  });
  expect(deletedYetNeeded).toEqual(world.paths());
});

it('reads no manifest to say so of the leavings of a lost attempt', async () => {
  const { world, io, table } = await twoCommits();
  for (const path of world.paths()) if (/-m\d+\.avro$/.test(path)) await io.delete(path);
  const { 'manifest-list': needed } = first(table);
  const lost = ['memory:///x/00003-a.metadata.json', 'memory:///x/snap-1-1-a.avro'];
  const reached = await reachedAmong(new ManifestReader(io), table, [...lost, needed]);
  expect(reached).toEqual([needed]);
});

type Spoil = (manifest: ManifestFile) => Partial<ManifestFile>;

/** Writes the current manifest list anew, with one record of it spoilt. */
async function spoilList(world: World, snapshot: Snapshot, spoil: Spoil): Promise<void> {
  const io = world.fileIOOf(null);
  const path = snapshot['manifest-list'];
  const [own, ...others] = await readManifestList(await io.read(path), path);
  if (own === undefined) throw new Error('The list is empty');
  const bytes = await writeManifestList(
    {
      snapshotId: snapshot['snapshot-id'],
      parentSnapshotId: snapshot['parent-snapshot-id'] ?? null,
      sequenceNumber: snapshot['sequence-number'],
      formatVersion: 2,
    },
    [{ ...own, ...spoil(own) }, ...others],
  );
  await io.delete(path);
  await io.create(path, bytes);
}

const bounds = ({ partitions }: ManifestFile) => partitions?.[0];

it.each<[string, Spoil]>([
  ['files', (own) => ({ added_files_count: own.added_files_count + 1 })],
  ['rows', (own) => ({ added_rows_count: own.added_rows_count - 1 })],
  ['existing files', () => ({ existing_files_count: 1 })],
  ['deleted rows', () => ({ deleted_rows_count: 1 })],
  ['a least sequence number', (own) => ({ min_sequence_number: own.min_sequence_number - 1 })],
  [
    'bounds',
    (own) => {
      const field = bounds(own);
      return { partitions: field ? [{ ...field, upper_bound: field.lower_bound }] : null };
    },
  ],
])('finds a manifest list that tells other %s than its manifest holds', async (_, spoil) => {
  const { world, io, table } = await twoCommits();
  const snapshot = currentSnapshot(table.metadata);
  if (snapshot === null) throw new Error('There is no snapshot');
  expect((await readHistory(io, table, null)).changes.flatMap((c) => c.miscounted)).toEqual([]);
  await spoilList(world, snapshot, spoil);
  const { changes } = await readHistory(io, table, null);
  expect(changes.map(({ miscounted }) => miscounted.length)).toEqual([0, 1]);
});
