import { IcejamError } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import { metadataChange, type Change } from './change.ts';
import { checkPartitionSources } from './partition-spec.ts';
import { checkCompatibility, findFieldByName, withFreshIds } from './schema.ts';
import { followSchema } from './schema-properties.ts';
import { currentSchema, specById } from './table.ts';
import type {
  NestedField,
  PrimitiveType,
  Schema,
  StructType,
  TableMetadata,
  Type,
} from './table-metadata.ts';
import { isPrimitive, parseDecimal, typeEquals } from './type.ts';

/**
 * One step of a schema change. Columns are named in full, such as `location.lat`; new ones go to the top level, and the
 * field ids inside their types are given anew.
 */
export type SchemaEdit =
  | { edit: 'add'; name: string; type: Type; doc?: string }
  | { edit: 'drop'; column: string }
  | { edit: 'rename'; column: string; name: string }
  | { edit: 'widen'; column: string; type: PrimitiveType }
  | { edit: 'make-optional'; column: string }
  /** To the place behind a sibling, or before one; without either to the front. */
  | { edit: 'move'; column: string; after?: string; before?: string };

/**
 * Changes the current schema, and with it the properties that name columns; data files keep the one they were written
 * with. Rejected by any commit since the table
 * was loaded, and with `IllegalArgument` for a step that stored rows do not allow, `Validation` for the column of a
 * partition field (Java's SchemaUpdate).
 */
export function updateSchema(edits: readonly SchemaEdit[]): Change {
  return metadataChange('update-schema', (metadata) => edited(metadata, edits), {
    whenStale: 'loses',
  });
}

function edited(metadata: TableMetadata, edits: readonly SchemaEdit[]): TableMetadata {
  const before = currentSchema(metadata);
  let lastColumnId = metadata['last-column-id'];
  let schema = before;
  const nextId = () => (lastColumnId += 1);
  for (const edit of edits) {
    schema = { ...schema, fields: applyEdit(schema, edit, nextId) };
  }
  // New files are partitioned by it.
  checkPartitionSources(schema, specById(metadata, metadata['default-spec-id']).fields);
  checkCompatibility(schema, metadata['format-version']);
  const known = metadata.schemas.find((each) => sameColumns(each, schema));
  if (known?.['schema-id'] === metadata['current-schema-id']) return metadata;
  const id =
    known?.['schema-id'] ?? Math.max(...metadata.schemas.map((each) => each['schema-id'])) + 1;
  return {
    ...metadata,
    'last-column-id': lastColumnId,
    'current-schema-id': id,
    properties: followSchema(metadata.properties, before, schema),
    schemas:
      known === undefined
        ? [...metadata.schemas, { ...schema, 'schema-id': id }]
        : metadata.schemas,
  };
}

function applyEdit(schema: Schema, edit: SchemaEdit, nextId: () => number): NestedField[] {
  switch (edit.edit) {
    case 'add': {
      const { name, type, doc } = edit;
      if (findFieldByName(schema, name) !== undefined) {
        illegal(`Cannot add column, name already exists: ${name}`);
      }
      const id = nextId();
      const field = { id, name, required: false, type: withFreshIds(type, nextId) };
      return [...schema.fields, doc === undefined ? field : { ...field, doc }];
    }
    case 'drop': {
      const dropped = columnOf(schema, edit.column, 'delete');
      if (schema['identifier-field-ids']?.includes(dropped.id) === true) {
        illegal(
          `Cannot delete identifier field ${edit.column}. To force deletion, also call setIdentifierFields to update identifier fields.`,
        );
      }
      return replaceField(schema, dropped.id, () => []);
    }
    case 'rename': {
      const { id } = columnOf(schema, edit.column, 'rename');
      const path = edit.column.replace(/[^.]+$/, edit.name);
      if (findFieldByName(schema, path) !== undefined) {
        illegal(`Cannot rename column, name already exists: ${path}`);
      }
      return replaceField(schema, id, (field) => [{ ...field, name: edit.name }]);
    }
    case 'widen': {
      const { id, type } = columnOf(schema, edit.column, 'update');
      if (!isPrimitive(type) || !canWiden(type, edit.type)) {
        illegal(
          `Cannot change column type: ${edit.column}: ${isPrimitive(type) ? type : type.type} -> ${edit.type}`,
        );
      }
      return replaceField(schema, id, (field) => [{ ...field, type: edit.type }]);
    }
    case 'make-optional': {
      const { id } = columnOf(schema, edit.column, 'update');
      return replaceField(schema, id, (field) => [{ ...field, required: false }]);
    }
    case 'move':
      return moveColumn(schema, edit);
    default:
      return exhaustive(edit);
  }
}

type Move = Extract<SchemaEdit, { edit: 'move' }>;

/** Moves a column among its siblings (Java's `moveFirst`, `moveAfter`, `moveBefore`). */
function moveColumn(schema: Schema, { column, after, before }: Move): NestedField[] {
  const moved = columnOf(schema, column, 'move');
  const other = after ?? before;
  const place = after === undefined ? 'before' : 'after';
  const sibling =
    other === undefined ? undefined : columnOf(schema, other, `move ${column} ${place}`);
  if (sibling?.id === moved.id) illegal(`Cannot move ${column} ${place} itself`);
  return reorder(schema.fields, moved, (rest) => {
    if (sibling === undefined) return 0;
    const at = rest.indexOf(sibling);
    if (at < 0) return illegal(`Cannot move field ${column} to a different struct`);
    return after === undefined ? at : at + 1;
  });
}

/** The fields with one of them, at any depth of structs, at another place among its siblings. */
function reorder(
  fields: readonly NestedField[],
  moved: NestedField,
  placeIn: (rest: readonly NestedField[]) => number,
): NestedField[] {
  if (fields.includes(moved)) {
    const rest = fields.filter((field) => field !== moved);
    return rest.toSpliced(placeIn(rest), 0, moved);
  }
  return fields.map((field) => {
    const { type } = field;
    if (isPrimitive(type) || type.type !== 'struct') return field;
    return { ...field, type: { ...type, fields: reorder(type.fields, moved, placeIn) } };
  });
}

function columnOf(schema: Schema, name: string, verb: string): NestedField {
  const column = findFieldByName(schema, name)?.field;
  return column ?? illegal(`Cannot ${verb} missing column: ${name}`);
}

/** The fields of a struct with one of them, at any depth of structs, replaced by others. */
function replaceField(
  struct: StructType,
  id: number,
  replace: (field: NestedField) => NestedField[],
): NestedField[] {
  return struct.fields.flatMap((field) => {
    if (field.id === id) return replace(field);
    const { type } = field;
    if (isPrimitive(type) || type.type !== 'struct') return [field];
    return [{ ...field, type: { ...type, fields: replaceField(type, id, replace) } }];
  });
}

/** The promotions that every reader knows (spec, "Schema Evolution"). */
function canWiden(from: PrimitiveType, to: PrimitiveType): boolean {
  if (from === 'int') return to === 'long';
  if (from === 'float') return to === 'double';
  const [narrow, wide] = [parseDecimal(from), parseDecimal(to)];
  if (narrow === null || wide === null) return false;
  return narrow.scale === wide.scale && narrow.precision <= wide.precision;
}

function sameColumns(a: Schema, b: Schema): boolean {
  const ids = (schema: Schema) => JSON.stringify(schema['identifier-field-ids'] ?? []);
  return typeEquals(a, b) && ids(a) === ids(b);
}

function illegal(message: string): never {
  throw new IcejamError('IllegalArgument', message);
}
