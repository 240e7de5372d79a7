import { IcejamError } from '../error.ts';
import { isLive, type ManifestReader } from './manifest-reader.ts';
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
