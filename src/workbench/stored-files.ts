import type { JsonValue } from '../engine/json-value.ts';
import { IcejamError } from '../error.ts';
import { decompress } from '../iceberg/compression.ts';
import { parseJson } from '../iceberg/json.ts';
import { openManifest } from '../iceberg/manifest.ts';
import { readManifestList } from '../iceberg/manifest-list.ts';
import type { FileIO } from '../iceberg/ports.ts';
import { isGzipped } from '../iceberg/table-metadata-file.ts';
import type { TableMetadata } from '../iceberg/table-metadata.ts';
import type { EntryListing, ManifestListing } from './api.ts';
import { listEntry, listManifest } from './listing.ts';

/** A metadata file as JSON; ids beyond 2^53 as text. Throws `NotFound`. */
export async function readMetadataFile(io: FileIO, path: string): Promise<JsonValue> {
  const bytes = await io.read(path);
  const plain = isGzipped(path) ? await decompress('gzip', bytes) : bytes;
  return jsonSafe(parseJson(new TextDecoder().decode(plain)));
}

/** The manifests that a manifest list names, whether or not a snapshot has it. Throws `NotFound`. */
export async function readStoredList(io: FileIO, path: string): Promise<ManifestListing[]> {
  return (await readManifestList(await io.read(path), path)).map(listManifest);
}

/**
 * The entries of a manifest as they are stored, whether or not a snapshot has it: what they inherit from a manifest
 * list is `null`. Bounds are shown in the columns of `metadata`. Throws `NotFound`.
 */
export async function readStoredManifest(
  io: FileIO,
  metadata: TableMetadata,
  path: string,
): Promise<EntryListing[]> {
  const { entries, spec } = await openManifest(await io.read(path), path);
  return entries.map((entry) => listEntry(metadata, { ...entry, spec_id: spec['spec-id'] }));
}

/** What is read, or `null` if its file is not there any more. */
export async function unlessDeleted<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (thrown) {
    if (thrown instanceof IcejamError && thrown.kind === 'NotFound') return null;
    throw thrown;
  }
}

/** A value of {@link parseJson}: what a number cannot hold becomes text. */
function jsonSafe(value: unknown): JsonValue {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(jsonSafe);
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, jsonSafe(member)]));
}
