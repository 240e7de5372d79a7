import { readManifestList } from './manifest-list.ts';
import { readManifest } from './manifest.ts';
import { status, type ManifestEntry, type ManifestFile } from './manifest-types.ts';
import type { FileIO } from './ports.ts';
import { specById } from './table.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';

/** Reads manifest lists and manifests, each at most once: they never change once they are written. */
export class ManifestReader {
  readonly #io: FileIO;
  readonly #lists = new Map<string, Promise<ManifestFile[]>>();
  readonly #entries = new Map<string, Promise<ManifestEntry[]>>();

  constructor(io: FileIO) {
    this.#io = io;
  }

  /** The manifests of a snapshot, in the order of its list; none for `null`. */
  manifests(snapshot: Snapshot | null): Promise<ManifestFile[]> {
    if (snapshot === null) return Promise.resolve([]);
    const path = snapshot['manifest-list'];
    return remember(this.#lists, path, async () =>
      readManifestList(await this.#io.read(path), path),
    );
  }

  /** All entries of a manifest, the deleted ones included. */
  entries(metadata: TableMetadata, manifest: ManifestFile): Promise<ManifestEntry[]> {
    return remember(this.#entries, manifestKey(manifest), async () => {
      const spec = specById(metadata, manifest.partition_spec_id);
      return readManifest(await this.#io.read(manifest.manifest_path), manifest, spec);
    });
  }

  /** The entries of all these manifests, in their order. */
  async allEntries(
    metadata: TableMetadata,
    manifests: readonly ManifestFile[],
  ): Promise<ManifestEntry[]> {
    const read = await Promise.all(manifests.map((manifest) => this.entries(metadata, manifest)));
    return read.flat();
  }
}

function remember<T>(
  cache: Map<string, Promise<T>>,
  key: string,
  read: () => Promise<T>,
): Promise<T> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const fresh = read();
  cache.set(key, fresh);
  fresh.catch(() => cache.delete(key));
  return fresh;
}

/**
 * What a manifest's entries depend on: its path, and the sequence number that they inherit, as an inner snapshot of a
 * transaction gets a new one on each attempt.
 */
export function manifestKey(manifest: ManifestFile): string {
  return `${manifest.manifest_path}@${manifest.sequence_number}`;
}

/** Whether an entry's file is part of its snapshot. */
export function isLive(entry: ManifestEntry): boolean {
  return entry.status !== status.deleted;
}

/** Whether a manifest holds a file that is part of its snapshot; true where an old list leaves the counts out. */
export function hasLiveFiles(manifest: ManifestFile): boolean {
  return manifest.added_files_count !== 0 || manifest.existing_files_count !== 0;
}
