import { DataType, type Field as ArrowField } from 'apache-arrow';
import { childrenOf } from '../iceberg/schema.ts';
import type { NestedField, Schema, Type } from '../iceberg/table-metadata.ts';
import { isPrimitive } from '../iceberg/type.ts';
import { fieldId } from './arrow-type.ts';
import { duckdbType, literal, quoted } from './types.ts';

/** A column or member of a file. */
export type Field = ArrowField<DataType>;

/** Finds the column of a file that holds a field of the table. */
type Find = (candidates: readonly Field[], wanted: NestedField) => Field | undefined;

/**
 * The select list that turns a data file's columns into a schema's (spec, "Column Projection"): matched by field id at
 * every depth, or by name in a file without ids; null where the file lacks a column; each value in the schema's type.
 */
export function projectColumns(fields: readonly Field[], schema: Schema): string[] {
  const hasIds = fields.some((field) => fieldId(field) !== undefined);
  const find: Find = (candidates, { id, name }) =>
    candidates.find((field) => (hasIds ? fieldId(field) === id : field.name === name));
  return schema.fields.map((field) => {
    const source = find(fields, field);
    const value = source ? convert(quoted(source.name), source, field.type, find) : absent(field);
    return `${value} AS ${quoted(field.name)}`;
  });
}

function absent({ type }: NestedField): string {
  return `CAST(NULL AS ${duckdbType(type)})`;
}

/** The SQL of a file's value as a value of the schema's type. */
function convert(value: string, source: Field, type: Type, find: Find): string {
  const name = duckdbType(type);
  if (type === 'uuid' && DataType.isFixedSizeBinary(source.type)) {
    return `CAST(hex(${value}) AS ${name})`;
  }
  if (isPrimitive(type) || castsByName(source, type, find)) return `CAST(${value} AS ${name})`;
  const converted = rebuild(value, source.type, type, find);
  return `CASE WHEN ${value} IS NOT NULL THEN CAST(${converted} AS ${name}) END`;
}

/** Whether every member has its old name and type still, so that DuckDB's cast, which goes by names, finds it. */
function castsByName(source: Field, type: Type, find: Find): boolean {
  if (isPrimitive(type)) return type !== 'uuid';
  const candidates = membersOf(source.type);
  return childrenOf(type).every((child, index) => {
    const member = type.type === 'struct' ? find(candidates, child) : candidates[index];
    if (!member || (type.type === 'struct' && member.name !== child.name)) return false;
    return castsByName(member, child.type, find);
  });
}

function rebuild(value: string, source: DataType, type: Exclude<Type, string>, find: Find): string {
  // Lambdas within each other must not share a name.
  const item = `item_${childrenOf(type)[0]?.id}`;
  const members = membersOf(source);
  switch (type.type) {
    case 'struct':
      return `struct_pack(${type.fields
        .map((field) => {
          const member = find(members, field);
          const of = (name: string) => `struct_extract(${value}, ${literal(name)})`;
          const converted = member
            ? convert(of(member.name), member, field.type, find)
            : absent(field);
          return `${quoted(field.name)} := ${converted}`;
        })
        .join(', ')})`;
    case 'list': {
      const [element] = members;
      if (!element) return 'NULL';
      return `list_transform(${value}, lambda ${item}: ${convert(item, element, type.element, find)})`;
    }
    case 'map': {
      const [key, side] = members;
      if (!key || !side) return 'NULL';
      const entry = `struct_pack(k := ${convert(`${item}.key`, key, type.key, find)}, v := ${convert(`${item}.value`, side, type.value, find)})`;
      return `map_from_entries(list_transform(map_entries(${value}), lambda ${item}: ${entry}))`;
    }
  }
}

/** A struct's members, a list's element, a map's key and value. */
function membersOf(type: DataType): readonly Field[] {
  const children = type.children as Field[] | null;
  const [entries] = children ?? [];
  return DataType.isMap(type) && entries ? membersOf(entries.type) : (children ?? []);
}
