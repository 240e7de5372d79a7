import { IcejamError } from '../error.ts';
import { isLive, type ManifestReader } from './manifest-reader.ts';
import { dataFolder, metadataFolder, type Table } from './table.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';

/**
 * The files that these snapshots reach: manifest lists, manifests, data, delete and statistics files. `removed` counts in what the
 * snapshots themselves removed.
 */
export async function reachableFiles(
  reader: ManifestReader,
  metadata: TableMetadata,
  snapshots: readonly Snapshot[],
  { removed }: { removed: boolean },
): Promise<Set<string>> {
  const paths = new Set<string>();
  for (const snapshot of snapshots) {
    paths.add(snapshot['manifest-list']);
    const manifests = await reader.manifests(snapshot);
    for (const manifest of manifests) paths.add(manifest.manifest_path);
    for (const entry of await reader.allEntries(metadata, manifests)) {
      if (removed || isLive(entry)) paths.add(entry.data_file.file_path);
    }
  }
  const ids = new Set(snapshots.map((snapshot) => snapshot['snapshot-id']));
  for (const file of [...metadata.statistics, ...metadata['partition-statistics']]) {
    const { 'snapshot-id': id, 'statistics-path': path } = file as {
      'snapshot-id': bigint | number;
      'statistics-path': string;
    };
    if (ids.has(BigInt(id))) paths.add(path);
  }
  return paths;
}

/** The files that a snapshot reaches; none if it has expired and one on the way is gone. Throws `Corrupt`. */
export async function reachableWhileThere(
  reader: ManifestReader,
  metadata: TableMetadata,
  snapshot: Snapshot,
): Promise<ReadonlySet<string>> {
  try {
    return await reachableFiles(reader, metadata, [snapshot], { removed: false });
  } catch (thrown) {
    if (thrown instanceof IcejamError && thrown.kind === 'NotFound') return new Set();
    throw thrown;
  }
}

/**
 * The files of a table that lie outside of its location, where `write.data.path` or `write.metadata.path` sends them; of
 * snapshots that have expired meanwhile, none. Throws `Corrupt`.
 */
export async function filesElsewhere(
  reader: ManifestReader,
  { metadata, pointer }: Table,
): Promise<string[]> {
  const isElsewhere = (path: string) => !path.startsWith(`${metadata.location}/`);
  if (![dataFolder(metadata), metadataFolder(metadata)].some((path) => isElsewhere(`${path}/`))) {
    return [];
  }
  const paths = new Set([
    pointer.location,
    ...metadata['metadata-log'].map((entry) => entry['metadata-file']),
  ]);
  for (const snapshot of metadata.snapshots) {
    for (const path of await reachableWhileThere(reader, metadata, snapshot)) paths.add(path);
  }
  return [...paths].filter(isElsewhere);
}

/**
 * Those of some paths that a version of a table refers to: with its snapshots, or with its logs, whether they are there
 * or not. Reads manifests only if what the metadata file itself names does not settle it. Throws `Corrupt`.
 */
export async function reachedAmong(
  reader: ManifestReader,
  { pointer, metadata }: Table,
  paths: readonly string[],
): Promise<string[]> {
  const reached = new Set([
    pointer.location,
    ...metadata['metadata-log'].map((entry) => entry['metadata-file']),
    ...metadata.snapshots.map((snapshot) => snapshot['manifest-list']),
  ]);
  // Each commit's metadata and manifest list have names of their own, so that no manifest names them.
  const isSettled = (path: string) => /\.metadata\.json$|\/snap-[^/]*\.avro$/.test(path);
  if (!paths.every(isSettled)) {
    for (const snapshot of metadata.snapshots) {
      for (const manifest of await reader.manifests(snapshot).catch(noneIfGone)) {
        reached.add(manifest.manifest_path);
        const entries = await reader.entries(metadata, manifest).catch(noneIfGone);
        for (const entry of entries.filter(isLive)) reached.add(entry.data_file.file_path);
      }
    }
  }
  return paths.filter((path) => reached.has(path));
}

function noneIfGone(thrown: unknown): never[] {
  if (thrown instanceof IcejamError && thrown.kind === 'NotFound') return [];
  throw thrown;
}
