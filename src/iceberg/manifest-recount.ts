import { isLive, type ManifestReader } from './manifest-reader.ts';
import {
  status,
  type FieldSummary,
  type ManifestEntry,
  type ManifestFile,
  type Status,
  type Value,
} from './manifest-types.ts';
import { partitionType } from './partition-spec.ts';
import { schemaOfSpec, specById } from './table.ts';
import type { PrimitiveType, Snapshot, TableMetadata } from './table-metadata.ts';
import { compareValues, decodeValue } from './value.ts';

/**
 * The manifests that a snapshot wrote and whose record in its manifest list says something else than what is in them:
 * counts, least sequence number, or bounds that a partition value lies outside of. What an old list leaves out is not
 * wrong. Counts anew, apart from the code that wrote the list. Throws `NotFound` and `Corrupt`.
 */
export async function miscountedManifests(
  reader: ManifestReader,
  metadata: TableMetadata,
  snapshot: Snapshot,
): Promise<string[]> {
  const own = (await reader.manifests(snapshot)).filter(
    (manifest) => manifest.added_snapshot_id === snapshot['snapshot-id'],
  );
  const miscounted: string[] = [];
  for (const manifest of own) {
    const entries = await reader.entries(metadata, manifest);
    if (!isCounted(manifest, entries, metadata)) miscounted.push(manifest.manifest_path);
  }
  return miscounted;
}

function isCounted(
  manifest: ManifestFile,
  entries: readonly ManifestEntry[],
  metadata: TableMetadata,
): boolean {
  const count = (wanted: Status) => entries.filter((entry) => entry.status === wanted).length;
  const rows = (wanted: Status) =>
    entries.reduce(
      (sum, entry) => sum + (entry.status === wanted ? entry.data_file.record_count : 0),
      0,
    );
  const least = Math.min(...entries.filter(isLive).map((entry) => entry.sequence_number));
  return (
    says(manifest.added_files_count, count(status.added)) &&
    says(manifest.existing_files_count, count(status.existing)) &&
    says(manifest.deleted_files_count, count(status.deleted)) &&
    says(manifest.added_rows_count, rows(status.added)) &&
    says(manifest.existing_rows_count, rows(status.existing)) &&
    says(manifest.deleted_rows_count, rows(status.deleted)) &&
    // Where nothing is live, any number is as good.
    (least === Infinity || manifest.min_sequence_number === least) &&
    isWithin(manifest, entries, metadata)
  );
}

/** Lists of format version 1 may leave out a count. */
const says = (counted: number | null | undefined, found: number): boolean =>
  counted === null || counted === undefined || counted === found;

/** Whether the values of each partition field lie within the bounds that the list tells, and nulls are told of. */
function isWithin(
  { partitions, partition_spec_id: specId }: ManifestFile,
  entries: readonly ManifestEntry[],
  metadata: TableMetadata,
): boolean {
  if (partitions === null) return true;
  const spec = specById(metadata, specId);
  const { fields } = partitionType(spec, schemaOfSpec(metadata, spec));
  return fields.every(({ type }, index) => {
    const summary = partitions[index];
    const values = entries.map((entry) => entry.data_file.partition[index] ?? null);
    return summary !== undefined && holds(summary, type as PrimitiveType, values);
  });
}

function holds(summary: FieldSummary, type: PrimitiveType, values: readonly Value[]): boolean {
  const { lower_bound: lower, upper_bound: upper } = summary;
  return values.every((value) => {
    if (value === null) return summary.contains_null;
    if (Number.isNaN(value)) return summary.contains_nan !== false;
    return (
      lower !== null &&
      upper !== null &&
      compareValues(type, decodeValue(type, lower), value) <= 0 &&
      compareValues(type, value, decodeValue(type, upper)) <= 0
    );
  });
}
