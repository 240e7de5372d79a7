import type { CommitContext } from './context.ts';
import { checkGarbageCollection } from './expire-snapshots.ts';
import { ManifestReader } from './manifest-reader.ts';
import { deletePaths } from './own-files.ts';
import type { TableName } from './ports.ts';
import { reachableFiles } from './reachable-files.ts';
import { loadTable, metadataFolder } from './table.ts';

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
  /** Only tells which they are. */
  dryRun?: boolean;
}

/**
 * Deletes the files below a table's location that none of its metadata refers to, and returns their paths. Throws
 * `Validation` where `gc.enabled` is false, and `NoSuchTable`.
 */
export async function removeOrphans(
  context: CommitContext,
  name: TableName,
  options: OrphanOptions = {},
): Promise<string[]> {
  const { olderThan = context.clock.now() - threeDays, inFlight } = options;
  const before = await loadTable(context, name);
  const found = await context.io.list(`${before.metadata.location}/`);
  const isInFlight = (await inFlight?.()) ?? (() => false);
  // Loaded again after the listing: what was committed in between is known to be needed.
  const { metadata, pointer } = await loadTable(context, name);
  checkGarbageCollection(metadata, 'remove orphan files');
  const reader = new ManifestReader(context.io);
  const needed = await reachableFiles(reader, metadata, metadata.snapshots, { removed: false });
  needed.add(pointer.location).add(`${metadataFolder(metadata)}/version-hint.text`);
  for (const entry of metadata['metadata-log']) needed.add(entry['metadata-file']);
  const orphans = found
    .filter(({ path, modifiedAt }) => modifiedAt < olderThan && !needed.has(path))
    .map(({ path }) => path)
    .filter((path) => !isInFlight(path));
  return options.dryRun === true ? orphans : deletePaths(context.io, orphans);
}
