import { IcejamError } from '../error.ts';
import { metadataChange, type Change } from './change.ts';
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
 * field id, and its old name unless another is asked for. Rejected by any commit since the table was loaded, and with `IllegalArgument` for a field that is missing
 * or taken (Java's BaseUpdatePartitionSpec).
 */
export function updatePartitionSpec({ add = [], remove = [] }: PartitionSpecEdit): Change {
  return metadataChange('update-partition-spec', (metadata) => edited(metadata, add, remove), {
    whenStale: 'loses',
  });
}

function edited(
  metadata: TableMetadata,
  add: readonly PartitionRequest[],
  remove: readonly string[],
): TableMetadata {
  const fields = keptFields(metadata, add, remove);
  const added: PartitionField[] = [];
  let lastId = metadata['last-partition-id'];
  for (const request of add) {
    const requested = requestedField(metadata, request);
    if (fields.some((field) => isSame(field, requested))) continue;
    checkAdded(requested, request, added);
    const historical = historicalField(metadata, requested, request);
    if (historical === undefined) lastId += 1;
    const field = historical ?? { ...requested, 'field-id': lastId };
    const taken = fields.findIndex(({ name }) => name === field.name);
    const rival = fields[taken];
    if (rival !== undefined && rival.transform !== 'void') {
      illegal(`Cannot add duplicate partition field name: ${request.name ?? 'null'}`);
    }
    if (rival !== undefined) {
      fields[taken] = { ...rival, name: `${rival.name}_${rival['field-id']}` };
    }
    added.push(field);
  }
  return withSpec({ ...metadata, 'last-partition-id': lastId }, [...fields, ...added]);
}

/** A field that is given up and added again at once stays. v1 keeps the place of one that goes: values have places there. */
function keptFields(
  metadata: TableMetadata,
  add: readonly PartitionRequest[],
  remove: readonly string[],
): PartitionField[] {
  const { fields } = specById(metadata, metadata['default-spec-id']);
  for (const name of remove) {
    if (!fields.some((field) => field.name === name)) {
      illegal(`Cannot find partition field to remove: ${name}`);
    }
  }
  const requests = add.map((request) => ({ request, field: requestedField(metadata, request) }));
  return fields.flatMap((field) => {
    const again = requests.find((each) => isSame(each.field, field));
    if (!remove.includes(field.name)) {
      if (again === undefined) return [field];
      illegal(`${duplicate(again.request, again.field)}, conflicts with ${printField(field)}`);
    }
    if (again !== undefined) return [{ ...field, name: again.request.name ?? field.name }];
    return metadata['format-version'] > 1 ? [] : [{ ...field, transform: 'void' }];
  });
}

/** The field as a new spec would have it, named as Java's UpdatePartitionSpec names it: `id_bucket_16`. */
function requestedField(metadata: TableMetadata, request: PartitionRequest): PartitionField {
  const parameter = request.numBuckets ?? request.width;
  const [field] = buildPartitionSpec(currentSchema(metadata), [request]).fields;
  if (field === undefined) throw new Error('A spec of one request has one field');
  if (request.name !== undefined || parameter === undefined) return field;
  return { ...field, name: `${field.name}_${parameter}` };
}

function checkAdded(
  field: PartitionField,
  request: PartitionRequest,
  added: readonly PartitionField[],
): void {
  const same = added.find((other) => isSame(other, field));
  if (same !== undefined) {
    illegal(`${duplicate(request, field)}, already added: ${printField(same)}`);
  }
  const isTime = ({ transform }: PartitionField) => /^(year|month|day|hour)$/.test(transform);
  const rival = added.find(
    (other) => isTime(other) && isTime(field) && other['source-id'] === field['source-id'],
  );
  if (rival !== undefined) {
    illegal(
      `Cannot add redundant partition field: ${printField(rival)} conflicts with ${printField(field)}`,
    );
  }
}

/** The field that the table had before; v1 never takes one up again. */
function historicalField(
  metadata: TableMetadata,
  requested: PartitionField,
  { name }: PartitionRequest,
): PartitionField | undefined {
  if (metadata['format-version'] < 2) return undefined;
  return metadata['partition-specs']
    .flatMap((spec) => spec.fields)
    .find((field) => isSame(field, requested) && (name === undefined || field.name === name));
}

/** The metadata with these fields as its default spec. */
function withSpec(metadata: TableMetadata, fields: PartitionField[]): TableMetadata {
  const specs = metadata['partition-specs'];
  const known = specs.find((spec) => hasFields(spec.fields, fields));
  const id = known?.['spec-id'] ?? Math.max(...specs.map((spec) => spec['spec-id'])) + 1;
  return {
    ...metadata,
    'default-spec-id': id,
    'partition-specs': known === undefined ? [...specs, { 'spec-id': id, fields }] : specs,
  };
}

function duplicate({ name, column }: PartitionRequest, { transform }: PartitionField): string {
  const source = `ref(name="${column}")`;
  const term = transform === 'identity' ? source : `${transform}(${source})`;
  return `Cannot add duplicate partition field ${name ?? 'null'}=${term}`;
}

function printField({ name, transform, ...ids }: PartitionField): string {
  return `${ids['field-id']}: ${name}: ${transform}(${ids['source-id']})`;
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
