import { type DataFile, status, type StoredEntry } from './manifest-types.ts';
import type { Snapshot } from './table-metadata.ts';

/** Files that became longer or shorter while a table moved, and what that makes of the sizes in the summaries. */
export class ResizedFiles {
  /** Bytes more than before, by the file's new path. */
  readonly #growth = new Map<string, number>();
  readonly #sizes = new Map<string, number>();

  /**
   * Remembers a file's size in bytes before and now. Summaries count a deletion vector by its own length, which stays
   * when the footer of its file grows (Java's `ScanTaskUtil.contentSizeInBytes`).
   */
  record({ file_path: path, ...file }: DataFile, now: number): void {
    const grows = file.content_size_in_bytes === undefined;
    this.#growth.set(path, grows ? now - file.file_size_in_bytes : 0);
    this.#sizes.set(path, now);
  }

  /** The size of a file now, in bytes; `undefined` if it did not change. */
  sizeOf(path: string): number | undefined {
    return this.#sizes.get(path);
  }

  /** A snapshot's summary with its sizes as they are now; `entries`: those of all its manifests that name such files. */
  summaryOf(snapshot: Snapshot, entries: readonly StoredEntry[]): Snapshot['summary'] {
    const id = snapshot['snapshot-id'];
    const isOwn = (entry: StoredEntry) => entry.snapshot_id === id;
    const growth = (of: (entry: StoredEntry) => boolean) =>
      entries
        .filter(of)
        .reduce((sum, { data_file: file }) => sum + (this.#growth.get(file.file_path) ?? 0), 0);
    const changes = {
      'added-files-size': growth((entry) => entry.status === status.added && isOwn(entry)),
      'removed-files-size': growth((entry) => entry.status === status.deleted && isOwn(entry)),
      'total-files-size': growth((entry) => entry.status !== status.deleted),
    };
    const summary = { ...snapshot.summary };
    for (const [key, change] of Object.entries(changes)) {
      const size = summary[key];
      if (size !== undefined) summary[key] = String(Number(size) + change);
    }
    return summary;
  }
}
