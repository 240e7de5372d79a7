import { expect } from 'vitest';
import { IcejamError } from '../../src/error.ts';
import { readManifestList } from '../../src/iceberg/manifest-list.ts';
import {
  content,
  type DataFile,
  status,
  type StoredEntry,
} from '../../src/iceberg/manifest-types.ts';
import { openManifest } from '../../src/iceberg/manifest.ts';
import type { FileIO } from '../../src/iceberg/ports.ts';
import type { Relocation } from '../../src/iceberg/relocation.ts';
import { parseTableMetadata } from '../../src/iceberg/table-metadata-file.ts';
import type { Snapshot, TableMetadata } from '../../src/iceberg/table-metadata.ts';
import { golden, goldenFiles } from './golden.ts';
import { goldenManifests } from './golden-table.ts';

/** Files by path; a folder of golden files can be laid under any root. */
export class Files implements Pick<FileIO, 'read'> {
  readonly files = new Map<string, Uint8Array>();

  static under(root: string, folder: string): Files {
    const files = new Files();
    for (const path of goldenFiles(folder)) {
      files.files.set(`${root}${path.slice(folder.length)}`, golden(path));
    }
    return files;
  }

  read(path: string): Promise<Uint8Array> {
    const bytes = this.files.get(path);
    if (bytes) return Promise.resolve(bytes);
    return Promise.reject(new IcejamError('NotFound', `There is no file ${path}`));
  }

  paths(root: string): string[] {
    return [...this.files.keys()].map((path) => path.slice(root.length + 1));
  }
}

/** Stands for the engine's rewriting of a position delete file. */
export const markDeletes = (bytes: Uint8Array, path: string, move: (path: string) => string) =>
  Promise.resolve({
    bytes: new TextEncoder().encode(`${bytes.length} bytes of ${move(path)}`),
    columnSizes: new Map([[2147483546, 5]]),
    splitOffsets: [4],
  });

/** Follows every path of a relocated table, and adds its sizes up; answers its entries by snapshot. */
export async function follow(relocation: Relocation, location: string) {
  const written = new Map(
    relocation.written.map((file) => [`${location}/${file.path}`, file.bytes]),
  );
  const copied = new Set(relocation.copied.map((file) => `${location}/${file.path}`));
  const get = (path: string): Uint8Array => {
    const bytes = written.get(path);
    if (!bytes) throw new Error(`${path} was not written`);
    return bytes;
  };
  const current = `${location}/${relocation.metadata}`;
  const metadata = await parseTableMetadata(get(current), current);
  expect(metadata).toEqual(relocation.table);
  expect(metadata.location).toBe(location);
  for (const entry of metadata['metadata-log']) {
    const older = await parseTableMetadata(get(entry['metadata-file']), entry['metadata-file']);
    expect(older.location).toBe(location);
    expect(older['table-uuid']).toBe(metadata['table-uuid']);
  }
  const snapshots: StoredEntry[][] = [];
  const used = new Set<string>();
  for (const snapshot of metadata.snapshots) {
    const manifests = await readManifestList(get(snapshot['manifest-list']));
    const entries: StoredEntry[] = [];
    for (const manifest of manifests) {
      const bytes = get(manifest.manifest_path);
      expect(bytes.length).toBe(manifest.manifest_length);
      entries.push(...(await openManifest(bytes, manifest.manifest_path)).entries);
    }
    for (const { status: kind, data_file: file } of entries) {
      expect(file.file_path.startsWith(`${location}/`)).toBe(true);
      if (kind === status.deleted) continue;
      used.add(file.file_path);
      if (file.content === content.positionDeletes) {
        expect(get(file.file_path).length).toBe(file.file_size_in_bytes);
      } else {
        expect(copied.has(file.file_path)).toBe(true);
      }
    }
    expectSizes(snapshot, entries);
    snapshots.push(entries);
  }
  for (const path of copied) expect(used.has(path)).toBe(true);
  return { metadata, snapshots, written };
}

/** The sizes in a snapshot's summary are those of its entries' files. */
function expectSizes(snapshot: Snapshot, entries: readonly StoredEntry[]): void {
  const id = snapshot['snapshot-id'];
  const sum = (of: (entry: StoredEntry) => boolean) =>
    entries.filter(of).reduce((bytes, { data_file: file }) => bytes + countedBytes(file), 0);
  const countedBytes = (file: DataFile) => file.content_size_in_bytes ?? file.file_size_in_bytes;
  const isOwn = (entry: StoredEntry) => (entry.snapshot_id ?? id) === id;
  const sizes: Record<string, number> = {
    'total-files-size': sum((entry) => entry.status !== status.deleted),
    'added-files-size': sum((entry) => entry.status === status.added && isOwn(entry)),
    'removed-files-size': sum((entry) => entry.status === status.deleted && isOwn(entry)),
  };
  for (const [key, size] of Object.entries(sizes)) {
    expect([key, snapshot.summary[key] ?? String(size)]).toEqual([key, String(size)]);
  }
}

/** The entries of a golden table as they are, but for where their files are. */
export async function entriesOf(
  table: string,
  metadata: TableMetadata,
  moved: (path: string) => string,
) {
  return Promise.all(
    metadata.snapshots.map(async (snapshot) =>
      (await goldenManifests(table, snapshot)).flatMap(({ stored }) =>
        stored.entries.map((entry) => ({
          ...entry,
          data_file: { ...entry.data_file, file_path: moved(entry.data_file.file_path) },
        })),
      ),
    ),
  );
}
