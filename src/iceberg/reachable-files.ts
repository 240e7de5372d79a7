import { isLive, type ManifestReader } from './manifest-reader.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';

/**
 * The files that these snapshots reach: manifest lists, manifests, data and delete files. `removed` counts in what the
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
  return paths;
}
