import { IcejamError } from '../error.ts';
import { metadataChange, staleMetadata, type Change } from './change.ts';
import { buildPartitionSpec, type PartitionRequest } from './partition-spec.ts';
import { currentSchema, specById } from './table.ts';
import type { PartitionField, TableMetadata } from './table-metadata.ts';

/** How a table's partitioning changes. */
export interface PartitionSpecEdit {
  add?: readonly PartitionRequest[];
  /** Names of partition fields to give up. */
  remove?: readonly string[];
}

/**
 * Partitions new files differently; old ones stay under their own spec. A field that the table had before gets its old
 * field id. Rejected by any commit since the table was loaded, and with `IllegalArgument` for a field that is missing
 * or taken (Java's BaseUpdatePartitionSpec).
 */
export function updatePartitionSpec({ add = [], remove = [] }: PartitionSpecEdit): Change {
  return metadataChange('update-partition-spec', (metadata) => edited(metadata, add, remove), {
    rejectedIfStale: staleMetadata,
  });
}

function edited(
  metadata: TableMetadata,
  add: readonly PartitionRequest[],
  remove: readonly string[],
): TableMetadata {
  const fields = withoutFields(metadata, remove);
  let lastId = metadata['last-partition-id'];
  for (const requested of buildPartitionSpec(currentSchema(metadata), add).fields) {
    const rival = fields.find((field) => field.name === requested.name || isSame(field, requested));
    if (rival !== undefined) {
      illegal(
        `Cannot add duplicate partition field ${requested.name}=${requested.transform}, conflicts with ${rival.name}=${rival.transform}`,
      );
    }
    const historical = metadata['partition-specs']
      .flatMap((spec) => spec.fields)
      .find((field) => isSame(field, requested));
    if (historical === undefined) lastId += 1;
    fields.push({ ...requested, 'field-id': historical?.['field-id'] ?? lastId });
  }
  const specs = metadata['partition-specs'];
  const known = specs.find((spec) => hasFields(spec.fields, fields));
  const id = known?.['spec-id'] ?? Math.max(...specs.map((spec) => spec['spec-id'])) + 1;
  return {
    ...metadata,
    'default-spec-id': id,
    'last-partition-id': lastId,
    'partition-specs': known === undefined ? [...specs, { 'spec-id': id, fields }] : specs,
  };
}

/** v1 keeps the place of a field that is given up: there, partition values are matched by their position. */
function withoutFields(metadata: TableMetadata, remove: readonly string[]): PartitionField[] {
  const { fields } = specById(metadata, metadata['default-spec-id']);
  for (const name of remove) {
    if (!fields.some((field) => field.name === name)) {
      illegal(`Cannot find partition field to remove: ${name}`);
    }
  }
  return metadata['format-version'] > 1
    ? fields.filter((field) => !remove.includes(field.name))
    : fields.map((field) =>
        remove.includes(field.name) ? { ...field, transform: 'void' } : field,
      );
}

function isSame(a: PartitionField, b: PartitionField): boolean {
  return a['source-id'] === b['source-id'] && a.transform === b.transform;
}

function hasFields(a: readonly PartitionField[], b: readonly PartitionField[]): boolean {
  return (
    a.length === b.length &&
    a.every((field, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        isSame(field, other) &&
        field.name === other.name &&
        field['field-id'] === other['field-id']
      );
    })
  );
}

function illegal(message: string): never {
  throw new IcejamError('IllegalArgument', message);
}
