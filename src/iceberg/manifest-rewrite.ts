import { IcejamError } from '../error.ts';
import { isLive, manifestKey, type ManifestReader } from './manifest-reader.ts';
import { status, type ManifestEntry, type ManifestFile } from './manifest-types.ts';
import type { ManifestWriter, WrittenManifest } from './manifest-writer.ts';
import type { ChangedFile } from './snapshot-summary.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';

/** How the entries of data manifests are laid out anew. */
export interface ManifestLayout {
  /** Entries of one key share manifests; by default all do. */
  clusterBy?: (file: ChangedFile) => string;
  /** Paths of the manifests to rewrite; by default every data manifest. */
  only?: readonly string[];
}

/**
 * Lays out data manifests anew, up to `commit.manifest.target-size-bytes` each (Java's BaseRewriteManifests). What was
 * written for the same input is used again by a later attempt.
 */
export class ManifestRewriter {
  readonly #layout: ManifestLayout;
  readonly #writer: ManifestWriter;
  readonly #reader: ManifestReader;
  /** What an attempt has laid out, and from which manifests. */
  #done: { from: readonly string[]; written: readonly WrittenManifest[] } | null = null;

  constructor(layout: ManifestLayout, writer: ManifestWriter, reader: ManifestReader) {
    this.#layout = layout;
    this.#writer = writer;
    this.#reader = reader;
  }

  /**
   * The manifests of the new list, the rewritten ones first, and how many entries they hold.
   * Throws `Validation` if the table has no snapshot or one of the manifests to rewrite is not in it.
   */
  async rewrite(
    metadata: TableMetadata,
    head: Snapshot | null,
    sequenceNumber: number,
    manifests: readonly ManifestFile[],
  ): Promise<{ manifests: ManifestFile[]; entries: number }> {
    if (head === null) {
      throw new IcejamError('Validation', 'Cannot rewrite manifests: the table has no snapshot');
    }
    this.#checkFound(head, manifests);
    const { from, written } = await this.#layOut(metadata, manifests);
    const described = written.map((manifest) =>
      this.#writer.describe(metadata, manifest, sequenceNumber),
    );
    return {
      manifests: [
        ...described,
        ...manifests.filter((manifest) => !from.includes(manifestKey(manifest))),
      ],
      entries: written.reduce((sum, manifest) => sum + manifest.entries.length, 0),
    };
  }

  /** Lays out anew only if a manifest is gone that was laid out before: what others have added meanwhile stays as it is. */
  async #layOut(metadata: TableMetadata, manifests: readonly ManifestFile[]) {
    const keys = new Set(manifests.map(manifestKey));
    const done = this.#done;
    if (done !== null && done.from.length > 0 && done.from.every((key) => keys.has(key))) {
      return done;
    }
    const { only } = this.#layout;
    const chosen = manifests.filter(
      ({ content, manifest_path: path }) =>
        content === 0 && (only === undefined || only.includes(path)),
    );
    const written = await this.#write(metadata, chosen);
    this.#done = { from: chosen.map(manifestKey), written };
    return this.#done;
  }

  #checkFound(head: Snapshot, manifests: readonly ManifestFile[]): void {
    const found = new Set(manifests.map((manifest) => manifest.manifest_path));
    for (const path of this.#layout.only ?? []) {
      if (found.has(path)) continue;
      throw new IcejamError(
        'Validation',
        `Deleted manifest ${path} could not be found in the latest snapshot ${head['snapshot-id']}`,
      );
    }
  }

  async #write(
    metadata: TableMetadata,
    chosen: readonly ManifestFile[],
  ): Promise<WrittenManifest[]> {
    const clusters = new Map<string, ManifestEntry[]>();
    const entries = (await this.#reader.allEntries(metadata, chosen)).filter(isLive);
    for (const entry of entries) {
      const key = JSON.stringify([entry.spec_id, this.#layout.clusterBy?.(entry) ?? '']);
      const cluster = clusters.get(key);
      if (cluster === undefined) clusters.set(key, [entry]);
      else cluster.push(entry);
    }
    const written: WrittenManifest[] = [];
    for (const cluster of clusters.values()) {
      const existing = cluster.map((entry) => ({ ...entry, status: status.existing }));
      const specId = cluster[0]?.spec_id ?? 0;
      written.push(...(await this.#writer.writeManifests(metadata, specId, 0, existing, 1)));
    }
    return written;
  }
}
