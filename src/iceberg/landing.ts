import { ManifestReader } from './manifest-reader.ts';
import type { OwnFiles } from './own-files.ts';
import type { FileIO, Pointer } from './ports.ts';
import { snapshotById, type Table } from './table.ts';

/**
 * Whether one of a commit's tries is part of the table, though its answer said otherwise or never came. Tells by the
 * snapshot, or by the metadata file for a change that makes none.
 */
export function hasLanded(
  { pointer, metadata }: Table,
  snapshotId: bigint | null,
  files: OwnFiles,
): boolean {
  if (snapshotId !== null && snapshotById(metadata, snapshotId) !== undefined) return true;
  return (
    files.has(pointer.location) ||
    metadata['metadata-log'].some((entry) => files.has(entry['metadata-file']))
  );
}

/**
 * The pointer that the winning swap set; others may have moved it on since, one version per entry of the log. `sought`:
 * what the last swap was to set, which holds where so many followed that the log has forgotten it.
 */
export function landedPointer(
  { pointer, metadata }: Table,
  files: OwnFiles,
  sought: Pointer = pointer,
): Pointer {
  const log = metadata['metadata-log'];
  const index = log.findLastIndex((entry) => files.has(entry['metadata-file']));
  const location = log[index]?.['metadata-file'];
  if (files.has(pointer.location)) return pointer;
  if (location === undefined) return sought;
  return { version: pointer.version - (log.length - index), location };
}

/** What a commit wrote and the table, of which it is part, does not refer to. */
export async function findLosers(
  io: FileIO,
  { pointer, metadata }: Table,
  files: OwnFiles,
): Promise<string[]> {
  const kept = new Set([pointer.location]);
  for (const entry of metadata['metadata-log']) kept.add(entry['metadata-file']);
  const reader = new ManifestReader(io);
  for (const snapshot of metadata.snapshots) {
    if (!files.has(snapshot['manifest-list'])) continue;
    kept.add(snapshot['manifest-list']);
    for (const manifest of await reader.manifests(snapshot)) kept.add(manifest.manifest_path);
  }
  return files.except(kept);
}
