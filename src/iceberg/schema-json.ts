import { RawJson } from './json.ts';
import { JsonObject, parseInteger } from './json-object.ts';
import { firstPartitionId } from './partition-spec.ts';
import type {
  NestedField,
  PartitionField,
  PartitionSpec,
  Schema,
  SortOrder,
  StructType,
  Type,
} from './table-metadata.ts';
import { isPrimitive } from './type.ts';

/** A schema from its JSON (spec, Appendix C; Java's `SchemaParser`); without an id it is schema 0. Throws `Corrupt`. */
export function parseSchema(json: unknown): Schema {
  const object = new JsonObject(json);
  const identifiers = object.list('identifier-field-ids', parseInteger);
  return {
    ...parseStruct(object),
    'schema-id': object.optionalInteger('schema-id') ?? 0,
    ...(identifiers.length > 0 && { 'identifier-field-ids': identifiers }),
  };
}

function parseStruct(object: JsonObject): StructType {
  return { type: 'struct', fields: object.list('fields', parseField) };
}

function parseField(json: unknown): NestedField {
  const object = new JsonObject(json);
  const doc = object.optionalString('doc');
  const initial = object.get('initial-default');
  const write = object.get('write-default');
  return {
    id: object.integer('id'),
    name: object.string('name'),
    required: object.boolean('required'),
    type: parseType(object.get('type')),
    ...(doc !== undefined && { doc }),
    ...(initial !== undefined && { 'initial-default': initial }),
    ...(write !== undefined && { 'write-default': write }),
  };
}

function parseType(json: unknown): Type {
  if (typeof json === 'string') return json;
  const object = new JsonObject(json);
  const type = object.string('type');
  if (type === 'struct') return parseStruct(object);
  if (type === 'list') {
    return {
      type,
      'element-id': object.integer('element-id'),
      element: parseType(object.get('element')),
      'element-required': object.boolean('element-required'),
    };
  }
  if (type !== 'map') return type;
  return {
    type,
    'key-id': object.integer('key-id'),
    key: parseType(object.get('key')),
    'value-id': object.integer('value-id'),
    value: parseType(object.get('value')),
    'value-required': object.boolean('value-required'),
  };
}

/** A schema with its keys in the order in which Java writes them. */
export function schemaJson(schema: Schema): object {
  const identifiers = schema['identifier-field-ids'] ?? [];
  return {
    type: 'struct',
    'schema-id': schema['schema-id'],
    ...(identifiers.length > 0 && { 'identifier-field-ids': identifiers }),
    fields: schema.fields.map(fieldJson),
  };
}

function fieldJson(field: NestedField): object {
  return {
    id: field.id,
    name: field.name,
    required: field.required,
    type: typeJson(field.type),
    doc: field.doc,
    'initial-default': defaultJson(field.type, field['initial-default']),
    'write-default': defaultJson(field.type, field['write-default']),
  };
}

/** Java takes no number without a decimal point for a float. */
function defaultJson(type: Type, value: unknown): unknown {
  const isFloat = type === 'float' || type === 'double';
  return isFloat && Number.isInteger(value) ? new RawJson(`${String(value)}.0`) : value;
}

function typeJson(type: Type): unknown {
  if (isPrimitive(type)) return type;
  switch (type.type) {
    case 'struct':
      return { type: 'struct', fields: type.fields.map(fieldJson) };
    case 'list':
      return {
        type: 'list',
        'element-id': type['element-id'],
        element: typeJson(type.element),
        'element-required': type['element-required'],
      };
    case 'map':
      return {
        type: 'map',
        'key-id': type['key-id'],
        key: typeJson(type.key),
        'value-id': type['value-id'],
        value: typeJson(type.value),
        'value-required': type['value-required'],
      };
  }
}

/** A partition spec from its JSON. Throws `Corrupt`. */
export function parsePartitionSpec(json: unknown): PartitionSpec {
  const object = new JsonObject(json);
  return {
    'spec-id': object.integer('spec-id'),
    fields: parsePartitionFields(object.list('fields', (field) => field)),
  };
}

/** The fields of a spec; old v1 files leave their ids out, which then count from 1000. Throws `Corrupt`. */
export function parsePartitionFields(json: unknown[]): PartitionField[] {
  return json.map((item, index) => {
    const object = new JsonObject(item);
    return {
      name: object.string('name'),
      transform: object.string('transform'),
      'source-id': object.integer('source-id'),
      'field-id': object.optionalInteger('field-id') ?? firstPartitionId + index,
    };
  });
}

/** The fields of a spec with their keys in Java's order: a manifest's header holds this list alone. */
export function partitionFieldsJson(fields: readonly PartitionField[]): object[] {
  return fields.map((field) => ({
    name: field.name,
    transform: field.transform,
    'source-id': field['source-id'],
    'field-id': field['field-id'],
  }));
}

/** A sort order from its JSON. Throws `Corrupt`. */
export function parseSortOrder(json: unknown): SortOrder {
  const object = new JsonObject(json);
  return {
    'order-id': object.integer('order-id'),
    fields: object.list('fields', (item) => {
      const field = new JsonObject(item);
      return {
        transform: field.string('transform'),
        'source-id': field.integer('source-id'),
        direction: field.oneOf('direction', ['asc', 'desc']),
        'null-order': field.oneOf('null-order', ['nulls-first', 'nulls-last']),
      };
    }),
  };
}

/** A sort order with its keys in Java's order. */
export function sortOrderJson(order: SortOrder): object {
  return {
    'order-id': order['order-id'],
    fields: order.fields.map((field) => ({
      transform: field.transform,
      'source-id': field['source-id'],
      direction: field.direction,
      'null-order': field['null-order'],
    })),
  };
}
