import { manifestKey, type ManifestReader } from './manifest-reader.ts';
import { status, type ManifestFile, type StoredEntry } from './manifest-types.ts';
import { targetBytes, type ManifestWriter, type WrittenManifest } from './manifest-writer.ts';
import { booleanProperty, integerProperty } from './property.ts';
import type { TableMetadata } from './table-metadata.ts';

/** A manifest on its way into a manifest list. */
export interface ListedManifest {
  file: ManifestFile;
  entries: () => Promise<readonly StoredEntry[]>;
}

/**
 * Merges small manifests of one content as `commit.manifest-merge.enabled`, `commit.manifest.target-size-bytes` and
 * `commit.manifest.min-count-to-merge` of the base say (Java's ManifestMergeManager). Merged manifests are kept by
 * what went into them, so that a later attempt writes only what has changed.
 */
export class ManifestMerger {
  readonly #writer: ManifestWriter;
  readonly #merged = new Map<string, WrittenManifest>();

  constructor(writer: ManifestWriter) {
    this.#writer = writer;
  }

  /** `manifests`: the newest first. The result keeps that order, specs apart. */
  async merge(
    metadata: TableMetadata,
    sequenceNumber: number,
    manifests: readonly ListedManifest[],
  ): Promise<ListedManifest[]> {
    const { properties } = metadata;
    const newest = manifests[0];
    const enabled = booleanProperty(properties, 'commit.manifest-merge.enabled', true);
    if (newest === undefined || !enabled) return [...manifests];
    const target = targetBytes(metadata);
    const minCount = integerProperty(properties, 'commit.manifest.min-count-to-merge', 100);
    const merged: ListedManifest[] = [];
    for (const group of bySpec(manifests)) {
      for (const bin of packFromEnd(group, target)) {
        const tooFew = bin.length < 2 || (bin.includes(newest) && bin.length < minCount);
        if (tooFew) merged.push(...bin);
        else merged.push(await this.#mergeBin(metadata, sequenceNumber, bin));
      }
    }
    return merged;
  }

  async #mergeBin(
    metadata: TableMetadata,
    sequenceNumber: number,
    bin: Bin,
  ): Promise<ListedManifest> {
    const key = bin.map(({ file }) => manifestKey(file)).join('\n');
    const manifest = this.#merged.get(key) ?? (await this.#write(metadata, bin));
    this.#merged.set(key, manifest);
    return listed(this.#writer, metadata, manifest, sequenceNumber);
  }

  async #write(metadata: TableMetadata, bin: Bin): Promise<WrittenManifest> {
    const entries: StoredEntry[] = [];
    for (const { entries: read } of bin) {
      for (const entry of await read()) {
        const own = entry.snapshot_id === this.#writer.snapshotId;
        if (own) entries.push(entry);
        else if (entry.status !== status.deleted) {
          entries.push({ ...entry, status: status.existing });
        }
      }
    }
    const { partition_spec_id: specId, content } = bin[0].file;
    return this.#writer.writeManifest(metadata, specId, content, entries);
  }
}

/** A manifest of ours on its way into the list of a snapshot with that sequence number. */
export function listed(
  writer: ManifestWriter,
  metadata: TableMetadata,
  manifest: WrittenManifest,
  sequenceNumber: number,
): ListedManifest {
  return {
    file: writer.describe(metadata, manifest, sequenceNumber),
    entries: async () => manifest.entries,
  };
}

/** A manifest of the base on its way into the next list. */
export function kept(
  reader: ManifestReader,
  metadata: TableMetadata,
  file: ManifestFile,
): ListedManifest {
  return { file, entries: () => reader.entries(metadata, file) };
}

/** Manifests of one spec to merge into one. */
type Bin = [ListedManifest, ...ListedManifest[]];

/** Groups of one spec each, the newest spec first. */
function bySpec(manifests: readonly ListedManifest[]): ListedManifest[][] {
  const specs = new Set(manifests.map(({ file }) => file.partition_spec_id));
  return [...specs]
    .sort((a, b) => b - a)
    .map((spec) => manifests.filter(({ file }) => file.partition_spec_id === spec));
}

/** Bins of neighbours within the target size, filled from the end so that only the first bin grows with a commit. */
function packFromEnd(manifests: readonly ListedManifest[], target: number): Bin[] {
  const bins: Bin[] = [];
  let bytes = Infinity;
  for (const manifest of manifests.toReversed()) {
    const length = manifest.file.manifest_length;
    const bin = bins[0];
    if (bin !== undefined && bytes + length <= target) {
      bin.unshift(manifest);
      bytes += length;
    } else {
      bins.unshift([manifest]);
      bytes = length;
    }
  }
  return bins;
}
