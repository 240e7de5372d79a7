import { expect } from 'vitest';
import { parseJson } from '../../../src/iceberg/json.ts';
import { ManifestReader } from '../../../src/iceberg/manifest-reader.ts';
import { content, status } from '../../../src/iceberg/manifest-types.ts';
import { openManifest, summarizeManifest } from '../../../src/iceberg/manifest.ts';
import { liveFiles } from '../../../src/iceberg/scan.ts';
import { parseTableMetadata } from '../../../src/iceberg/table-metadata-file.ts';
import type { Snapshot, TableMetadata } from '../../../src/iceberg/table-metadata.ts';
import { ancestorsOf } from '../../../src/iceberg/table.ts';
import { FairQueue } from '../../../src/iceberg/memory.ts';
import type { World } from './world.ts';

/** What a scenario explains. */
export interface Explained {
  /** Snapshot ids that were acknowledged and must be on main. */
  acknowledged?: bigint[];
  /** Files that may be unreferenced: parts of their paths. */
  orphans?: string[];
  /** Whether files of earlier versions may be gone: after expiry, or when old metadata files are deleted. */
  expires?: boolean;
  /** Whether the pointer may have moved without respect for its predecessor: unsafe writers, set-metadata. */
  unchained?: boolean;
}

/** I1 to I12 of the reference, over the only table of a world. */
export async function expectInvariants(world: World, explained: Explained = {}): Promise<void> {
  const versions = await loadVersions(world, explained);
  const metadata = newest(versions);
  expectSuccession(world, versions, explained);
  expectRefs(metadata);
  expectSequenceNumbers(versions);
  const main = [...ancestorsOf(metadata, metadata['current-snapshot-id'])];
  for (const id of explained.acknowledged ?? []) {
    expect(main.map((snapshot) => snapshot['snapshot-id'])).toContain(id);
  }
  const reader = new ManifestReader(world.io);
  for (const snapshot of metadata.snapshots) {
    await expectSnapshot(world, reader, metadata, snapshot);
  }
  await expectFiles(world, reader, versions, explained);
  if (world.queue instanceof FairQueue) expect(world.queue.waiting).toBe(0);
}

async function loadVersions(world: World, { expires }: Explained): Promise<TableMetadata[]> {
  const versions: TableMetadata[] = [];
  for (const { location } of world.catalog.history) {
    if (expires === true && world.io.deleted.includes(location)) continue;
    const bytes = await world.io.read(location);
    versions.push(await parseTableMetadata(bytes, location));
    if (!location.includes('.gz.')) {
      expect(Object.keys(parseJson(new TextDecoder().decode(bytes)) as object)).toEqual(
        expect.arrayContaining(['format-version', 'table-uuid', 'location', 'schemas', 'refs']),
      );
    }
  }
  return versions;
}

function newest(versions: readonly TableMetadata[]): TableMetadata {
  const metadata = versions.at(-1);
  if (metadata === undefined) throw new Error('The world has no table');
  return metadata;
}

/** I1: one table throughout, each version the successor of the one before. */
function expectSuccession(
  world: World,
  versions: readonly TableMetadata[],
  { unchained, expires }: Explained,
): void {
  for (const [index, next] of versions.entries()) {
    const previous = versions[index - 1];
    if (previous === undefined) continue;
    expect(next['table-uuid']).toBe(previous['table-uuid']);
    expect(next['format-version']).toBeGreaterThanOrEqual(previous['format-version']);
    if (unchained === true) continue;
    expect(next['last-column-id']).toBeGreaterThanOrEqual(previous['last-column-id']);
    expect(next['last-sequence-number']).toBeGreaterThanOrEqual(previous['last-sequence-number']);
    expect(next['last-updated-ms']).toBeGreaterThanOrEqual(previous['last-updated-ms']);
    if (expires !== true) {
      expect(next['metadata-log'].at(-1)?.['metadata-file']).toBe(
        world.catalog.history[index - 1]?.location,
      );
    }
  }
}

/** I2 */
function expectRefs(metadata: TableMetadata): void {
  const current = metadata['current-snapshot-id'];
  expect(metadata.refs.main?.['snapshot-id'] ?? null).toBe(current);
  expect(metadata['snapshot-log'].at(-1)?.['snapshot-id'] ?? null).toBe(current);
}

/** I3; snapshots that were made before the table was upgraded from v1 have number 0. */
function expectSequenceNumbers(versions: readonly TableMetadata[]): void {
  const metadata = newest(versions);
  const isOld = (version: TableMetadata) => version['format-version'] === 1;
  const old = versions.filter(isOld).flatMap(({ snapshots }) => snapshots);
  const unnumbered = new Set(old.map((snapshot) => snapshot['snapshot-id']));
  const byId = new Map(metadata.snapshots.map((snapshot) => [snapshot['snapshot-id'], snapshot]));
  expect(byId.size).toBe(metadata.snapshots.length);
  for (const snapshot of metadata.snapshots) {
    if (unnumbered.has(snapshot['snapshot-id'])) {
      expect(snapshot['sequence-number']).toBe(0);
      continue;
    }
    const parent = byId.get(snapshot['parent-snapshot-id'] ?? -1n);
    expect(snapshot['sequence-number']).toBeGreaterThan(parent?.['sequence-number'] ?? 0);
    expect(snapshot['sequence-number']).toBeLessThanOrEqual(metadata['last-sequence-number']);
  }
}

/** I5, I6, I7 */
async function expectSnapshot(
  world: World,
  reader: ManifestReader,
  metadata: TableMetadata,
  snapshot: Snapshot,
): Promise<void> {
  for (const manifest of await reader.manifests(snapshot)) {
    const stored = await openManifest(
      await world.io.read(manifest.manifest_path),
      manifest.manifest_path,
    );
    const recount = summarizeManifest(stored.entries, stored.spec, stored.schema, {
      path: manifest.manifest_path,
      length: manifest.manifest_length,
      content: manifest.content,
      snapshotId: manifest.added_snapshot_id,
      sequenceNumber: manifest.sequence_number,
    });
    expect({ ...manifest, first_row_id: undefined }).toEqual(recount);
    for (const entry of stored.entries) {
      if (entry.status === status.added || stored.formatVersion === 1) continue;
      expect(entry.sequence_number).not.toBeNull();
      expect(entry.file_sequence_number).not.toBeNull();
    }
  }
  const { data, deletes } = await liveFiles(reader, metadata, snapshot);
  const paths = data.map((entry) => entry.data_file.file_path);
  expect(new Set(paths).size, 'each live file once').toBe(paths.length);
  const records = (entries: typeof data) =>
    entries.reduce((sum, entry) => sum + entry.data_file.record_count, 0);
  const ofKind = (kind: number) => deletes.filter((entry) => entry.data_file.content === kind);
  expect(snapshot.summary).toMatchObject({
    'total-data-files': String(data.length),
    'total-records': String(records(data)),
    'total-delete-files': String(deletes.length),
    'total-position-deletes': String(records(ofKind(content.positionDeletes))),
    'total-equality-deletes': String(records(ofKind(content.equalityDeletes))),
  });
}

/** I8, I9, I10 */
async function expectFiles(
  world: World,
  reader: ManifestReader,
  versions: readonly TableMetadata[],
  { orphans = [], expires }: Explained,
): Promise<void> {
  const current = await reachable(reader, newest(versions));
  const sizes = new Map((await world.io.list('')).map(({ path, bytes }) => [path, bytes]));
  for (const [path, length] of current) {
    expect(sizes.has(path), `${path} exists`).toBe(true);
    if (length !== null) expect(sizes.get(path), path).toBe(length);
  }
  const everReachable = new Map(current);
  if (expires !== true) {
    for (const version of versions) {
      for (const [path, length] of await reachable(reader, version))
        everReachable.set(path, length);
    }
    for (const path of world.io.deleted) expect(everReachable.has(path), path).toBe(false);
  }
  for (const { location } of world.catalog.history) everReachable.set(location, null);
  const unexplained = world.io
    .paths()
    .filter((path) => !everReachable.has(path) && !orphans.some((part) => path.includes(part)));
  expect(unexplained, 'unreferenced files').toEqual([]);
}

/** Every file that a version of the metadata refers to, with its recorded length. */
async function reachable(
  reader: ManifestReader,
  metadata: TableMetadata,
): Promise<Map<string, number | null>> {
  const files = new Map<string, number | null>();
  for (const snapshot of metadata.snapshots) {
    files.set(snapshot['manifest-list'], null);
    const manifests = await reader.manifests(snapshot);
    for (const manifest of manifests) {
      files.set(manifest.manifest_path, manifest.manifest_length);
    }
    const entries = await reader.allEntries(metadata, manifests);
    for (const { data_file: file } of entries.filter((entry) => entry.status !== status.deleted)) {
      files.set(file.file_path, file.file_size_in_bytes);
    }
  }
  return files;
}
