import { IcejamError } from '../error.ts';
import { isMetadataFile } from './current-metadata.ts';
import type { ManifestReader } from './manifest-reader.ts';
import type { FileEntry, FileIO } from './ports.ts';
import { reachableWhileThere } from './reachable-files.ts';
import { metadataFolder, snapshotById } from './table.ts';
import { metadataVersion, parseTableMetadata } from './table-metadata-file.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';

/**
 * The files that snapshots reach which the table has forgotten while readers held them. A snapshot of which a file is gone
 * needs none, as files go only while nobody reads it. `null`: what one of them needs is told neither by a metadata file
 * that is left nor by the name of a manifest list.
 */
export async function forgottenFiles(
  io: FileIO,
  reader: ManifestReader,
  metadata: TableMetadata,
  leased: readonly bigint[],
): Promise<ReadonlySet<string> | null> {
  const ids = leased.filter((id) => snapshotById(metadata, id) === undefined);
  if (ids.length === 0) return new Set();
  const present = await io.list(`${metadataFolder(metadata)}/`);
  const versions = await versionsThatKnow(io, ids, present);
  const needed = new Set<string>();
  for (const id of new Set(ids)) {
    const version = versions.get(id);
    const known = version === undefined ? undefined : snapshotById(version, id);
    // A list by its name too, as a metadata file of a lost swap may name another.
    const named = present.filter(({ path }) => path.includes(`/snap-${id}-`));
    const snapshots = [...(known === undefined ? [] : [known]), ...named.map(snapshotOf)];
    if (snapshots.length === 0) return null;
    for (const snapshot of snapshots) {
      const reached = await reachableWhileThere(reader, version ?? metadata, snapshot);
      for (const path of reached) needed.add(path);
    }
  }
  return needed;
}

/** For each snapshot the newest of the metadata files that know it. */
async function versionsThatKnow(
  io: Pick<FileIO, 'read'>,
  ids: readonly bigint[],
  present: readonly FileEntry[],
): Promise<ReadonlyMap<bigint, TableMetadata>> {
  const versions = new Map<bigint, TableMetadata>();
  const files = present
    .filter(({ path }) => isMetadataFile(path))
    .sort(
      (a, b) => b.modifiedAt - a.modifiedAt || metadataVersion(b.path) - metadataVersion(a.path),
    );
  for (const { path } of files) {
    const unknown = ids.filter((id) => !versions.has(id));
    if (unknown.length === 0) break;
    const metadata = await readIfWhole(io, path);
    if (metadata === null) continue;
    for (const id of unknown) {
      if (snapshotById(metadata, id) !== undefined) versions.set(id, metadata);
    }
  }
  return versions;
}

/** What a metadata file says; `null`: it was deleted, or its writer died while writing it. */
export async function readIfWhole(
  io: Pick<FileIO, 'read'>,
  path: string,
): Promise<TableMetadata | null> {
  try {
    return await parseTableMetadata(await io.read(path), path);
  } catch (thrown) {
    if (thrown instanceof IcejamError && (thrown.kind === 'NotFound' || thrown.kind === 'Corrupt'))
      return null;
    throw thrown;
  }
}

/** A snapshot of which only the manifest list is known, as far as its files need it. */
const snapshotOf = ({ path }: FileEntry): Snapshot => ({
  'snapshot-id': 0n,
  'sequence-number': 0,
  'timestamp-ms': 0,
  'manifest-list': path,
  summary: { operation: 'append' },
});
