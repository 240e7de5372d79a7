import { IcejamError } from '../error.ts';
import type { CommitContext } from './context.ts';
import { checkGarbageCollection } from './expire-snapshots.ts';
import { forgottenFiles } from './forgotten.ts';
import { ManifestReader } from './manifest-reader.ts';
import { deletePaths } from './own-files.ts';
import type { TableName } from './ports.ts';
import { reachableFiles, reachableWhileThere } from './reachable-files.ts';
import { loadRegistered } from './registered.ts';
import { loadTable, metadataFolder, moveSince, type Table } from './table.ts';

const threeDays = 259_200_000;

/** Which orphans may go. */
export interface OrphanOptions {
  /** Files last written before this moment, epoch ms; by default three days ago, as writers may be at work. */
  olderThan?: number;
  /**
   * Tells which files a running writer may still make part of the table. Asked after the folder is listed and before
   * the table is loaded: who no longer claims a file by then has committed it, or never will.
   */
  inFlight?: () => Promise<(path: string) => boolean>;
  /**
   * The snapshots that readers hold. Asked after the table is loaded: who begins to read later finds that a snapshot is
   * not in the table any more. As long as nobody can tell what one of them needs, nothing is deleted.
   */
  leased?: () => Promise<readonly bigint[]>;
  /** Only files below this folder of the table; by default all below the table's location. */
  location?: string;
  /** Only tells which they are. */
  dryRun?: boolean;
}

/**
 * Deletes the files below a table's location that none of its metadata refers to, nor the registered metadata file, and
 * returns their paths. Throws `Validation` where `gc.enabled` is false, `IllegalArgument` for a location elsewhere, and
 * `NoSuchTable`.
 */
export async function removeOrphans(
  context: CommitContext,
  name: TableName,
  options: OrphanOptions = {},
): Promise<string[]> {
  const { olderThan = context.clock.now() - threeDays, inFlight } = options;
  const before = await loadTable(context, name);
  const folder = folderOf(before, options.location);
  const found = await context.io.list(`${before.metadata.location}/`);
  const isInFlight = (await inFlight?.()) ?? (() => false);
  // Loaded again after the listing: what was committed in between is known to be needed.
  const { metadata, pointer } = await loadTable(context, name);
  checkGarbageCollection(metadata, 'remove orphan files');
  const leased = (await options.leased?.()) ?? [];
  const reader = new ManifestReader(context.io);
  const needed = await reachableFiles(reader, metadata, metadata.snapshots, {
    removed: false,
  }).catch(async (thrown: unknown) => {
    // An expiry deletes meanwhile what only it has made unneeded: the table has moved on then.
    if ((await moveSince(context.catalog, name, pointer, thrown)) !== null) return null;
    throw thrown;
  });
  if (needed === null) return removeOrphans(context, name, options);
  const forgotten = await forgottenFiles(context.io, reader, metadata, leased);
  if (forgotten === null) return [];
  for (const path of forgotten) needed.add(path);
  needed.add(pointer.location).add(`${metadataFolder(metadata)}/version-hint.text`);
  for (const entry of metadata['metadata-log']) needed.add(entry['metadata-file']);
  for (const path of await registeredFiles(context, reader, name)) needed.add(path);
  const orphans = found
    .filter(({ path, modifiedAt }) => modifiedAt < olderThan && !needed.has(path))
    .map(({ path }) => path)
    .filter((path) => path.startsWith(`${folder}/`) && !isInFlight(path));
  return options.dryRun === true ? orphans : deletePaths(context.io, orphans);
}

function folderOf({ name, metadata }: Table, wanted = metadata.location): string {
  const folder = wanted.replace(/\/+$/, '');
  if (folder === metadata.location || folder.startsWith(`${metadata.location}/`)) return folder;
  throw new IcejamError('IllegalArgument', `${wanted} lies outside of ${name}`, {
    context: { table: name },
    remedy: `Name ${metadata.location} or a folder in it, or leave location out.`,
  });
}

/** The registered metadata file and all that it reaches; of snapshots that have expired since, nothing is left. */
async function registeredFiles(
  context: CommitContext,
  reader: ManifestReader,
  name: TableName,
): Promise<Set<string>> {
  const registered = await loadRegistered(context, name);
  if (registered === null) return new Set();
  const { location, metadata } = registered;
  const paths = new Set([location]);
  if (metadata === null) return paths;
  for (const snapshot of metadata.snapshots) {
    for (const path of await reachableWhileThere(reader, metadata, snapshot)) paths.add(path);
  }
  return paths;
}
