import { IcejamError } from '../error.ts';
import type { CommitContext } from './context.ts';
import type { OwnFiles } from './own-files.ts';
import type { SwapResult, TableName } from './ports.ts';
import type { Protocol, StopDetail } from './stop.ts';
import { compressesMetadata, metadataFolder, summarizeBase, type Table } from './table.ts';
import {
  metadataFileName,
  metadataVersion,
  serializeTableMetadata,
} from './table-metadata-file.ts';
import type { TableMetadata } from './table-metadata.ts';

type Stop = (detail: StopDetail) => Promise<void>;

/**
 * Writes the successor of a base (`null`: the first one) as `NNNNN-<uuid>.metadata.json` and returns its path.
 * A name is never used twice, so that a pointer that goes back and forth never meets another file of that name.
 */
export async function writeMetadata(
  { random }: Pick<CommitContext, 'random'>,
  files: OwnFiles,
  base: Table | null,
  metadata: TableMetadata,
  stop: Stop,
): Promise<string> {
  const gzip = compressesMetadata(metadata.properties);
  const version = base === null ? 0 : metadataVersion(base.pointer.location) + 1;
  const path = `${metadataFolder(metadata)}/${metadataFileName(version, random.uuid(), gzip)}`;
  const bytes = await serializeTableMetadata(metadata, { gzip });
  await files.create(path, bytes);
  await stop({ stop: 'metadata-written', file: { path, bytes: bytes.byteLength } });
  return path;
}

/**
 * Moves the table's pointer from a base (`null`: no table) to `location`; under `unsafe` without comparing.
 * Throws `CommitStateUnknown` for every failure of the catalog but `StorageFull`, after which nothing has moved.
 */
export async function swapMetadata(
  { catalog }: Pick<CommitContext, 'catalog'>,
  name: TableName,
  base: Table | null,
  location: string,
  protocol: Protocol,
  stop: Stop,
): Promise<SwapResult> {
  await stop({ stop: 'before-swap', expected: summarizeBase(base), next: location });
  try {
    if (protocol === 'unsafe') return { won: true, pointer: await catalog.put(name, location) };
    const result = await catalog.swap(name, base?.pointer ?? null, location);
    // A swap that was sent twice finds its own work the second time.
    if (!result.won && result.found?.location === location) {
      return { won: true, pointer: result.found };
    }
    return result;
  } catch (cause) {
    if (cause instanceof IcejamError && cause.kind === 'StorageFull') throw cause;
    throw new IcejamError('CommitStateUnknown', unknownText(cause), {
      context: { table: name, location },
      remedy: 'Load the table and look for the snapshot before running the job again.',
      cause,
    });
  }
}

/** Java's CommitStateUnknownException: the cause, then what it means. */
function unknownText(cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return `${reason}
Cannot determine whether the commit was successful or not, the underlying data files may or may not be needed. Manual intervention via the Remove Orphan Files Action can remove these files when a connection to the Catalog can be re-established if the commit was actually unsuccessful.
Please check to see whether or not your commit was successful before retrying this commit. Retrying an already successful operation will result in duplicate records or unintentional modifications.
At this time no files will be deleted including possibly unused manifest lists.`;
}
