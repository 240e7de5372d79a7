import { partitionKey } from './partition-spec.ts';
import type { Value } from './manifest-types.ts';
import { specById } from './table.ts';
import type { TableMetadata } from './table-metadata.ts';
import { hex } from './value.ts';

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

  /** The members as Java prints them in its errors, with raw values: `[month=648, month=649]`. */
  print(metadata: TableMetadata): string {
    const members = [...this.#partitions.values()].map(({ specId, values }) =>
      printPartition(metadata, specId, values),
    );
    return `[${members.join(', ')}]`;
  }
}

/** A partition as Java prints it, with raw values: `p=a, id_bucket=2`. */
export function printPartition(
  metadata: TableMetadata,
  specId: number,
  values: readonly Value[],
): string {
  return specById(metadata, specId)
    .fields.map(({ name }, index) => `${name}=${printValue(values[index] ?? null)}`)
    .join(', ');
}

function printValue(value: Value): string {
  return value instanceof Uint8Array ? hex(value) : String(value);
}
