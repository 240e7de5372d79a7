import { writeManifestList } from './manifest-list.ts';
import { summarizeManifest, writeManifest } from './manifest.ts';
import type { ManifestFile, StoredEntry } from './manifest-types.ts';
import type { OwnFiles } from './own-files.ts';
import { metadataFolder, schemaOfSpec, specById } from './table.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';

/** A manifest that this commit wrote. Entries that it added hold no sequence numbers, so every attempt can use it. */
export interface WrittenManifest {
  path: string;
  bytes: number;
  content: 0 | 1;
  specId: number;
  entries: readonly StoredEntry[];
}

/** What a manifest list is made of. */
export interface ListContent {
  parent: Snapshot | null;
  sequenceNumber: number;
  manifests: readonly ManifestFile[];
  /** v3: the snapshot's first row id. */
  firstRowId: number | undefined;
}

/** Writes the manifests and manifest lists of one snapshot, which all carry the commit's uuid in their names. */
export class ManifestWriter {
  readonly snapshotId: bigint;
  readonly #files: OwnFiles;
  readonly #uuid: string;
  #manifests = 0;
  #lists = 0;

  constructor(files: OwnFiles, uuid: string, snapshotId: bigint) {
    this.#files = files;
    this.#uuid = uuid;
    this.snapshotId = snapshotId;
  }

  /** Writes `<commit uuid>-m<N>.avro`. The entries all belong to the spec and the content. */
  async writeManifest(
    metadata: TableMetadata,
    specId: number,
    content: 0 | 1,
    entries: readonly StoredEntry[],
  ): Promise<WrittenManifest> {
    const path = `${metadataFolder(metadata)}/${this.#uuid}-m${this.#manifests}.avro`;
    this.#manifests += 1;
    const spec = specById(metadata, specId);
    const bytes = await writeManifest(
      {
        schema: schemaOfSpec(metadata, spec),
        spec,
        formatVersion: metadata['format-version'],
        content,
        snapshotId: this.snapshotId,
      },
      entries,
    );
    await this.#files.create(path, bytes);
    return { path, bytes: bytes.byteLength, content, specId, entries };
  }

  /** The record of one of our manifests in the list of a snapshot with that sequence number. */
  describe(
    metadata: TableMetadata,
    manifest: WrittenManifest,
    sequenceNumber: number,
  ): ManifestFile {
    const spec = specById(metadata, manifest.specId);
    return summarizeManifest(manifest.entries, spec, schemaOfSpec(metadata, spec), {
      path: manifest.path,
      length: manifest.bytes,
      content: manifest.content,
      snapshotId: this.snapshotId,
      sequenceNumber,
    });
  }

  /** Writes `snap-<snapshot id>-<attempt>-<commit uuid>.avro`, under a new name on each attempt. */
  async writeList(
    metadata: TableMetadata,
    { parent, sequenceNumber, manifests, firstRowId }: ListContent,
  ): Promise<{ path: string; bytes: number }> {
    this.#lists += 1;
    const name = `snap-${this.snapshotId}-${this.#lists}-${this.#uuid}.avro`;
    const path = `${metadataFolder(metadata)}/${name}`;
    const bytes = await writeManifestList(
      {
        snapshotId: this.snapshotId,
        parentSnapshotId: parent?.['snapshot-id'] ?? null,
        sequenceNumber,
        formatVersion: metadata['format-version'],
        ...(firstRowId === undefined ? {} : { firstRowId }),
      },
      manifests,
    );
    await this.#files.create(path, bytes);
    return { path, bytes: bytes.byteLength };
  }
}
