import { IcejamError } from '../error.ts';
import { humanValue } from './human-value.ts';
import type { Value } from './manifest-types.ts';
import { fieldsOf, findField, findFieldByName, type FieldPlace } from './schema.ts';
import type {
  PartitionField,
  PartitionSpec,
  PrimitiveType,
  Schema,
  StructType,
} from './table-metadata.ts';
import {
  canTransform,
  parseTransform,
  resultType,
  transformText,
  type Transform,
} from './transform.ts';
import { isPrimitive, typeText } from './type.ts';
import { hex } from './value.ts';

/** One field that a user asks a table to be partitioned by. */
export interface PartitionRequest {
  /** The transform's name without its parameter, such as `month` or `bucket`. */
  type: string;
  /** The source column's full name. */
  column: string;
  /** The partition field's name; by default the column's with Java's suffix. */
  name?: string | undefined;
  /** For `bucket`. */
  numBuckets?: number | undefined;
  /** For `truncate`. */
  width?: number | undefined;
}

/** The field id of the first partition field of a table (Java's `PARTITION_DATA_ID_START`). */
export const firstPartitionId = 1000;

const suffixes: Record<string, string> = {
  identity: '',
  year: '_year',
  month: '_month',
  day: '_day',
  hour: '_hour',
  bucket: '_bucket',
  truncate: '_trunc',
  void: '_null',
};

/**
 * Spec 0 of a new table, under the rules and with the messages of Java's `PartitionSpec.Builder`.
 * Throws `IllegalArgument` for an unknown column or transform, a name that is taken, or two time transforms of one
 * column; `Validation` for a column that the transform does not apply to.
 */
export function buildPartitionSpec(
  schema: Schema,
  requests: readonly PartitionRequest[],
): PartitionSpec {
  const fields: PartitionField[] = [];
  const granularities = new Map<string, PartitionField>();
  for (const request of requests) {
    const { field, transform, source } = requestedField(schema, request, fields.length);
    const keepsName = transform.name === 'identity' || transform.name === 'void';
    checkPartitionName(schema, field, fields, { mayBeSource: keepsName });
    const granularity = granularityKey(transform, field);
    const rival = granularities.get(granularity);
    if (rival) {
      illegal(
        `Cannot add redundant partition: ${printPartitionField(rival)} conflicts with ${printPartitionField(field)}`,
      );
    }
    granularities.set(granularity, field);
    checkSource(schema, transform, source);
    fields.push(field);
  }
  return { 'spec-id': 0, fields };
}

/** The field that a request asks for, as the `index`th of a table. Throws as {@link buildPartitionSpec}. */
export function requestedField(schema: Schema, request: PartitionRequest, index: number) {
  const transform = requestedTransform(request);
  const source = findFieldByName(schema, request.column);
  if (!source) illegal(`Cannot find source column: ${request.column}`);
  const field: PartitionField = {
    name: request.name ?? source.path + (suffixes[transform.name] ?? ''),
    transform: transformText(transform),
    'source-id': source.field.id,
    'field-id': firstPartitionId + index,
  };
  return { field, transform, source };
}

function requestedTransform(request: PartitionRequest): Transform {
  const type = request.type.toLowerCase();
  if (type === 'bucket') return parseTransform(`bucket[${request.numBuckets ?? 0}]`);
  if (type === 'truncate') return parseTransform(`truncate[${request.width ?? 0}]`);
  const transform = parseTransform(type);
  return transform.name === 'unknown' ? illegal(`Unknown transform: ${request.type}`) : transform;
}

/**
 * Throws `IllegalArgument` for a name that a column or another field has. `mayBeSource`: unless that is the field's own
 * column.
 */
export function checkPartitionName(
  schema: Schema,
  { name, 'source-id': sourceId }: PartitionField,
  others: readonly PartitionField[],
  { mayBeSource }: { mayBeSource: boolean },
): void {
  const column = findFieldByName(schema, name)?.field;
  if (column !== undefined && !mayBeSource) {
    illegal(`Cannot create partition from name that exists in schema: ${name}`);
  }
  if (column !== undefined && column.id !== sourceId && findField(schema, sourceId) !== undefined) {
    illegal(`Cannot create identity partition sourced from different field in schema: ${name}`);
  }
  if (name === '') illegal('Cannot use empty partition name: ');
  if (others.some((other) => other.name === name)) {
    illegal(`Cannot use partition name more than once: ${name}`);
  }
}

/** Two fields with the same key are redundant; Java never calls two buckets or truncates so. */
function granularityKey(transform: Transform, field: PartitionField): string {
  switch (transform.name) {
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
      return `${field['source-id']} time`;
    case 'identity':
      return `${field['source-id']} identity`;
    default:
      return `${field['field-id']} field`;
  }
}

/** Throws `Validation` for a field whose column is gone. */
export function checkPartitionSources(schema: Schema, fields: readonly PartitionField[]): void {
  for (const field of fields) {
    if (field.transform === 'void' || findField(schema, field['source-id']) !== undefined) continue;
    invalid(`Cannot find source column for partition field: ${printPartitionField(field)}`);
  }
}

/** Throws `Validation` for a column that the transform does not apply to. */
export function checkSource(schema: Schema, transform: Transform, source: FieldPlace): void {
  if (transform.name === 'void') return;
  const { type } = source.field;
  if (!isPrimitive(type)) {
    invalid(`Cannot partition by non-primitive source field: ${typeText(type)}`);
  }
  if (!canTransform(transform, type)) {
    invalid(`Invalid source type ${typeText(type)} for transform: ${transformText(transform)}`);
  }
  for (const { field, path } of fieldsOf(schema)) {
    if (!source.path.startsWith(`${path}.`) || isPrimitive(field.type)) continue;
    if (field.type.type !== 'struct') {
      invalid(`Invalid partition field parent: ${typeText(field.type)}`);
    }
  }
}

function invalid(message: string): never {
  throw new IcejamError('Validation', message);
}

/** A partition field as Java prints it, such as `1000: p: identity(3)`. */
export function printPartitionField(field: PartitionField): string {
  return `${field['field-id']}: ${field.name}: ${field.transform}(${field['source-id']})`;
}

function illegal(message: string): never {
  throw new IcejamError('IllegalArgument', message);
}

/** The type of a spec's partition tuples: one optional field per partition field (spec, "Partition Tuple"). */
export function partitionType(spec: PartitionSpec, schema: StructType): StructType {
  return {
    type: 'struct',
    fields: spec.fields.map((field) => ({
      id: field['field-id'],
      name: field.name,
      required: false,
      type: resultType(parseTransform(field.transform), sourceType(field, schema)),
    })),
  };
}

/** The type of a partition field's column; `unknown` once the column was dropped. */
function sourceType(field: PartitionField, schema: StructType): PrimitiveType {
  const type = findField(schema, field['source-id'])?.type;
  return type !== undefined && isPrimitive(type) ? type : 'unknown';
}

/**
 * The folders of a partition, such as `month=2016-01/vendor_id=1`, encoded as by Java's `URLEncoder`; empty for an
 * unpartitioned spec (Java's `PartitionSpec.partitionToPath`). For people: readers take values from manifests.
 */
export function partitionPath(
  spec: PartitionSpec,
  schema: StructType,
  values: readonly Value[],
): string {
  return spec.fields
    .map((field, index) => {
      const transform = parseTransform(field.transform);
      const value = humanValue(transform, sourceType(field, schema), values[index] ?? null);
      return `${urlEncode(field.name)}=${urlEncode(value)}`;
    })
    .join('/');
}

/** Java's `URLEncoder.encode(text, UTF_8)`: a space is `+`; only letters, digits and `.-*_` stay. */
export function urlEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A text that two partitions share exactly if they are equal: same spec, equal values, NaN equal to itself. */
export function partitionKey(specId: number, values: readonly Value[]): string {
  return JSON.stringify([specId, ...values.map(keyPart)]);
}

function keyPart(value: Value): unknown {
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (typeof value === 'bigint' || typeof value === 'number') {
    return { number: Object.is(value, -0) ? '-0' : String(value) };
  }
  return value;
}
