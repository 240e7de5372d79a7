import { status, type StoredEntry } from './manifest-types.ts';
import type { Snapshot } from './table-metadata.ts';

/** Files that became longer or shorter while a table moved, and what that makes of the sizes in the summaries. */
export class ResizedFiles {
  /** Bytes more than before, by the file's new path. */
  readonly #growth = new Map<string, number>();
  readonly #sizes = new Map<string, number>();

  /** Remembers a file's size in bytes, before and now. */
  record(path: string, before: number, now: number): void {
    this.#growth.set(path, now - before);
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
