import { describe, expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { commit } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import { planFiles } from '../../src/iceberg/scan.ts';
import { currentSnapshot, loadTable } from '../../src/iceberg/table.ts';
import { referencedFiles } from '../../src/race/explorer/files.ts';
import { expectInvariants } from './double/invariants.ts';
import { noQueue, World } from './double/world.ts';
import { everyOperation, seedTable, writeDataFile } from './every-operation.ts';

const name = 'w:test/t';
const location = 'mem:///w/test/t';

/**
 * A writer that is killed at its moment number `moment`, after which nothing of it happens any more. Every change of a
 * file or of the catalog has a moment before and one after it, the writing of a file also one in its midst.
 */
function doomed(world: World, moment: number) {
  let moments = 0;
  let bury: (nothing: null) => void = () => undefined;
  const death = new Promise<null>((resolve) => (bury = resolve));
  const mayDie = async () => {
    if (++moments !== moment) return;
    bury(null);
    await new Promise(() => undefined);
  };
  const framed = async <T>(call: () => Promise<T>): Promise<T> => {
    await mayDie();
    const result = await call();
    await mayDie();
    return result;
  };
  const { io, catalog } = world;
  const context: CommitContext = {
    ...world.writer(),
    io: {
      read: (path) => io.read(path),
      list: (prefix) => io.list(prefix),
      delete: (path) => framed(() => io.delete(path)),
      create: (path, bytes) =>
        framed(async () => {
          if (moments + 1 === moment) await io.create(path, bytes.subarray(0, bytes.length >> 1));
          await mayDie();
          await io.create(path, bytes);
        }),
    },
    catalog: {
      load: (table) => catalog.load(table),
      swap: (table, expected, next) => framed(() => catalog.swap(table, expected, next)),
      put: (table, next) => framed(() => catalog.put(table, next)),
    },
  };
  return { context, death, moments: () => moments };
}

/** What readers see, however the files are called. */
async function content(world: World) {
  const { metadata } = await loadTable(world, name);
  const tasks = await planFiles(world.io, metadata, currentSnapshot(metadata));
  const files = tasks.map(({ file: { data_file: file }, deletes }) =>
    [file.partition.join(), file.record_count, deletes.length].join(),
  );
  const schema = metadata.schemas.map(({ fields }) => fields.map((each) => each.name).join());
  const snapshots = metadata.snapshots.length;
  return { files: files.sort(), schema, snapshots, refs: Object.keys(metadata.refs).sort() };
}

/** Does an operation on a new table and kills its writer at a moment; `null`: it ended before. */
async function killAt(operation: string, moment: number) {
  const world = new World({ seed: 1, queue: noQueue });
  const table = await seedTable(world.writer(), name, location);
  const before = await content(world);
  const { context, death, moments } = doomed(world, moment);
  const work = async () => {
    const change = await everyOperation[operation]?.({ context, table });
    if (change === undefined) throw new Error(`No operation ${operation}`);
    return commit(context, table, change, { protocol: 'optimistic' });
  };
  const result = await Promise.race([work(), death]);
  return { world, base: table.pointer, before, result, moments: moments() };
}

async function expectSound(world: World): Promise<void> {
  const context = world.writer();
  const table = await loadTable(world, name);
  await expectInvariants(world, { expires: true, orphans: [''] });
  const needed = await referencedFiles(new ManifestReader(world.io), table);
  const orphans = world.io
    .paths()
    .filter((path) => !needed.has(path))
    .sort();
  const olderThan = Infinity;
  expect((await removeOrphans(context, name, { olderThan, dryRun: true })).sort()).toEqual(orphans);

  const change = append([await writeDataFile(context, table, 'c')]);
  const next = await commit(context, table, change, { protocol: 'optimistic' });
  expect(next).toMatchObject({ outcome: 'committed', attempts: 1 });

  expect((await removeOrphans(context, name, { olderThan })).sort()).toEqual(orphans);
  const left = await referencedFiles(new ManifestReader(world.io), await loadTable(world, name));
  expect(world.io.paths().sort()).toEqual([...left].sort());
}

describe('a writer that is killed at any moment leaves a table that reads, is written on at once, and lets go of every byte', () => {
  it.each(Object.keys(everyOperation))('%s', async (operation) => {
    const whole = await killAt(operation, Infinity);
    expect(whole.result?.outcome).toBe('committed');
    const after = await content(whole.world);
    expect(whole.moments).toBeGreaterThan(6);
    let acknowledged = 0;
    for (let moment = 1; moment <= whole.moments; moment += 1) {
      const { world, base, before, result } = await killAt(operation, moment);
      expect(result).toBeNull();
      const { pointer } = await loadTable(world, name);
      const isSwapped = pointer.version > base.version;
      acknowledged += isSwapped ? 1 : 0;
      expect(await content(world), `moment ${moment}`).toEqual(isSwapped ? after : before);
      await expectSound(world);
    }
    expect(acknowledged).toBeGreaterThan(0);
    expect(acknowledged).toBeLessThan(whole.moments);
  });
});
