import { ManifestReader } from '../../iceberg/manifest-reader.ts';
import type { FileIO } from '../../iceberg/ports.ts';
import { reachableFiles } from '../../iceberg/reachable-files.ts';
import type { Table } from '../../iceberg/table.ts';
import { parseTableMetadata } from '../../iceberg/table-metadata-file.ts';
import type { Snapshot } from '../../iceberg/table-metadata.ts';

/** What a table has forgotten by expiries, told by its earlier versions and by files that were deleted meanwhile. */
export class Past {
  readonly #archive: FileIO;
  readonly #reader: ManifestReader;
  /** By metadata file. */
  readonly #snapshots = new Map<string, readonly Snapshot[]>();

  /** `archive` has the files that were deleted as well. */
  constructor(archive: FileIO) {
    this.#archive = archive;
    this.#reader = new ManifestReader(archive);
  }

  /** The files that the forgotten snapshots reach, what they themselves removed included. */
  async forgottenFiles(table: Table): Promise<ReadonlySet<string>> {
    const snapshots = await this.#forgotten(table);
    return reachableFiles(this.#reader, table.metadata, snapshots, { removed: true });
  }

  async #forgotten({ metadata }: Table): Promise<Snapshot[]> {
    const known = new Set(metadata.snapshots.map((snapshot) => snapshot['snapshot-id']));
    const forgotten = new Map<bigint, Snapshot>();
    for (const { 'metadata-file': file } of metadata['metadata-log']) {
      for (const snapshot of await this.#snapshotsOf(file)) {
        if (!known.has(snapshot['snapshot-id'])) forgotten.set(snapshot['snapshot-id'], snapshot);
      }
    }
    return [...forgotten.values()];
  }

  async #snapshotsOf(file: string): Promise<readonly Snapshot[]> {
    const known = this.#snapshots.get(file);
    if (known !== undefined) return known;
    const { snapshots } = await parseTableMetadata(await this.#archive.read(file), file);
    this.#snapshots.set(file, snapshots);
    return snapshots;
  }
}
