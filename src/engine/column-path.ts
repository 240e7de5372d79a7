import type { NestedField, PrimitiveType, Schema } from '../iceberg/table-metadata.ts';
import { isPrimitive } from '../iceberg/type.ts';
import { literal, quoted } from './types.ts';

/** A primitive column that stands in no list or map. */
export interface ReachableColumn {
  type: PrimitiveType;
  /** The SQL of its value in a relation that has the schema's columns. */
  expression: (relation: string) => string;
}

/** The primitive column of that field id at any depth of structs; `null` if there is none. */
export function findColumn(schema: Schema, id: number): ReachableColumn | null {
  const [column, ...members] = pathTo(schema.fields, id) ?? [];
  const type = (members.at(-1) ?? column)?.type;
  if (!column || type === undefined || !isPrimitive(type)) return null;
  return {
    type,
    expression: (relation) =>
      members.reduce(
        (struct, { name }) => `struct_extract(${struct}, ${literal(name)})`,
        `${relation}.${quoted(column.name)}`,
      ),
  };
}

function pathTo(fields: readonly NestedField[], id: number): NestedField[] | null {
  for (const field of fields) {
    if (field.id === id) return [field];
    const { type } = field;
    const below = !isPrimitive(type) && type.type === 'struct' ? pathTo(type.fields, id) : null;
    if (below) return [field, ...below];
  }
  return null;
}
