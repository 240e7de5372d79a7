import { IcejamError } from '../error.ts';
import { readManifestList, writeManifestList } from './manifest-list.ts';
import { openManifest, writeManifest } from './manifest.ts';
import {
  content,
  status,
  type DataFile,
  type ManifestFile,
  type StoredEntry,
} from './manifest-types.ts';
import type { FileIO } from './ports.ts';
import { readPuffinFooter, replacePuffinFooter } from './puffin.ts';
import { ResizedFiles } from './resized-files.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';

/** A file of a relocated table that has to be written. `path` is relative to the table's new location. */
export interface WrittenFile {
  path: string;
  bytes: Uint8Array;
}

/** A file that is copied as it is, from the absolute path `source`. */
export interface CopiedFile {
  path: string;
  source: string;
}

/** A position delete file after its rewriting: its bytes, and what its footer says of them (spec, `data_file`). */
export interface RewrittenDeletes {
  bytes: Uint8Array;
  columnSizes: Map<number, number>;
  splitOffsets: number[];
}

/**
 * Rewrites a position delete file, whose rows name data files by path: takes the file and a function from an old to
 * a new path, and answers the new file.
 */
export type RewritePositionDeletes = (
  bytes: Uint8Array,
  path: string,
  move: (path: string) => string,
) => Promise<RewrittenDeletes>;

/** Where a table is and where it goes. */
export interface Move {
  /** The folder that the table's files really are in, without a slash at the end. */
  root: string;
  /** The new location, without a slash at the end. */
  location: string;
  /** The path relative to the root of a file that the metadata names. */
  placeOf: (path: string) => string;
  /** Needed if the table has position delete files; the engine has it. */
  rewritePositionDeletes?: RewritePositionDeletes;
}

/** The field ids of the columns of a position delete file that hold paths (spec, "Reserved Field IDs"). */
const deleteFilePathId = 2_147_483_546;

const utf8 = new TextEncoder();

/** Moves the files that the metadata names, each once however many snapshots share it. */
export class FileMover {
  /** By path relative to the root. */
  readonly written = new Map<string, WrittenFile>();
  readonly copied = new Set<string>();
  readonly #resized = new ResizedFiles();
  /** What else changes of an entry's file when its bytes do, by path relative to the root. */
  readonly #footers = new Map<string, Pick<DataFile, 'column_sizes' | 'split_offsets'>>();
  /** The entries of each moved manifest of deletes, by path relative to the root. */
  readonly #deletes = new Map<string, StoredEntry[]>();
  /** By snapshot id. */
  readonly #summaries = new Map<bigint, Snapshot['summary']>();
  readonly #io: Pick<FileIO, 'read'>;
  readonly #options: Move;

  constructor(io: Pick<FileIO, 'read'>, options: Move) {
    this.#io = io;
    this.#options = options;
  }

  /** The new path of a file that the metadata names. */
  move(path: string): string {
    return `${this.#options.location}/${this.#options.placeOf(path)}`;
  }

  /** A snapshot's summary, its sizes as they are after {@link moveSnapshot}. */
  summaryOf(snapshot: Snapshot): Snapshot['summary'] {
    return this.#summaries.get(snapshot['snapshot-id']) ?? snapshot.summary;
  }

  /** Moves a snapshot's manifest list, manifests and files. Older snapshots come first: a later one deletes their files. */
  async moveSnapshot(snapshot: Snapshot, metadata: TableMetadata): Promise<void> {
    const path = this.#options.placeOf(snapshot['manifest-list']);
    const source = this.#source(path);
    const manifests: ManifestFile[] = [];
    const deletes: StoredEntry[] = [];
    for (const manifest of await readManifestList(await this.#io.read(source), source)) {
      manifests.push(await this.#moveManifest(manifest));
      deletes.push(...(this.#deletes.get(this.#options.placeOf(manifest.manifest_path)) ?? []));
    }
    this.#summaries.set(snapshot['snapshot-id'], this.#resized.summaryOf(snapshot, deletes));
    const firstRowId = snapshot['first-row-id'];
    const bytes = await writeManifestList(
      {
        snapshotId: snapshot['snapshot-id'],
        parentSnapshotId: snapshot['parent-snapshot-id'] ?? null,
        sequenceNumber: snapshot['sequence-number'],
        formatVersion: listVersion(snapshot, metadata),
        ...(firstRowId !== undefined && { firstRowId }),
      },
      manifests,
    );
    this.written.set(path, { path, bytes });
  }

  /** Statistics files are copied: they hold no paths. */
  copyStatistics(statistics: readonly unknown[]): void {
    for (const file of statistics) {
      const path = statisticsPath(file);
      if (path !== undefined) this.copied.add(this.#options.placeOf(path));
    }
  }

  async #moveManifest(manifest: ManifestFile): Promise<ManifestFile> {
    const path = this.#options.placeOf(manifest.manifest_path);
    let file = this.written.get(path);
    if (!file) {
      const source = this.#source(path);
      const stored = await openManifest(await this.#io.read(source), source);
      const entries: StoredEntry[] = [];
      for (const entry of stored.entries) {
        entries.push({ ...entry, data_file: await this.#moveDataFile(entry) });
      }
      if (manifest.content === 1) {
        const snapshotId = manifest.added_snapshot_id;
        const own = (entry: StoredEntry) => ({
          ...entry,
          snapshot_id: entry.snapshot_id ?? snapshotId,
        });
        this.#deletes.set(path, entries.map(own));
      }
      const bytes = await writeManifest(
        { ...stored, snapshotId: manifest.added_snapshot_id },
        entries,
      );
      file = { path, bytes };
      this.written.set(path, file);
    }
    return {
      ...manifest,
      manifest_path: this.move(manifest.manifest_path),
      manifest_length: file.bytes.length,
    };
  }

  async #moveDataFile(entry: StoredEntry): Promise<DataFile> {
    const file = { ...entry.data_file, file_path: this.move(entry.data_file.file_path) };
    if (file.referenced_data_file !== undefined) {
      file.referenced_data_file = this.move(file.referenced_data_file);
    }
    const path = this.#options.placeOf(entry.data_file.file_path);
    const namesFiles = file.content === content.positionDeletes;
    if (namesFiles) this.#moveBounds(file);
    // A file that was deleted need not exist any more.
    const isLive = entry.status !== status.deleted;
    if (!namesFiles) {
      if (isLive) this.copied.add(path);
      return file;
    }
    if (isLive && !this.written.has(path)) await this.#rewriteDeletes(file, path);
    file.file_size_in_bytes = this.#resized.sizeOf(file.file_path) ?? file.file_size_in_bytes;
    return { ...file, ...this.#footers.get(path) };
  }

  async #rewriteDeletes(file: DataFile, path: string): Promise<void> {
    const source = this.#source(path);
    const old = await this.#io.read(source);
    const bytes = isPuffin(file)
      ? this.#moveVectors(old, source)
      : await this.#rewriteParquet(old, path);
    this.written.set(path, { path, bytes });
    this.#resized.record(file, bytes.length);
  }

  async #rewriteParquet(old: Uint8Array, path: string): Promise<Uint8Array> {
    const source = this.#source(path);
    const { rewritePositionDeletes } = this.#options;
    if (!rewritePositionDeletes) {
      throw new IcejamError('Unsupported', `Cannot relocate the position delete file ${source}`);
    }
    const rewritten = await rewritePositionDeletes(old, source, (one) => this.move(one));
    const { bytes, columnSizes, splitOffsets } = rewritten;
    this.#footers.set(path, { column_sizes: columnSizes, split_offsets: splitOffsets });
    return bytes;
  }

  /** The footer of a file of deletion vectors names the data file of each. */
  #moveVectors(bytes: Uint8Array, source: string): Uint8Array {
    const footer = readPuffinFooter(bytes, source);
    const blobs = footer.blobs.map((blob) => {
      const referenced = blob.properties['referenced-data-file'];
      if (referenced === undefined) return blob;
      const properties = { ...blob.properties, 'referenced-data-file': this.move(referenced) };
      return { ...blob, properties };
    });
    return replacePuffinFooter(bytes, { ...footer, blobs });
  }

  /** Bounds of the path column are paths too; a truncated one cannot be moved, and is left out. */
  #moveBounds(file: DataFile): void {
    const lower = file.lower_bounds?.get(deleteFilePathId);
    const upper = file.upper_bounds?.get(deleteFilePathId);
    const moved =
      lower?.join() === upper?.join() &&
      lower &&
      utf8.encode(this.move(new TextDecoder().decode(lower)));
    for (const side of ['lower_bounds', 'upper_bounds'] as const) {
      if (!file[side]) continue;
      const bounds = new Map(file[side]);
      if (moved) bounds.set(deleteFilePathId, moved);
      else bounds.delete(deleteFilePathId);
      file[side] = bounds;
    }
  }

  #source(path: string): string {
    return `${this.#options.root}/${path}`;
  }
}

function isPuffin(file: DataFile): boolean {
  return file.file_format.toLowerCase() === 'puffin';
}

/** A list is written in the format that its snapshot was: one without a sequence number is of v1. */
function listVersion(snapshot: Snapshot, metadata: TableMetadata): 1 | 2 | 3 {
  if (snapshot['sequence-number'] === 0) return 1;
  return snapshot['first-row-id'] === undefined && metadata['format-version'] === 3
    ? 2
    : metadata['format-version'];
}

/** The path in a table's or partition's statistics entry. */
export function statisticsPath(file: unknown): string | undefined {
  const path = (file as Record<string, unknown> | null)?.['statistics-path'];
  return typeof path === 'string' ? path : undefined;
}
