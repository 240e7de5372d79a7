import { inFile } from './file-error.ts';
import { JsonObject } from './json-object.ts';
import { parseJson } from './json.ts';
import { childrenOf } from './schema.ts';
import type { NestedField } from './table-metadata.ts';
import { isPrimitive } from './type.ts';

/** The ids that columns have by their names in files without field ids (spec, "Column Projection"). */
export interface MappedField {
  /** `undefined`: a column of files that the table does not have. */
  fieldId: number | undefined;
  names: readonly string[];
  fields: readonly MappedField[];
}

/** The table property that holds a name mapping. */
const nameMappingProperty = 'schema.name-mapping.default';

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
