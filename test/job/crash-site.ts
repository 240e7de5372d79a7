import { expect } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { commit } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import type { FileIO } from '../../src/iceberg/ports.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import { planFiles } from '../../src/iceberg/scan.ts';
import { currentSnapshot, loadTable, type Table } from '../../src/iceberg/table.ts';
import { referencedFiles } from '../../src/race/explorer/files.ts';
import { filesInFlight } from '../../src/storage/in-flight.ts';
import { jobLockName, whenLockReleased } from '../../src/storage/locks.ts';
import { writeDataFile } from '../iceberg/every-operation.ts';
import { locationOf, type CrashCommand, type CrashMessage } from './crash-plan.ts';

/** A job's worker on a table. */
export class CrashWorker {
  readonly #worker = new Worker(new URL('./crash.worker.ts', import.meta.url), { type: 'module' });
  readonly #table: string;

  constructor(table: string) {
    this.#table = table;
  }

  /** What the worker says first: it stands where it is to be killed, or has ended without coming there. */
  async run(operation: string, killAt: CrashCommand['killAt']): Promise<CrashMessage> {
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

/** The live data files of a table. */
export async function liveFiles({ io }: CommitContext, { metadata }: Table) {
  const tasks = await planFiles(io, metadata, currentSnapshot(metadata));
  return tasks.map(({ file }) => file.data_file);
}

/** All files below a table's folder, in order. */
export async function pathsOf({ io }: CommitContext, name: string): Promise<string[]> {
  return (await io.list(`${locationOf(name)}/`)).map(({ path }) => path).sort();
}

/** Removes orphans of whatever age, unless a living worker claims them. */
export const sweep = (
  context: CommitContext,
  name: string,
  options: { dryRun?: boolean } = {},
): Promise<string[]> =>
  removeOrphans(context, name, { olderThan: Infinity, inFlight: filesInFlight, ...options });

/** Files never change, so that each is read once; which of them are there, listings tell. */
function readingOnce(io: FileIO): FileIO {
  const read = new Map<string, Promise<Uint8Array>>();
  return {
    ...io,
    read: (path) => {
      const bytes = read.get(path) ?? io.read(path);
      read.set(path, bytes);
      return bytes;
    },
  };
}

/**
 * What must hold once nobody works on the table: it reads, the next writer commits at once, the orphans are told
 * exactly, and removing them frees every byte and nothing else.
 */
export async function expectSound(world: CommitContext, table: Table): Promise<void> {
  const context = { ...world, io: readingOnce(world.io) };
  const { name } = table;
  const sizes = new Map(
    (await context.io.list(`${table.metadata.location}/`)).map(({ path, bytes }) => [path, bytes]),
  );
  for (const file of await liveFiles(context, table)) {
    expect(sizes.get(file.file_path)).toBe(file.file_size_in_bytes);
  }
  const needed = await referencedFiles(new ManifestReader(context.io), table);
  const present = [...sizes.keys()].sort();
  expect(present).toEqual(expect.arrayContaining([...needed]));
  const orphans = present.filter((path) => !needed.has(path));
  expect((await sweep(context, name, { dryRun: true })).sort()).toEqual(orphans);

  const own = await writeDataFile(context, table, 'c');
  const result = await commit(context, table, append([own]), { protocol: 'optimistic' });
  expect(result).toMatchObject({ outcome: 'committed', attempts: 1 });

  expect((await sweep(context, name)).sort()).toEqual(orphans);
  const after = await loadTable(context, name);
  expect(await pathsOf(context, name)).toEqual(
    [...(await referencedFiles(new ManifestReader(context.io), after))].sort(),
  );
}
