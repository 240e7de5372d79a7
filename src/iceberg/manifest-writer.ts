import { manifestCodec } from './avro-codec.ts';
import { writeManifestList } from './manifest-list.ts';
import {
  beginManifest,
  summarizeManifest,
  writeManifest,
  type ManifestOptions,
} from './manifest.ts';
import type { ManifestFile, StoredEntry } from './manifest-types.ts';
import type { OwnFiles } from './own-files.ts';
import { integerProperty } from './property.ts';
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

/** The size in bytes that manifests of a table should have. */
export function targetBytes({ properties }: TableMetadata): number {
  return integerProperty(properties, 'commit.manifest.target-size-bytes', 8_388_608);
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
    const bytes = await writeManifest(this.#options(metadata, specId, content), entries);
    return this.#create(metadata, bytes, { content, specId, entries });
  }

  /**
   * Writes the entries into as many manifests as `commit.manifest.target-size-bytes` asks for: each is closed when it has
   * reached that size. `every`: after how many entries that is looked at.
   */
  async writeManifests(
    metadata: TableMetadata,
    specId: number,
    content: 0 | 1,
    entries: readonly StoredEntry[],
    every: number,
  ): Promise<WrittenManifest[]> {
    const target = targetBytes(metadata);
    const options = this.#options(metadata, specId, content);
    const written: WrittenManifest[] = [];
    let manifest = beginManifest(options);
    let own: StoredEntry[] = [];
    const close = async () => {
      if (own.length === 0) return;
      const bytes = await manifest.finish();
      written.push(await this.#create(metadata, bytes, { content, specId, entries: own }));
      own = [];
    };
    for (const entry of entries) {
      if (own.length > 0 && own.length % every === 0 && manifest.length >= target) {
        await close();
        manifest = beginManifest(options);
      }
      await manifest.add(entry);
      own.push(entry);
    }
    await close();
    return written;
  }

  #options(metadata: TableMetadata, specId: number, content: 0 | 1): ManifestOptions {
    const spec = specById(metadata, specId);
    return {
      schema: schemaOfSpec(metadata, spec),
      spec,
      formatVersion: metadata['format-version'],
      content,
      snapshotId: this.snapshotId,
      codec: manifestCodec(metadata.properties),
    };
  }

  async #create(
    metadata: TableMetadata,
    file: Uint8Array,
    rest: Pick<WrittenManifest, 'content' | 'specId' | 'entries'>,
  ): Promise<WrittenManifest> {
    const path = `${metadataFolder(metadata)}/${this.#uuid}-m${this.#manifests}.avro`;
    this.#manifests += 1;
    await this.#files.create(path, file);
    return { path, bytes: file.byteLength, ...rest };
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
        codec: manifestCodec(metadata.properties),
        ...(firstRowId === undefined ? {} : { firstRowId }),
      },
      manifests,
    );
    await this.#files.create(path, bytes);
    return { path, bytes: bytes.byteLength };
  }
}
