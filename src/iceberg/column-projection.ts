import { IcejamError } from '../error.ts';
import type { Value } from './manifest-types.ts';
import { nameMappingOf, type MappedField } from './name-mapping.ts';
import { childrenOf } from './schema.ts';
import type { NestedField, PartitionSpec, PrimitiveType, StructType } from './table-metadata.ts';
import { isPrimitive, isPromotion, typeText } from './type.ts';
import { valueFromJson } from './value-json.ts';

/** A column of a data file. A list has one child, `element`, a map two, `key` and `value`, whatever the file calls them. */
export interface FileColumn {
  name: string;
  fieldId?: number | undefined;
  /** A primitive column's type in Iceberg's terms, if it is to be checked. */
  type?: PrimitiveType | undefined;
  children: readonly FileColumn[];
}

/** Where the values of a field of the schema come from when a data file is read. */
export type Projection =
  /** From the file's column of that index among its siblings; `children`: its members. */
  | { kind: 'column'; field: NestedField; index: number; children: Projection[] }
  /** The same value in every row. */
  | { kind: 'constant'; field: NestedField; value: Value }
  /** A struct that the file lacks, made of its members' values. */
  | { kind: 'struct'; field: NestedField; children: Projection[] };

/** What else tells where values come from. */
export interface ProjectionOptions {
  /** For a file without any field id; by default the schema's own names. */
  nameMapping?: readonly MappedField[];
  /** Values of columns that a file lacks, by field id: see {@link identityPartitionValues}. */
  constants?: ReadonlyMap<number, Value>;
}

/**
 * How a file's columns make rows of a schema (spec, "Column Projection"): by field id, at every depth. A column that
 * the file lacks has the value of its identity partition, else its initial default, else null.
 * Throws `Corrupt` for a required field that is missing and for a type that cannot be promoted.
 */
export function projectSchema(
  schema: StructType,
  columns: readonly FileColumn[],
  { nameMapping = nameMappingOf(schema.fields), constants = new Map() }: ProjectionOptions = {},
): Projection[] {
  const identified = hasIds(columns) ? columns : applyNameMapping(columns, nameMapping);
  return schema.fields.map((field) => projectField(field, identified, constants));
}

function hasIds(columns: readonly FileColumn[]): boolean {
  return columns.some((column) => column.fieldId !== undefined || hasIds(column.children));
}

function applyNameMapping(
  columns: readonly FileColumn[],
  mapping: readonly MappedField[],
): FileColumn[] {
  return columns.map((column) => {
    const mapped = mapping.find((candidate) => candidate.names.includes(column.name));
    const children = applyNameMapping(column.children, mapped?.fields ?? []);
    return { ...column, fieldId: mapped?.fieldId, children };
  });
}

function projectField(
  field: NestedField,
  columns: readonly FileColumn[],
  constants: ReadonlyMap<number, Value>,
): Projection {
  const index = columns.findIndex((column) => column.fieldId === field.id);
  const column = columns[index];
  if (!column) return absent(field, constants);
  if (isPrimitive(field.type)) {
    const { type = field.type } = column;
    if (!isPromotion(type, field.type)) {
      throw new IcejamError(
        'Corrupt',
        `Cannot read the column ${column.name} of type ${type} as ${typeText(field.type)}`,
      );
    }
    return { kind: 'column', field, index, children: [] };
  }
  // By place, as the names in files differ; their ids may be absent.
  const children =
    field.type.type === 'struct'
      ? column.children
      : childrenOf(field.type).map(({ id }, place) => withId(column.children[place], id));
  return {
    kind: 'column',
    field,
    index,
    children: childrenOf(field.type).map((child) => projectField(child, children, constants)),
  };
}

function withId(column: FileColumn | undefined, fieldId: number): FileColumn {
  if (column) return { ...column, fieldId };
  throw new IcejamError('Corrupt', `The file has a list or map without the field ${fieldId}`);
}

function absent(field: NestedField, constants: ReadonlyMap<number, Value>): Projection {
  const constant = constants.get(field.id);
  if (constant !== undefined) return { kind: 'constant', field, value: constant };
  const initial = field['initial-default'] ?? null;
  if (initial === null && field.required) {
    throw new IcejamError('Corrupt', `Missing required field: ${field.name}`);
  }
  if (isPrimitive(field.type)) {
    return { kind: 'constant', field, value: valueFromJson(field.type, initial) };
  }
  if (initial === null || field.type.type !== 'struct') {
    return { kind: 'constant', field, value: null };
  }
  // Only the empty struct is allowed: its members' own defaults fill it.
  const children = field.type.fields.map((member) => absent(member, constants));
  return { kind: 'struct', field, children };
}

/**
 * The values that a data file's partition tells of columns, by field id: those of identity fields. Files of migrated
 * Hive tables lack these columns.
 */
export function identityPartitionValues(
  spec: PartitionSpec,
  partition: readonly Value[],
): Map<number, Value> {
  return new Map(
    spec.fields.flatMap((field, index): [number, Value][] =>
      field.transform === 'identity' ? [[field['source-id'], partition[index] ?? null]] : [],
    ),
  );
}
