import { DataType, type Field as ArrowField } from 'apache-arrow';
import {
  type FileColumn,
  projectSchema,
  type Projection,
  type ProjectionOptions,
} from '../iceberg/column-projection.ts';
import type { Value } from '../iceberg/manifest-types.ts';
import type { Schema, Type } from '../iceberg/table-metadata.ts';
import { plainDecimal } from '../iceberg/human-value.ts';
import { isPrimitive, parseDecimal } from '../iceberg/type.ts';
import { hex } from '../iceberg/value.ts';
import { fieldId } from './arrow-type.ts';
import { duckdbType, literal, quoted } from './types.ts';

/** A column or member of a file. */
export type Field = ArrowField<DataType>;

/** A value of the file whose members a projection picks. */
interface Source {
  members: readonly Field[];
  /** The SQL of the member of that index. */
  member(index: number): string;
}

/**
 * The select list that turns a data file's columns into those of a schema, each in the type that it has in DuckDB.
 * Throws what {@link projectSchema} throws.
 */
export function projectColumns(
  fields: readonly Field[],
  schema: Schema,
  options: ProjectionOptions,
): string[] {
  const file: Source = { members: fields, member: (index) => quoted(fields[index]?.name ?? '') };
  return projectSchema(schema, fields.map(fileColumn), options).map(
    (projection) => `${valueOf(projection, file)} AS ${quoted(projection.field.name)}`,
  );
}

function fileColumn(field: Field): FileColumn {
  return {
    name: field.name,
    fieldId: fieldId(field),
    children: membersOf(field.type).map(fileColumn),
  };
}

/** A struct's members, a list's element, a map's key and value. */
function membersOf(type: DataType): readonly Field[] {
  const children = type.children as Field[] | null;
  const [entries] = children ?? [];
  return DataType.isMap(type) && entries ? membersOf(entries.type) : (children ?? []);
}

function valueOf(projection: Projection, source: Source): string {
  const { field } = projection;
  const type = duckdbType(field.type);
  switch (projection.kind) {
    case 'constant':
      return `CAST(${constant(field.type, projection.value)} AS ${type})`;
    case 'struct':
      return `CAST(${pack(projection.children, source)} AS ${type})`;
    case 'column': {
      const column = source.members[projection.index];
      const value = source.member(projection.index);
      if (!column || isCastable(projection, column)) return `CAST(${value} AS ${type})`;
      const converted = convert(projection, column, value);
      return `CASE WHEN ${value} IS NOT NULL THEN CAST(${converted} AS ${type}) END`;
    }
  }
}

/** Whether DuckDB's cast does it: it finds members by their names, and knows no cast from bytes to a UUID. */
function isCastable({ field, children }: ColumnProjection, column: Field): boolean {
  if (field.type === 'uuid') return !DataType.isFixedSizeBinary(column.type);
  const members = membersOf(column.type);
  const hasNames = !isPrimitive(field.type) && field.type.type === 'struct';
  return children.every((child) => {
    const member = child.kind === 'column' ? members[child.index] : undefined;
    if (!member || child.kind !== 'column') return false;
    return (!hasNames || member.name === child.field.name) && isCastable(child, member);
  });
}

type ColumnProjection = Extract<Projection, { kind: 'column' }>;

/** A column's value rebuilt from its members. */
function convert({ field, children }: ColumnProjection, column: Field, value: string): string {
  const { type } = field;
  const members = membersOf(column.type);
  if (isPrimitive(type)) return `hex(${value})`;
  if (type.type === 'struct') {
    const member = (index: number) =>
      `struct_extract(${value}, ${literal(members[index]?.name ?? '')})`;
    return pack(children, { members, member });
  }
  // Lambdas within each other must not share a name.
  const item = `item_${field.id}`;
  if (type.type === 'list') {
    const element = children.map((child) => valueOf(child, { members, member: () => item }));
    return `list_transform(${value}, lambda ${item}: ${element.join()})`;
  }
  const sides = { members, member: (index: number) => `${item}.${index === 0 ? 'key' : 'value'}` };
  return `map_from_entries(list_transform(map_entries(${value}), lambda ${item}: ${pack(children, sides)}))`;
}

function pack(children: readonly Projection[], source: Source): string {
  const members = children.map(
    (child) => `${quoted(child.field.name)} := ${valueOf(child, source)}`,
  );
  return `struct_pack(${members.join(', ')})`;
}

/** A value as SQL, up to the cast to its type. */
function constant(type: Type, value: Value): string {
  if (value === null || !isPrimitive(type)) return 'NULL';
  if (value instanceof Uint8Array) return `unhex('${hex(value)}')`;
  const text = String(value);
  if (type === 'date') return `DATE '1970-01-01' + ${text}`;
  if (type === 'time') return `TIME '00:00:00' + to_microseconds(${text})`;
  if (type.endsWith('_ns')) return `make_timestamp_ns(${text})`;
  if (type.startsWith('timestamp')) return `make_timestamp(${text})`;
  const decimal = parseDecimal(type);
  return literal(decimal ? plainDecimal(value as bigint, decimal.scale) : text);
}
