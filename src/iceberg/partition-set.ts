import { IcejamError } from '../error.ts';
import { rawText } from './human-value.ts';
import type { FieldSummary, ManifestFile, Value } from './manifest-types.ts';
import { partitionKey, partitionType } from './partition-spec.ts';
import { schemaOfSpec, specById } from './table.ts';
import type { PrimitiveType, TableMetadata } from './table-metadata.ts';
import { compareValues, decodeValue } from './value.ts';

/** A partition: values in the order of the fields of one spec. */
interface Partition {
  specId: number;
  values: readonly Value[];
}

/** A set of partitions of any specs; equal partitions of two specs are two members. */
export class PartitionSet {
  readonly #partitions = new Map<string, Partition>();

  add(specId: number, values: readonly Value[]): void {
    this.#partitions.set(partitionKey(specId, values), { specId, values });
  }

  has(specId: number, values: readonly Value[]): boolean {
    return this.#partitions.has(partitionKey(specId, values));
  }

  /** The ids of the specs that the members belong to. */
  get specIds(): ReadonlySet<number> {
    return new Set([...this.#partitions.values()].map(({ specId }) => specId));
  }

  /** Whether a manifest can list a file of one of these partitions, by its spec and its partition summaries. */
  mayBeIn(manifest: ManifestFile, metadata: TableMetadata): boolean {
    const { partition_spec_id: specId, partitions: summaries } = manifest;
    const members = [...this.#partitions.values()].filter((each) => each.specId === specId);
    if (members.length === 0 || summaries === null) return members.length > 0;
    const spec = specById(metadata, specId);
    const types = partitionType(spec, schemaOfSpec(metadata, spec)).fields.map(({ type }) => type);
    return members.some(({ values }) =>
      summaries.every((summary, index) =>
        mayHold(summary, types[index] as PrimitiveType, values[index] ?? null),
      ),
    );
  }

  /** The members as Java prints them in its errors, with raw values: `[month=648, month=649]`. */
  print(metadata: TableMetadata): string {
    const members = [...this.#partitions.values()].map(({ specId, values }) =>
      printPartition(metadata, specId, values),
    );
    return `[${members.join(', ')}]`;
  }
}

function mayHold(summary: FieldSummary, type: PrimitiveType, value: Value): boolean {
  const { contains_null: hasNull, lower_bound: lower, upper_bound: upper } = summary;
  if (value === null) return hasNull;
  if (Number.isNaN(value)) return summary.contains_nan !== false;
  if (lower === null || upper === null) return false;
  return (
    compareValues(type, decodeValue(type, lower), value) <= 0 &&
    compareValues(type, value, decodeValue(type, upper)) <= 0
  );
}

/** A partition as Java prints it, with raw values: `p=a, id_bucket=2`. */
export function printPartition(
  metadata: TableMetadata,
  specId: number,
  values: readonly Value[],
): string {
  const spec = specById(metadata, specId);
  return partitionType(spec, schemaOfSpec(metadata, spec))
    .fields.map(({ name, type }, index) => `${name}=${rawText(type, values[index] ?? null)}`)
    .join(', ');
}

/** Throws `IllegalState` for files under several specs, where one must tell what they belong to (Java's `dataSpec`). */
export function checkOneSpec(specIds: ReadonlySet<number>): void {
  if (specIds.size < 2) return;
  throw new IcejamError(
    'IllegalState',
    'Cannot return a single partition spec: data files with different partition specs have been added',
  );
}
