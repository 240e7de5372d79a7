import { afterAll, describe, expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { commit } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import type { Stop } from '../../src/iceberg/stop.ts';
import { currentSnapshot, loadTable, type Table } from '../../src/iceberg/table.ts';
import { planFiles } from '../../src/iceberg/scan.ts';
import { referencedFiles } from '../../src/race/explorer/files.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { filesInFlight } from '../../src/storage/in-flight.ts';
import { jobLockName, whenLockReleased } from '../../src/storage/locks.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import { resetStorage } from '../../src/storage/reset.ts';
import { everyOperation, seedTable, writeDataFile } from '../iceberg/every-operation.ts';
import { openContext, type CrashCommand, type CrashMessage } from './crash-plan.ts';

afterAll(async () => resetStorage(await openDatabase()));

/** A job's worker on a table. */
class CrashWorker {
  readonly #worker = new Worker(new URL('./crash.worker.ts', import.meta.url), { type: 'module' });
  readonly #table: string;

  constructor(table: string) {
    this.#table = table;
  }

  /** What the worker says first: it stands at its stop, or has ended without coming there. */
  async run(operation: string, killAt: Stop | null): Promise<CrashMessage> {
    const command: CrashCommand = { table: this.#table, operation, killAt };
    return this.tell(command);
  }

  /** Sends a message and waits for the next that comes back. */
  tell(message: unknown): Promise<CrashMessage> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<CrashMessage>) => resolve(data);
      this.#worker.onerror = ({ message: text }) => reject(new Error(text));
      this.#worker.postMessage(message);
    });
  }

  async kill(): Promise<void> {
    this.#worker.terminate();
    await whenLockReleased(jobLockName('crash', this.#table));
  }
}

/** A table of {@link seedTable}. */
async function seededTable(name: string): Promise<{ context: CommitContext; table: Table }> {
  const context = await openContext(opfsFileIO());
  const location = `opfs:///warehouse/${name.replace(':', '/')}`;
  return { context, table: await seedTable(context, name, location) };
}

const liveFiles = async (context: CommitContext, table: Table) => {
  const tasks = await planFiles(context.io, table.metadata, currentSnapshot(table.metadata));
  return tasks.map(({ file }) => file.data_file);
};

const pathsOf = async ({ io }: CommitContext, { metadata }: Table) =>
  (await io.list(`${metadata.location}/`)).map(({ path }) => path).sort();

/** Removes orphans of whatever age, unless a living worker claims them. */
const sweep = (context: CommitContext, name: string, options: { dryRun?: boolean } = {}) =>
  removeOrphans(context, name, { olderThan: Infinity, inFlight: filesInFlight, ...options });

/** What must hold once nobody works on the table: see the names of the tests. */
async function expectSound(context: CommitContext, table: Table) {
  const { name } = table;
  const sizes = new Map(
    (await context.io.list(`${table.metadata.location}/`)).map(({ path, bytes }) => [path, bytes]),
  );
  for (const file of await liveFiles(context, table)) {
    expect(sizes.get(file.file_path)).toBe(file.file_size_in_bytes);
  }
  const needed = await referencedFiles(new ManifestReader(context.io), table);
  const present = await pathsOf(context, table);
  expect(present).toEqual(expect.arrayContaining([...needed]));
  const orphans = present.filter((path) => !needed.has(path));
  expect((await sweep(context, name, { dryRun: true })).sort()).toEqual(orphans);

  const own = await writeDataFile(context, table, 'c');
  const change = append([own]);
  const result = await commit(context, table, change, { protocol: 'optimistic' });
  expect(result).toMatchObject({ outcome: 'committed', attempts: 1 });

  expect((await sweep(context, name)).sort()).toEqual(orphans);
  const after = await loadTable(context, name);
  expect(await pathsOf(context, after)).toEqual(
    [...(await referencedFiles(new ManifestReader(context.io), after))].sort(),
  );
}

describe('a job that is killed leaves a table that reads, is written on at once, and lets go of every byte', () => {
  it.each(Object.keys(everyOperation))('%s, at every stop', async (operation) => {
    const context = await openContext(opfsFileIO());
    const start = async (killAt: Stop | null) => {
      const name = `crash:${operation.replaceAll(' ', '_')}/${killAt ?? 'never'}`;
      const worker = new CrashWorker(name);
      const said = await worker.run(operation, killAt);
      await worker.kill();
      return { said, table: await loadTable(context, name) };
    };
    const whole = await start(null);
    const { version } = whole.table.pointer;
    const stops = new Set('stops' in whole.said ? whole.said.stops : []);
    expect([...stops]).toEqual(expect.arrayContaining(['base-read', 'before-swap', 'swap-won']));
    const killAtStop = async (killAt: Stop) => {
      const { said, table } = await start(killAt);
      expect(said).toEqual({ met: killAt });
      const isAcknowledged = killAt === 'swap-won' || killAt === 'cleaned-up';
      expect(table.pointer.version).toBe(isAcknowledged ? version : version - 1);
      await expectSound(context, table);
    };
    await Promise.all([...stops].map(killAtStop));
  });
});

it('nothing of a job that is held is taken for an orphan, by whomever and however old', async () => {
  const name = 'crash:held/t';
  const { context, table } = await seededTable(name);
  const before = await pathsOf(context, table);
  for (const killAt of ['manifests-written', 'before-swap'] as const) {
    const worker = new CrashWorker(name);
    expect(await worker.run('append', killAt)).toEqual({ met: killAt });
    const during = await pathsOf(context, table);
    expect(during.length).toBeGreaterThan(before.length);
    expect(await sweep(context, name)).toEqual([]);
    expect(await pathsOf(context, table)).toEqual(during);
    expect(await worker.tell('go on')).toMatchObject({ ended: 'committed' });
    await worker.kill();
  }
  const after = await loadTable(context, name);
  expect(await liveFiles(context, after)).toHaveLength(4);
  expect(await sweep(context, name)).toEqual([]);
});

it('a file that was being written when its worker was killed is an orphan', async () => {
  const name = 'crash:torn/t';
  const { context, table } = await seededTable(name);
  const folder = `${table.metadata.location}/data`;
  const worker = new Worker(new URL('../storage/storage.worker.ts', import.meta.url), {
    type: 'module',
  });
  await new Promise((resolve) => {
    worker.onmessage = resolve;
    worker.postMessage({ do: 'create-and-stay', path: `${folder}/torn.parquet` });
  });
  worker.terminate();
  await expect.poll(() => sweep(context, name)).toEqual([`${folder}/torn.parquet`]);
  expect(await pathsOf(context, table)).not.toContain(`${folder}/torn.parquet`);
});
