import { describe, expect, it } from 'vitest';
import type { CommitContext } from '../../src/iceberg/context.ts';
import {
  type ExpireOptions,
  expireSnapshots,
  type WithExclusiveSnapshot,
} from '../../src/iceberg/expire-snapshots.ts';
import { alwaysTrue } from '../../src/iceberg/expression.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { FairQueue } from '../../src/iceberg/memory.ts';
import { overwriteFiles } from '../../src/iceberg/overwrite-files.ts';
import type { Catalog, CommitQueue, FileIO, TableName } from '../../src/iceberg/ports.ts';
import { createRef } from '../../src/iceberg/refs.ts';
import { reachableFiles } from '../../src/iceberg/reachable-files.ts';
import { parseTableMetadata } from '../../src/iceberg/table-metadata-file.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { setBack, type SetBackContext } from '../../src/workbench/set-back.ts';
import { expectCommitted, modes, Scenario } from '../iceberg/scenarios/fixture.ts';

const name = 'w:test/t';

/** A table whose second snapshot has removed the file of the first, and its metadata file of before. */
async function replaced(properties: Record<string, string> = {}) {
  const t = await Scenario.begin(modes[2], { properties });
  await t.seed('A0');
  const { location } = (await t.load()).pointer;
  const [add] = await t.files('A1');
  expectCommitted(
    await t.run((table) => overwriteFiles(table, { filter: alwaysTrue, add: [add] })),
  );
  await t.world.clock.sleep(1000);
  const deletions = queueByTable();
  const drop = () => Promise.reject(new Error('No table is to be dropped'));
  const { io, catalog } = t.world;
  const context: SetBackContext = { io, catalog, deletions, drop };
  const back = () => setBack(context, [{ table: name, location }]);
  const writer = (others: Partial<CommitContext> = {}) => ({ ...t.writer(), deletions, ...others });
  const expire = (others?: Partial<CommitContext>, options?: ExpireOptions) =>
    t.run(() => expireSnapshots({ olderThan: t.world.clock.now(), ...options }), writer(others));
  return { t, location, context, deletions, back, writer, expire };
}

/** One at a time for each table, as Web Locks do. */
function queueByTable(): CommitQueue {
  const queues = new Map<TableName, FairQueue>();
  return {
    run: (table, work) => {
      const queue = queues.get(table) ?? new FairQueue();
      queues.set(table, queue);
      return queue.run(table, work);
    },
  };
}

/** Throws `NotFound` if a file is gone that the table refers to. */
async function readAll(t: Scenario): Promise<void> {
  const { io } = t.world;
  const { metadata } = await t.load();
  const reader = new ManifestReader(io);
  const files = await reachableFiles(reader, metadata, metadata.snapshots, { removed: false });
  for (const path of files) await io.read(path);
}

/** The one file that the table of that metadata file refers to and whose path is like this. */
async function pathLike(t: Scenario, location: string, like: RegExp): Promise<string> {
  const metadata = await parseTableMetadata(await t.world.io.read(location), location);
  const reader = new ManifestReader(t.world.io);
  const files = await reachableFiles(reader, metadata, metadata.snapshots, { removed: false });
  const found = [...files].find((path) => like.test(path));
  if (found === undefined) throw new Error(`No file is like ${String(like)}`);
  return found;
}

/** A gate that does something once, at a stop. */
const once = (stop: string, work: () => Promise<void>): Pick<CommitContext, 'gate'> => {
  let isDone = false;
  return {
    gate: async (_attempt, detail) => {
      if (isDone || detail.stop !== stop) return;
      isDone = true;
      await work();
    },
  };
};

/** Each snapshot gets a reader once it was looked at. */
function freeAtFirst(): WithExclusiveSnapshot {
  const looked = new Set<bigint>();
  return async (id, work) => {
    if (looked.has(id)) return false;
    looked.add(id);
    await work();
    return true;
  };
}

describe('a set-back', () => {
  it('moves the pointer to the earlier file, under a version of its own', async () => {
    const { t, location, back } = await replaced();
    const { version } = (await t.load()).pointer;
    await back();
    expect((await t.load()).pointer).toEqual({ version: version + 1, location });
    await back();
    expect((await t.load()).pointer.version).toBe(version + 1);
    await readAll(t);
  });

  it.each([
    ['metadata file', 'its metadata file of that time is not there any more', /metadata\.json$/],
    ['manifest list', 'a manifest of that time is not there any more', /snap-.*\.avro$/],
    ['data file', 'A0.parquet, which it referred to at that time, is not there', /A0\.parquet$/],
  ])('is refused when a %s is gone, and moves nothing', async (_, message, file) => {
    const { t, location, context } = await replaced();
    const { pointer } = await t.load();
    const path = file.test(location) ? location : await pathLike(t, location, file);
    await t.world.io.delete(path);
    const tables = [
      { table: 'w:test/other', location: pointer.location },
      { table: name, location },
    ];
    await expect(setBack(context, tables)).rejects.toMatchObject({
      kind: 'IllegalState',
      message: expect.stringContaining(message) as string,
      remedy: expect.stringContaining('Run the workflow anew') as string,
    });
    expect((await t.load()).pointer).toEqual(pointer);
    expect(await t.world.catalog.load('w:test/other')).toBeNull();
  });

  it('minds a tag of that time, but no snapshot that nothing stood on', async () => {
    const t = await Scenario.begin(modes[2]);
    const s1 = await t.seed('A0');
    const [a1, a2] = await t.files('A1', 'A2');
    const filter = alwaysTrue;
    expectCommitted(await t.run((table) => overwriteFiles(table, { filter, add: [a1] })));
    const untagged = (await t.load()).pointer.location;
    expectCommitted(await t.run(() => createRef('v1', { 'snapshot-id': s1, type: 'tag' })));
    const tagged = (await t.load()).pointer.location;
    expectCommitted(await t.run((table) => overwriteFiles(table, { filter, add: [a2] })));
    await t.world.io.delete(await pathLike(t, untagged, /A0\.parquet$/));
    const { io, catalog } = t.world;
    const drop = () => Promise.reject(new Error('No table is to be dropped'));
    const back = (location: string) =>
      setBack({ io, catalog, deletions: queueByTable(), drop }, [{ table: name, location }]);
    await expect(back(tagged)).rejects.toMatchObject({ kind: 'IllegalState' });
    await back(untagged);
    expect(await t.live()).toEqual(['A1@2']);
  });

  it('is refused after an expiry', async () => {
    const { t, back, expire } = await replaced();
    expectCommitted(await expire());
    const { pointer } = await t.load();
    await expect(back()).rejects.toMatchObject({ kind: 'IllegalState' });
    expect((await t.load()).pointer).toEqual(pointer);
  });

  it('between the swap of an expiry and its deletions keeps what the table refers to again', async () => {
    const { t, location, back, expire } = await replaced();
    expectCommitted(await expire(once('swap-won', back)));
    expect((await t.load()).pointer.location).toBe(location);
    await readAll(t);
  });

  it('between the swap of a commit and its deletions keeps its metadata file', async () => {
    const { t, location, back, writer } = await replaced({
      'write.metadata.previous-versions-max': '1',
      'write.metadata.delete-after-commit.enabled': 'true',
    });
    const change = () => updateProperties({ k: 'v' });
    expectCommitted(await t.run(change, writer(once('swap-won', back))));
    expect((await t.load()).pointer.location).toBe(location);
    await readAll(t);
  });

  it('waits for an expiry that is deleting, and is then refused', async () => {
    const { t, back, expire } = await replaced();
    const refusals: Promise<unknown>[] = [];
    const { world } = t;
    const io: FileIO = {
      read: (path) => world.io.read(path),
      create: (path, bytes) => world.io.create(path, bytes),
      list: (prefix) => world.io.list(prefix),
      delete: async (path) => {
        if (refusals.length === 0) refusals.push(back().catch((thrown: unknown) => thrown));
        await world.io.delete(path);
      },
    };
    expectCommitted(await expire({ io }));
    const { pointer } = await t.load();
    expect(await Promise.all(refusals)).toMatchObject([{ kind: 'IllegalState' }]);
    expect((await t.load()).pointer).toEqual(pointer);
    await readAll(t);
  });

  it('lets no sweep run between its look at the files and its swap', async () => {
    const { t, context, deletions, location, expire } = await replaced();
    // What a reader held stays behind as orphans, which a sweep may take.
    expectCommitted(await expire({}, { withExclusive: freeAtFirst() }));
    await t.world.clock.sleep(1000);
    const order: string[] = [];
    const sweeps: Promise<void>[] = [];
    const sweep = () =>
      deletions.run(name, async () => {
        order.push('sweep');
        await removeOrphans(t.writer(), name, { olderThan: t.world.clock.now() });
      });
    const catalog: Catalog = {
      load: (table) => context.catalog.load(table),
      swap: (...args) => context.catalog.swap(...args),
      put: async (table, next) => {
        sweeps.push(sweep());
        const pointer = await context.catalog.put(table, next);
        order.push('set back');
        return pointer;
      },
    };
    await setBack({ ...context, catalog }, [{ table: name, location }]);
    await Promise.all(sweeps);
    expect(order).toEqual(['set back', 'sweep']);
    await readAll(t);
  });
});
