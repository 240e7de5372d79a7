import { inFile } from './file-error.ts';
import { JsonObject } from './json-object.ts';
import { parseJson, stringifyJson } from './json.ts';
import { childrenOf, findField } from './schema.ts';
import type { NestedField, StructType } from './table-metadata.ts';
import { isPrimitive } from './type.ts';

/** The ids that columns have by their names in files without field ids (spec, "Column Projection"). */
export interface MappedField {
  /** `undefined`: a column of files that the table does not have. */
  fieldId: number | undefined;
  names: readonly string[];
  fields: readonly MappedField[];
}

/** The table property that holds a name mapping. */
export const nameMappingProperty = 'schema.name-mapping.default';

/** A name mapping from its JSON text (Java's `NameMappingParser`). Throws `Corrupt`. */
export function parseNameMapping(text: string): MappedField[] {
  try {
    return new JsonObject({ fields: parseJson(text) }).list('fields', parseMappedField);
  } catch (error) {
    throw inFile(error, `the property ${nameMappingProperty}`);
  }
}

function parseMappedField(json: unknown): MappedField {
  const object = new JsonObject(json);
  return {
    fieldId: object.optionalInteger('field-id'),
    names: object.list('names', (name) => new JsonObject({ name }).string('name')),
    fields: object.list('fields', parseMappedField),
  };
}

/** The mapping of every field's present name: for files without ids in a table that has no mapping. */
export function nameMappingOf(fields: readonly NestedField[]): MappedField[] {
  return fields.map(({ id, name, type }) => ({
    fieldId: id,
    names: [name],
    fields: isPrimitive(type) ? [] : nameMappingOf(childrenOf(type)),
  }));
}

/** The JSON text of a name mapping, with its keys in Java's order. */
export function nameMappingJson(mapping: readonly MappedField[]): string {
  return stringifyJson(mapping.map(mappedFieldJson));
}

function mappedFieldJson({ fieldId, names, fields }: MappedField): object {
  return {
    'field-id': fieldId,
    names,
    fields: fields.length === 0 ? undefined : fields.map(mappedFieldJson),
  };
}

/**
 * A mapping after a schema change (Java's `MappingUtil.update`). A renamed field has its old names beside the new one, a
 * new field is added to the level that it is on, and a name means the field that was given it last. `fields`: the
 * mapping's level in the new schema.
 */
export function updateNameMapping(
  mapping: readonly MappedField[],
  before: StructType,
  fields: readonly NestedField[],
): MappedField[] {
  const given = fields.filter(({ id, name }) => findField(before, id)?.name !== name);
  const owners = new Map(given.map(({ id, name }) => [name, id]));
  const known = mapping.map((mapped): MappedField => {
    const { fieldId } = mapped;
    const field = fields.find(({ id }) => id === fieldId);
    const names = mapped.names.filter((name) => !owners.has(name));
    if (field !== undefined && owners.get(field.name) === fieldId) names.push(field.name);
    if (field === undefined || isPrimitive(field.type)) return { ...mapped, names };
    return {
      fieldId,
      names,
      fields: updateNameMapping(mapped.fields, before, childrenOf(field.type)),
    };
  });
  const added = fields.filter(({ id }) => findField(before, id) === undefined);
  return [...known, ...nameMappingOf(added)];
}
