import { IcejamError } from '../error.ts';
import type { NestedField, Schema, StructType, Type } from './table-metadata.ts';
import { isGeospatial, isPrimitive } from './type.ts';

/** A field with its place in the schema. */
export interface FieldPlace {
  field: NestedField;
  /** The names from the root, joined by dots; a list's element is `element`, a map's sides are `key` and `value`. */
  path: string;
  /** Whether a list or map stands above it: it has no single value per row. */
  repeated: boolean;
}

/** Every field of a struct, at every depth, parents first, in the order of the schema. */
export function* fieldsOf(struct: StructType): Generator<FieldPlace> {
  for (const field of struct.fields) yield* descend(field, field.name, false);
}

function* descend(field: NestedField, path: string, repeated: boolean): Generator<FieldPlace> {
  yield { field, path, repeated };
  if (isPrimitive(field.type)) return;
  const inList = repeated || field.type.type !== 'struct';
  for (const child of childrenOf(field.type)) {
    yield* descend(child, `${path}.${child.name}`, inList);
  }
}

/** The direct members of a nested type, a list's element and a map's sides as fields. */
export function childrenOf(type: Exclude<Type, string>): NestedField[] {
  switch (type.type) {
    case 'struct':
      return type.fields;
    case 'list':
      return [
        {
          id: type['element-id'],
          name: 'element',
          required: type['element-required'],
          type: type.element,
        },
      ];
    case 'map':
      return [
        { id: type['key-id'], name: 'key', required: true, type: type.key },
        { id: type['value-id'], name: 'value', required: type['value-required'], type: type.value },
      ];
  }
}

/** The columns that a data file has: those of the type `unknown` are in none (spec, "Primitive Types"). */
export function storedSchema(schema: Schema): Schema {
  return { ...schema, fields: schema.fields.filter(({ type }) => type !== 'unknown') };
}

/** The field of that id at any depth. */
export function findField(struct: StructType, id: number): NestedField | undefined {
  for (const { field } of fieldsOf(struct)) if (field.id === id) return field;
  return undefined;
}

/** The field of that full name, such as `location.lat`, with its place. */
export function findFieldByName(struct: StructType, name: string): FieldPlace | undefined {
  for (const place of fieldsOf(struct)) if (place.path === name) return place;
  return undefined;
}

/**
 * The schema with fresh field ids, counted from 1 the way a new table's are in Java (`TypeUtil.assignFreshIds`): all
 * fields of one level before the fields below them.
 */
export function assignFieldIds(schema: Schema): { schema: Schema; lastColumnId: number } {
  let last = 0;
  const fresh = new Map<number, number>();
  const next = (id: number) => {
    last += 1;
    fresh.set(id, last);
    return last;
  };
  const fields = withFreshFieldIds(schema.fields, next);
  const identifiers = schema['identifier-field-ids'];
  return {
    schema: {
      ...schema,
      fields,
      ...(identifiers && { 'identifier-field-ids': identifiers.map((id) => fresh.get(id) ?? id) }),
    },
    lastColumnId: last,
  };
}

/** A type with fresh ids for all fields in it, in the order of {@link assignFieldIds}; `next` is told the old id. */
export function withFreshIds(type: Type, next: (id: number) => number): Type {
  if (isPrimitive(type)) return type;
  switch (type.type) {
    case 'struct':
      return { type: 'struct', fields: withFreshFieldIds(type.fields, next) };
    case 'list':
      return {
        ...type,
        'element-id': next(type['element-id']),
        element: withFreshIds(type.element, next),
      };
    case 'map': {
      const ids = { 'key-id': next(type['key-id']), 'value-id': next(type['value-id']) };
      const [key, value] = [withFreshIds(type.key, next), withFreshIds(type.value, next)];
      return { ...type, ...ids, key, value };
    }
  }
}

function withFreshFieldIds(fields: NestedField[], next: (id: number) => number): NestedField[] {
  const ids = fields.map((field) => next(field.id));
  return fields.map((field, index) => ({
    ...field,
    id: ids[index] ?? field.id,
    type: withFreshIds(field.type, next),
  }));
}

/** The format version that first had a type. */
const newerTypes: Readonly<Record<string, number>> = {
  timestamp_ns: 3,
  timestamptz_ns: 3,
  unknown: 3,
  variant: 3,
};

/** Throws `IllegalState` for types and defaults that tables of the format version cannot have (Java's `Schema.checkCompatibility`). */
export function checkCompatibility(schema: Schema, formatVersion: number): void {
  const problems: string[] = [];
  for (const { field, path } of fieldsOf(schema)) {
    const { type, 'initial-default': initial = null } = field;
    const since = isGeospatial(type) ? 3 : isPrimitive(type) ? (newerTypes[type] ?? 1) : 1;
    if (isPrimitive(type) && formatVersion < since) {
      problems.push(`Invalid type for ${path}: ${type} is not supported until v${since}`);
    }
    if (initial !== null && formatVersion < 3) {
      problems.push(
        `Invalid initial default for ${path}: non-null default (${JSON.stringify(initial)}) is not supported until v3`,
      );
    }
  }
  if (problems.length === 0) return;
  throw new IcejamError(
    'IllegalState',
    `Invalid schema for v${formatVersion}:\n- ${problems.join('\n- ')}`,
    { remedy: "Cast the column to another type, or make the table with format-version '3'." },
  );
}
