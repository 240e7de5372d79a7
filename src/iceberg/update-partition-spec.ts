import { IcejamError } from '../error.ts';
import { metadataChange, type Change } from './change.ts';
import {
  checkPartitionName,
  checkPartitionSources,
  checkSource,
  printPartitionField,
  requestedField,
  type PartitionRequest,
} from './partition-spec.ts';
import { findFieldByName } from './schema.ts';
import { currentSchema, specById } from './table.ts';
import type { PartitionField, TableMetadata } from './table-metadata.ts';
import { typeText } from './type.ts';

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
  const edit = new SpecEdit(metadata);
  for (const name of remove) edit.remove(name);
  for (const request of add) edit.add(request);
  return withSpec(metadata, edit);
}

/** The default spec of a table while fields of it go and others come. */
class SpecEdit {
  readonly #metadata: TableMetadata;
  readonly #before: readonly PartitionField[];
  readonly #removed = new Set<PartitionField>();
  readonly #renamed = new Map<PartitionField, string>();
  readonly #added: PartitionField[] = [];
  lastId: number;

  constructor(metadata: TableMetadata) {
    this.#metadata = metadata;
    this.#before = specById(metadata, metadata['default-spec-id']).fields;
    this.lastId = metadata['last-partition-id'];
  }

  remove(name: string): void {
    const field = this.#named(name);
    this.#removed.add(field ?? illegal(`Cannot find partition field to remove: ${name}`));
  }

  add(request: PartitionRequest): void {
    const twin = this.#added.find(({ name }) => name === request.name);
    if (twin !== undefined) {
      illegal(`Cannot add duplicate partition field: ${printPartitionField(twin)}`);
    }
    const wanted = requested(this.#metadata, request);
    const existing = this.#before.find((field) => isSame(field, wanted));
    if (existing !== undefined) {
      this.#addAgain(existing, wanted, request);
      return;
    }
    const same = this.#added.find((field) => isSame(field, wanted));
    if (same !== undefined) {
      illegal(`${duplicate(request, wanted)}, already added: ${printPartitionField(same)}`);
    }
    const field = this.#historical(wanted, request) ?? { ...wanted, 'field-id': ++this.lastId };
    checkTimes(field, this.#added);
    this.#giveWay(field.name, request);
    this.#added.push(field);
  }

  /** A field that is given up and added again at once stays. */
  #addAgain(existing: PartitionField, wanted: PartitionField, request: PartitionRequest): void {
    if (!this.#removed.delete(existing)) {
      illegal(`${duplicate(request, wanted)}, conflicts with ${printPartitionField(existing)}`);
    }
    const { name } = request;
    if (name === undefined || name === existing.name) return;
    const rival = this.#named(name);
    if (rival?.transform === 'void') this.#renamed.set(rival, retiredName(rival));
    this.#renamed.set(existing, name);
  }

  /** The field that the table had before; v1 never takes one up again. */
  #historical(wanted: PartitionField, { name }: PartitionRequest): PartitionField | undefined {
    if (this.#metadata['format-version'] < 2) return undefined;
    return this.#metadata['partition-specs']
      .flatMap((spec) => spec.fields)
      .find((field) => isSame(field, wanted) && (name === undefined || field.name === name));
  }

  /** A field that was given up leaves its name to a new one. */
  #giveWay(name: string, request: PartitionRequest): void {
    const rival = this.#named(name);
    if (rival === undefined) return;
    if (!this.#removed.has(rival) && rival.transform !== 'void') {
      illegal(`Cannot add duplicate partition field name: ${request.name ?? 'null'}`);
    }
    this.#renamed.set(rival, retiredName(rival));
  }

  #named(name: string): PartitionField | undefined {
    return this.#before.find((field) => field.name === name);
  }

  /** v1 keeps the place of a field that goes: values have places there. */
  fields(): PartitionField[] {
    const isV1 = this.#metadata['format-version'] === 1;
    const left = this.#before
      .filter((field) => isV1 || !this.#removed.has(field))
      .map((field) => ({
        ...field,
        ...(this.#removed.has(field) && { transform: 'void' }),
        name: this.#renamed.get(field) ?? field.name,
      }));
    return [...left, ...this.#added];
  }
}

function retiredName(field: PartitionField): string {
  return `${field.name}_${field['field-id']}`;
}

/** The field as a new spec would have it, named as Java's UpdatePartitionSpec names it: `id_bucket_16`. */
function requested(metadata: TableMetadata, request: PartitionRequest): PartitionField {
  const schema = currentSchema(metadata);
  if (findFieldByName(schema, request.column) === undefined) {
    throw new IcejamError(
      'Validation',
      `Cannot find field '${request.column}' in struct: ${typeText(schema)}`,
    );
  }
  const { field, transform, source } = requestedField(schema, request, 0);
  checkSource(schema, transform, source);
  const parameter = request.numBuckets ?? request.width;
  if (request.name !== undefined || parameter === undefined) return field;
  return { ...field, name: `${field.name}_${parameter}` };
}

function checkTimes(field: PartitionField, added: readonly PartitionField[]): void {
  const isTime = ({ transform }: PartitionField) => /^(year|month|day|hour)$/.test(transform);
  const rival = added.find(
    (other) => isTime(other) && isTime(field) && other['source-id'] === field['source-id'],
  );
  if (rival !== undefined) {
    illegal(
      `Cannot add redundant partition field: ${printPartitionField(rival)} conflicts with ${printPartitionField(field)}`,
    );
  }
}

/** Throws as Java's builder of specs does for one that is put together from what is there and what is new. */
function checkFields(metadata: TableMetadata, fields: readonly PartitionField[]): void {
  const schema = currentSchema(metadata);
  for (const [index, field] of fields.entries()) {
    checkPartitionName(schema, field, fields.slice(0, index), { mayBeSource: true });
  }
  checkPartitionSources(schema, fields);
}

/** The metadata with the edited spec as its default one; the same object if that is so already. */
function withSpec(metadata: TableMetadata, edit: SpecEdit): TableMetadata {
  const fields = edit.fields();
  checkFields(metadata, fields);
  const specs = metadata['partition-specs'];
  const known = specs.find((spec) => hasFields(spec.fields, fields));
  if (known?.['spec-id'] === metadata['default-spec-id']) return metadata;
  const id = known?.['spec-id'] ?? Math.max(...specs.map((spec) => spec['spec-id'])) + 1;
  return {
    ...metadata,
    'last-partition-id': edit.lastId,
    'default-spec-id': id,
    'partition-specs': known === undefined ? [...specs, { 'spec-id': id, fields }] : specs,
  };
}

function duplicate({ name, column }: PartitionRequest, { transform }: PartitionField): string {
  const source = `ref(name="${column}")`;
  const term = transform === 'identity' ? source : `${transform}(${source})`;
  return `Cannot add duplicate partition field ${name ?? 'null'}=${term}`;
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
