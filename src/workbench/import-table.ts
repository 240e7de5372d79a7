import { IcejamError } from '../error.ts';
import { findCurrentMetadata } from '../iceberg/current-metadata.ts';
import type { RewritePositionDeletes } from '../iceberg/file-mover.ts';
import { swapMetadata } from '../iceberg/metadata-swap.ts';
import { deletePaths } from '../iceberg/own-files.ts';
import type { Catalog, FileIO, TableName } from '../iceberg/ports.ts';
import { reroot } from '../iceberg/relocate.ts';
import type { Relocation } from '../iceberg/relocation.ts';
import { holdDropLock } from '../storage/locks.ts';
import type { TableFile } from './api.ts';
import { addressOf } from './relation-name.ts';
import { folderRoot, missingFile, openTableFolder, type TableFolder } from './table-folder.ts';

/** Where a table is adopted. */
interface Storage {
  io: FileIO;
  catalog: Catalog;
}

/**
 * Adopts a table that another engine wrote: its files are copied under the warehouse, the paths in its metadata
 * rewritten, and the catalog points at it. Whatever place the metadata names, a file is found by the end of its path.
 * All snapshots come along. Until the catalog points at the table nothing of it can be seen, and when it is refused
 * nothing of it stays.
 *
 * Throws `AlreadyExists` if the catalog has such a table, `NotFound` for a file that a snapshot needs and that is not
 * there, `CommitStateUnknown`, and what `openTableFolder` and `reroot` throw.
 */
export async function importTable(
  storage: Storage,
  name: TableName,
  files: readonly TableFile[],
  rewritePositionDeletes: RewritePositionDeletes,
): Promise<void> {
  if ((await storage.catalog.load(name)) !== null) throw alreadyExists(name);
  const folder = await openTableFolder(files);
  const { depot, collection, dataset } = addressOf(name);
  const location = `opfs:///warehouse/${depot}/${collection}/${dataset}`;
  const metadata = await findCurrentMetadata(folder.io, folderRoot, folder.paths);
  const relocation = await reroot(folder.io, {
    root: folderRoot,
    files: folder.paths,
    // The folder was found by its metadata files.
    metadata: metadata ?? '',
    location,
    rewritePositionDeletes,
  }).catch((thrown: unknown) => {
    throw asGiven(thrown);
  });
  const present = new Set(folder.paths);
  const missing = relocation.copied.find(({ path }) => !present.has(path));
  if (missing !== undefined) throw missingFile(missing.path);

  // One import of a name at a time, in all tabs: another one must not take these files for leavings.
  const release = await holdDropLock(name);
  try {
    await adopt(storage, name, location, folder, relocation);
  } finally {
    release();
  }
}

async function adopt(
  { io, catalog }: Storage,
  name: TableName,
  location: string,
  folder: TableFolder,
  relocation: Relocation,
): Promise<void> {
  if ((await catalog.load(name)) !== null) throw alreadyExists(name);
  const written: string[] = [];
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    // An import that was cut off left files of these very names, which no table refers to.
    await io.delete(`${location}/${path}`);
    written.push(`${location}/${path}`);
    await io.create(`${location}/${path}`, bytes);
  };
  try {
    for (const { path, source } of relocation.copied)
      await write(path, await folder.io.read(source));
    for (const { path, bytes } of relocation.written) await write(path, bytes);
    const current = `${location}/${relocation.metadata}`;
    const held = () => Promise.resolve();
    const swap = await swapMetadata({ catalog }, name, null, current, 'optimistic', held);
    if (!swap.won) throw alreadyExists(name);
  } catch (thrown) {
    const isUnknown = thrown instanceof IcejamError && thrown.kind === 'CommitStateUnknown';
    if (!isUnknown) await deletePaths(io, written);
    throw thrown;
  }
}

/** The error of a damaged file, called as it was given. */
function asGiven(thrown: unknown): unknown {
  if (!(thrown instanceof IcejamError) || thrown.kind !== 'Corrupt') return thrown;
  return new IcejamError('Corrupt', thrown.message.replaceAll(`${folderRoot}/`, ''), {
    context: thrown.context,
    remedy: thrown.remedy ?? 'This file is damaged: copy the table anew from where it came.',
    cause: thrown,
  });
}

function alreadyExists(table: TableName): IcejamError {
  return new IcejamError('AlreadyExists', `Table already exists: ${table}`, {
    context: { table },
    remedy: 'Import it under another name, or start over with an empty warehouse.',
  });
}
