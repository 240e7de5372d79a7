import { DeleteIndex } from './delete-index.ts';
import { hasLiveFiles, isLive, ManifestReader } from './manifest-reader.ts';
import type { ManifestEntry } from './manifest-types.ts';
import type { FileIO } from './ports.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';

/** A data file to read together with the delete files that apply to it. */
export interface FileScanTask {
  file: ManifestEntry;
  deletes: ManifestEntry[];
}

/** The live files of a snapshot, data and delete files apart. */
export interface LiveFiles {
  data: ManifestEntry[];
  deletes: ManifestEntry[];
}

/**
 * What a reader of a snapshot must read: every live data file with its delete files; nothing for `null`.
 * A scan that holds on to one `metadata` sees one snapshot, whatever is committed meanwhile.
 */
export async function planFiles(
  io: FileIO,
  metadata: TableMetadata,
  snapshot: Snapshot | null,
): Promise<FileScanTask[]> {
  const { data, deletes } = await liveFiles(new ManifestReader(io), metadata, snapshot);
  const index = new DeleteIndex(deletes, metadata);
  return data.map((file) => ({ file, deletes: index.forDataFile(file, file.sequence_number) }));
}

/** The live files of a snapshot; none for `null`. */
export async function liveFiles(
  reader: ManifestReader,
  metadata: TableMetadata,
  snapshot: Snapshot | null,
): Promise<LiveFiles> {
  const manifests = (await reader.manifests(snapshot)).filter(hasLiveFiles);
  const entriesOf = async (content: 0 | 1) => {
    const wanted = manifests.filter((manifest) => manifest.content === content);
    return (await reader.allEntries(metadata, wanted)).filter(isLive);
  };
  const [data, deletes] = await Promise.all([entriesOf(0), entriesOf(1)]);
  return { data, deletes };
}
