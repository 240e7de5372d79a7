import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/duckdb.ts';
import { unloadSnapshots } from '../../src/engine/scan.ts';
import { IcejamError } from '../../src/error.ts';
import { append } from '../../src/iceberg/append.ts';
import { alwaysTrue } from '../../src/iceberg/expression.ts';
import { commit } from '../../src/iceberg/commit.ts';
import { expireSnapshots } from '../../src/iceberg/expire-snapshots.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { overwriteFiles } from '../../src/iceberg/overwrite-files.ts';
import type { Catalog, FileIO } from '../../src/iceberg/ports.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import { currentSnapshot, loadTable } from '../../src/iceberg/table.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { dropTable as dropByJob } from '../../src/job/drop-table.ts';
import type { JobContext } from '../../src/job/job-context.ts';
import { runFlareJob } from '../../src/job/run-flare-job.ts';
import { startSparkEngine } from '../../src/sql/spark-engine.ts';
import { dropPointer } from '../../src/storage/catalog.ts';
import { filesInFlight } from '../../src/storage/in-flight.ts';
import { deletionQueue, leasedSnapshots, withExclusiveSnapshot } from '../../src/storage/locks.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import { resetStorage } from '../../src/storage/reset.ts';
import { dropTable } from '../../src/workbench/drop-table.ts';
import { exportTable } from '../../src/workbench/export-table.ts';
import type { Repair } from '../../src/workbench/api.ts';
import { runQuery } from '../../src/workbench/query.ts';
import { repairTable } from '../../src/workbench/repair-table.ts';
import { setBack } from '../../src/workbench/set-back.ts';
import { TableVersions } from '../../src/workbench/table-version.ts';
import { actionJob, workflowOf } from '../lab/jobs/workflow.ts';
import { TableWriter } from './test-table.ts';

const name = 'icebase:raw01/trips';
const sqlName = 'icebase.raw01.trips';

let writer: TableWriter;
let engine: Engine;
beforeAll(async () => {
  [writer, engine] = await Promise.all([TableWriter.open(), startSparkEngine()]);
});
afterAll(async () => {
  await resetStorage(writer.db);
  writer.close();
  engine.close();
});

/** Two snapshots, of 3 rows and of 5. */
async function seed(): Promise<{ first: string; firstFile: string }> {
  await writer.create(name, 'SELECT 1::BIGINT AS id');
  const first = await writer.append(name, 'SELECT * FROM range(3) AS r(id)');
  const firstFile = (await loadTable(writer.context, name)).pointer.location;
  await writer.append(name, 'SELECT * FROM range(2) AS r(id)');
  return { first, firstFile };
}

interface Ports {
  io: FileIO;
  catalog: Catalog;
}

/** The ports of a reader that waits before its call number `hold`, and what becomes of that. */
function heldPorts(hold: number) {
  const arrived = Promise.withResolvers<'held'>();
  const released = Promise.withResolvers<undefined>();
  let calls = 0;
  const gated =
    <A extends unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (++calls === hold) {
        arrived.resolve('held');
        await released.promise;
      }
      return call(...args);
    };
  const { io, catalog } = writer.context;
  const ports: Ports = {
    io: { ...io, read: gated((path: string) => io.read(path)) },
    catalog: { ...catalog, load: gated((table: string) => catalog.load(table)) },
  };
  return {
    ports,
    calls: () => calls,
    arrived: arrived.promise,
    release: () => released.resolve(undefined),
  };
}

/** What reads the table: answers how many rows it saw, `null` where it does not count them. */
type Reader = (ports: Ports, first: string) => Promise<number | null>;

const query =
  (sql: (first: string) => string): Reader =>
  async ({ io, catalog }, first) => {
    unloadSnapshots(engine, 0);
    const versions = new TableVersions(writer.db, io, catalog);
    const stores = { db: writer.db, io, versions, loadedDatasets: new Map<string, string>() };
    const { rows } = await runQuery(engine, stores, { sql: sql(first) });
    return Number(rows[0]?.n);
  };

/** Runs a job whose only action is this, in the reader's thread; a commit that is refused is no failure. */
const action =
  (text: string, sequence = ''): Reader =>
  async (ports) => {
    unloadSnapshots(engine, 0);
    // A job has an engine of its own.
    engine.execute('DROP VIEW IF EXISTS "0 doomed"');
    const [job] = workflowOf(actionJob('reader', text, sequence)).jobs;
    if (job?.stack.kind !== 'flare') throw new Error('no job');
    const context: JobContext = {
      job: 'reader',
      protocol: 'queued',
      db: writer.db,
      ports: { ...writer.context, ...ports },
      gate: () => Promise.resolve(),
      warn: () => undefined,
      engine,
      read: new Map(),
      schemas: new Map(),
    };
    await runFlareJob(context, job.stack, {}, []);
    return null;
  };

const oldSnapshot = query((first) => `SELECT count(*) AS n FROM ${sqlName} VERSION AS OF ${first}`);

const readers: Record<string, Reader> = {
  'a query': query(() => `SELECT count(*) AS n FROM ${sqlName}`),
  'a query of an old snapshot': oldSnapshot,
  'a query of the live files': query(
    () => `SELECT sum(record_count) AS n FROM ${sqlName}.files WHERE content = 0`,
  ),
  'an export': async (ports) => {
    await exportTable(ports, name, 's3://b/t', () => Promise.reject(new Error('no deletes')));
    return null;
  },
  'a compaction': action(
    '{ name: rewrite_dataset, input: own, options: { properties: { rewrite-all: "true" } } }',
  ),
  'a delete': action('{ name: delete_from_dataset, input: own, deleteWhere: "target.id = 1" }'),
  'a job that reads its input': action(
    '{ name: delete_from_dataset, input: own, deleteWhere: "target.id IN (SELECT id FROM doomed)" }',
    '{ name: doomed, sql: "SELECT max(id) AS id FROM own" }',
  ),
};

const sweep = () =>
  removeOrphans(writer.context, name, {
    olderThan: Infinity,
    inFlight: filesInFlight,
    leased: () => leasedSnapshots(name),
  });

/** What deletes files of the table: all that is told to keep none of what it finds. */
type Remover = (first: { firstFile: string }) => Promise<void>;

const removers: Record<string, Remover> = {
  'an overwrite, expire_snapshots and remove_orphans': async () => {
    const { context } = writer;
    await writer.change(name, 'SELECT * FROM range(7) AS r(id)', (add, table) =>
      overwriteFiles(table, { filter: alwaysTrue, add }),
    );
    const expiry = expireSnapshots({
      olderThan: Date.now() + 1000,
      withExclusive: (id, work) => withExclusiveSnapshot(name, id, work),
    });
    const result = await commit(context, await loadTable(context, name), expiry, {
      protocol: 'queued',
    });
    expect(result.outcome).toBe('committed');
    await sweep();
  },
  'commits that delete old metadata files': async () => {
    const { context } = writer;
    for (const number of [1, 2, 3]) {
      const change = updateProperties({
        'write.metadata.delete-after-commit.enabled': 'true',
        'write.metadata.previous-versions-max': '1',
        number: String(number),
      });
      await commit(context, await loadTable(context, name), change, { protocol: 'queued' });
    }
  },
  'a set-back and remove_orphans': async ({ firstFile }) => {
    const drop = (table: string) => dropPointer(writer.db, table);
    const ports = { ...writer.context, deletions: deletionQueue, drop };
    await setBack(ports, [{ table: name, location: firstFile }]);
    await sweep();
  },
  'a drop': async () => {
    const { metadata } = await loadTable(writer.context, name);
    await dropTable({ db: writer.db, io: writer.context.io }, name, metadata.location).catch(
      (thrown: unknown) => expect(IcejamError.from(thrown).message).toMatch(/is in use/),
    );
  },
};

/** What a reader may be told instead of rows: that what it asked for is not there any more. */
const fairWords =
  /^(Table does not exist: |\[TABLE_OR_VIEW_NOT_FOUND\] |(\[ANALYSIS_ERROR\] )?Cannot find snapshot )/;

/** Reads while a remover runs before the reader's call number `hold`; answers how many calls it made at least. */
async function race(reader: Reader, remover: Remover, hold: number): Promise<number> {
  await resetStorage(writer.db);
  const seeded = await seed();
  const held = heldPorts(hold);
  const reading = reader(held.ports, seeded.first).catch((thrown: unknown) => {
    expect(IcejamError.from(thrown).message, `held at call ${hold}`).toMatch(fairWords);
    return null;
  });
  const isHeld = await Promise.race([held.arrived, reading.then(() => null)]);
  if (isHeld === 'held') await remover(seeded);
  held.release();
  const rows = await reading;
  if (rows !== null) expect([3, 5, 7], `held at call ${hold}`).toContain(rows);
  return held.calls();
}

describe.each(Object.entries(removers))('%s takes no file from under', (kind, remover) => {
  it.each(Object.entries(readers))('%s, whenever it comes', async (_name, reader) => {
    const calls = await race(reader, remover, Infinity);
    expect(calls).toBeGreaterThan(5);
    // A drop waits a second for readers.
    const early = kind === 'a drop' ? [2, 4] : [1, 2, 3, 4, Math.ceil(calls / 2)];
    for (const hold of [...early, calls]) await race(reader, remover, hold);
  });
});

it('a reader of a snapshot that the table has forgotten keeps its files from remove_orphans', async () => {
  await resetStorage(writer.db);
  const { first } = await seed();
  const held = heldPorts(6);
  const reading = oldSnapshot(held.ports, first);
  await held.arrived;
  // As if the reader had come between the expiry's look at the readers and its swap.
  const { context } = writer;
  const expiry = expireSnapshots({ ids: [BigInt(first)] });
  const kept = {
    ...context,
    io: { ...opfsFileIO(), delete: () => Promise.reject(new Error('kept')) },
  };
  await commit(kept, await loadTable(context, name), expiry, { protocol: 'queued' });
  expect((await loadTable(context, name)).metadata.snapshots).toHaveLength(1);
  expect(await sweep()).toEqual([]);
  held.release();
  expect(await reading).toBe(3);
  await expect.poll(async () => (await sweep()).length).toBeGreaterThan(0);
});

describe('what a repair adds again', () => {
  const sweepJob = action(
    '{ name: remove_orphans, input: own, options: { olderThan: "4102444800000" } }',
  );
  const countRows = query(() => `SELECT count(*) AS n FROM ${sqlName}`);

  /** Loses an append of 2 rows to a put of a table of 3 that was loaded earlier. */
  async function loseAppend(): Promise<Repair> {
    await resetStorage(writer.db);
    const { context } = writer;
    await seed();
    const { io } = context;
    const { pointer } = await loadTable(context, name);
    await writer.append(name, 'SELECT * FROM range(2) AS r(id)');
    const head = currentSnapshot((await loadTable(context, name)).metadata);
    const manifests = await new ManifestReader(io).manifests(head);
    const own = manifests.filter((each) => each.added_snapshot_id === head?.['snapshot-id']);
    await context.catalog.put(name, pointer.location);
    await writer.change(name, 'SELECT 1::BIGINT AS id', (files) => append(files), 'unsafe');
    return {
      table: name,
      base: pointer.location,
      manifests: own.map((each) => each.manifest_path),
    };
  }

  /** A call that waits until it is released. */
  function gate() {
    const arrived = Promise.withResolvers<undefined>();
    const released = Promise.withResolvers<undefined>();
    const pass = <A extends unknown[], T>(call: (...args: A) => Promise<T>) => {
      return async (...args: A): Promise<T> => {
        arrived.resolve(undefined);
        await released.promise;
        return call(...args);
      };
    };
    return { pass, arrived: arrived.promise, release: () => released.resolve(undefined) };
  }

  /** Resolves when somebody waits for the table's orphans, or `other` has ended. */
  const untilSomebodyWaits = (other: Promise<unknown>) =>
    Promise.race([
      other.catch(() => undefined),
      expect
        .poll(async () => (await navigator.locks.query()).pending?.map(({ name: lock }) => lock))
        .toContain(`icejam:orphans:${name}`),
    ]);

  it('is not deleted by remove_orphans meanwhile', async () => {
    const repair = await loseAppend();
    const { io, catalog } = writer.context;
    const { pass, arrived, release } = gate();
    const held: Catalog = { ...catalog, swap: pass((...args) => catalog.swap(...args)) };
    const repairing = repairTable({ io, catalog: held }, repair);
    await arrived;
    const sweeping = sweepJob({ io, catalog }, '');
    await untilSomebodyWaits(sweeping);
    release();
    await sweeping;
    expect(await repairing).toEqual({ files: 1, rows: 2 });
    expect(await countRows({ io, catalog }, '')).toBe(8);
  });

  it('is missed, and the table left as it is, if remove_orphans was there first', async () => {
    const repair = await loseAppend();
    const { io, catalog } = writer.context;
    const { pass, arrived, release } = gate();
    const sweeping = sweepJob(
      { io: { ...io, delete: pass((path) => io.delete(path)) }, catalog },
      '',
    );
    await arrived;
    const repairing = repairTable({ io, catalog }, repair).catch((thrown: unknown) => thrown);
    await untilSomebodyWaits(repairing);
    release();
    await sweeping;
    expect(await repairing).toMatchObject({
      kind: 'IllegalState',
      message: expect.stringContaining('is not in the warehouse any more') as string,
    });
    expect(await countRows({ io, catalog }, '')).toBe(6);
  });
});

it.each(['a job', 'the app'])(
  'a drop by %s waits for whoever deletes files of the table or makes it refer to them again',
  async (who) => {
    await resetStorage(writer.db);
    await seed();
    const { db, context } = writer;
    const { metadata } = await loadTable(context, name);
    const released = Promise.withResolvers<undefined>();
    const holding = deletionQueue.run(name, () => released.promise);
    const dropping =
      who === 'a job'
        ? dropByJob({ db, ports: context }, name, { purge: true })
        : dropTable({ db, io: context.io }, name, metadata.location);
    await expect
      .poll(async () => (await navigator.locks.query()).pending?.map(({ name: lock }) => lock))
      .toContain(`icejam:orphans:${name}`);
    expect(await context.catalog.load(name)).not.toBeNull();
    released.resolve(undefined);
    await Promise.all([holding, dropping]);
    expect(await context.catalog.load(name)).toBeNull();
  },
);
