import { describe, expect, it } from 'vitest';
import { metadataChange } from '../../src/iceberg/change.ts';
import { type ExpireOptions, expireSnapshots } from '../../src/iceberg/expire-snapshots.ts';
import { alwaysTrue } from '../../src/iceberg/expression.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { overwriteFiles } from '../../src/iceberg/overwrite-files.ts';
import type { FileIO } from '../../src/iceberg/ports.ts';
import { reachableFiles } from '../../src/iceberg/reachable-files.ts';
import { removeOrphans, type OrphanOptions } from '../../src/iceberg/remove-orphans.ts';
import { snapshotById } from '../../src/iceberg/table.ts';
import { expectInvariants } from './double/invariants.ts';
import { expectCommitted, modes, Scenario, type TableOptions } from './scenarios/fixture.ts';

const name = 'w:test/t';
const folder = 'mem:///w/test/t';
const statistics = `${folder}/metadata/first.stats`;

/** A table of two snapshots: the files of the first, its statistics too, are not the second's. */
async function twoSnapshots(options: TableOptions = {}) {
  const t = await Scenario.begin(modes[2], options);
  const first = await t.seed('A0');
  await t.world.io.create(statistics, new Uint8Array(3));
  const own = { 'snapshot-id': first, 'statistics-path': statistics };
  const set = metadataChange('set-statistics', (metadata) => ({ ...metadata, statistics: [own] }));
  expectCommitted(await t.run(() => set));
  await replaceAll(t, 'A1');
  return { t, first, needed: await filesOf(t, first) };
}

async function replaceAll(t: Scenario, file: string): Promise<void> {
  const [add] = await t.files(file);
  expectCommitted(
    await t.run((table) => overwriteFiles(table, { filter: alwaysTrue, add: [add] })),
  );
  await t.world.clock.sleep(1000);
}

async function filesOf(t: Scenario, id: bigint): Promise<string[]> {
  const { metadata } = await t.load();
  const snapshot = snapshotById(metadata, id);
  const own = snapshot === undefined ? [] : [snapshot];
  const reader = new ManifestReader(t.world.io);
  return [...(await reachableFiles(reader, metadata, own, { removed: false }))];
}

/** Expires all that may go, while these snapshots have readers that came between the look at them and the swap. */
async function forget(t: Scenario, read: readonly bigint[], options: ExpireOptions = {}) {
  const looked = new Set<bigint>();
  const expiry = expireSnapshots({
    olderThan: t.world.clock.now(),
    withExclusive: async (id, work) => {
      const isHeld = looked.has(id) && read.includes(id);
      looked.add(id);
      if (!isHeld) await work();
      return !isHeld;
    },
    ...options,
  });
  expectCommitted(await t.run(() => expiry));
  await t.world.clock.sleep(1000);
}

const sweep = (t: Scenario, options: OrphanOptions, io: Partial<FileIO> = {}) => {
  const files = t.world.io;
  const whole: FileIO = {
    read: (path) => files.read(path),
    create: (path, bytes) => files.create(path, bytes),
    delete: (path) => files.delete(path),
    list: (prefix) => files.list(prefix),
    ...io,
  };
  const olderThan = t.world.clock.now();
  return removeOrphans({ ...t.writer(), io: whole }, name, { olderThan, ...options });
};

const expectThere = (t: Scenario, paths: readonly string[]) =>
  expect(t.world.io.paths()).toEqual(expect.arrayContaining([...paths]));

describe('the files of a snapshot that the table has forgotten', () => {
  it('may go while a sweep reads them: their reader has ended then, and the table has not moved', async () => {
    const { t, first, needed } = await twoSnapshots();
    const [list = ''] = needed;
    let endReader: () => void = () => undefined;
    const readerEnds = new Promise<void>((resolve) => (endReader = resolve));
    let expiry: Promise<void> = Promise.resolve();
    await new Promise<void>((isForgotten) => {
      let looks = 0;
      const withExclusive: ExpireOptions['withExclusive'] = async (_id, work) => {
        looks += 1;
        if (looks > 1) {
          isForgotten();
          await readerEnds;
        }
        await work();
        return true;
      };
      expiry = forget(t, [], { withExclusive });
    });
    const { pointer } = await t.load();
    await sweep(
      t,
      { leased: () => Promise.resolve([first]) },
      {
        read: async (path) => {
          if (path === list) {
            endReader();
            await expiry;
          }
          return t.world.io.read(path);
        },
      },
    );
    expect((await t.load()).pointer).toEqual(pointer);
    expect(t.world.io.paths(list)).toEqual([]);
    await expectInvariants(t.world, { expires: true });
    expect(t.world.io.paths('A0')).toEqual([]);
  });

  it('are kept from a sweep, statistics too, and orphans beside them are not', async () => {
    const { t, first, needed } = await twoSnapshots();
    await forget(t, [first]);
    const orphan = await leaveOrphan(t);
    expect(await sweep(t, { leased: () => Promise.resolve([first]) })).toEqual([orphan]);
    expectThere(t, needed);
    expect(needed).toContain(statistics);
    expect((await sweep(t, {})).sort()).toEqual(needed.sort());
    await expectInvariants(t.world, { expires: true });
  });

  it('are known by an earlier metadata file where the name of its manifest list does not tell', async () => {
    const { t, first } = await twoSnapshots();
    const list = await renameList(t, first);
    const needed = await filesOf(t, first);
    await forget(t, [first]);
    const orphan = await leaveOrphan(t);
    expect(await sweep(t, { leased: () => Promise.resolve([first]) })).toEqual([orphan]);
    expectThere(t, [list, ...needed]);
    expect((await sweep(t, {})).sort()).toEqual(needed.sort());
  });

  it('keep a sweep from deleting anything where nothing tells of them', async () => {
    const { t, first } = await twoSnapshots({
      properties: {
        'write.metadata.previous-versions-max': '1',
        'write.metadata.delete-after-commit.enabled': 'true',
      },
    });
    await renameList(t, first);
    const needed = await filesOf(t, first);
    await forget(t, [first]);
    for (const file of ['B1', 'B2']) await t.seed(file);
    await t.world.clock.sleep(1000);
    expect(await sweep(t, { leased: () => Promise.resolve([first]) })).toEqual([]);
    expectThere(t, needed);
    expect((await sweep(t, {})).sort()).toEqual(needed.sort());
  });

  it('are kept from the next expiry, which forgets another snapshot that reaches them', async () => {
    const t = await Scenario.begin(modes[2]);
    const first = await t.seed('A0');
    const second = await t.seed('A1');
    const needed = await filesOf(t, first);
    await replaceAll(t, 'A2');
    await forget(t, [first], { ids: [first], olderThan: 0 });
    await forget(t, [first], { ids: [second], leased: () => Promise.resolve([first]) });
    expect((await t.load()).metadata.snapshots).toHaveLength(1);
    expectThere(t, needed);
    expect(t.world.io.paths('A1.parquet')).toEqual([]);
    expect((await sweep(t, {})).sort()).toEqual(needed.sort());
    await expectInvariants(t.world, { expires: true });
  });
});

async function leaveOrphan(t: Scenario): Promise<string> {
  const path = `${folder}/data/orphan.parquet`;
  await t.world.io.create(path, new Uint8Array(3));
  await t.world.clock.sleep(1000);
  return path;
}

/** Gives a snapshot's manifest list a name that does not tell the snapshot; answers it. */
async function renameList(t: Scenario, id: bigint): Promise<string> {
  const { io } = t.world;
  const own = snapshotById((await t.load()).metadata, id)?.['manifest-list'] ?? '';
  const list = `${folder}/metadata/list.avro`;
  await io.create(list, await io.read(own));
  const rename = metadataChange('rename-list', (metadata) => ({
    ...metadata,
    snapshots: metadata.snapshots.map((snapshot) =>
      snapshot['snapshot-id'] === id ? { ...snapshot, 'manifest-list': list } : snapshot,
    ),
  }));
  expectCommitted(await t.run(() => rename));
  await io.delete(own);
  await t.world.clock.sleep(1000);
  return list;
}
