import { IcejamError } from '../error.ts';
import { columnMetricsPrefix } from './metrics.ts';
import {
  nameMappingJson,
  nameMappingProperty,
  parseNameMapping,
  updateNameMapping,
} from './name-mapping.ts';
import { fieldsOf, findFieldByName } from './schema.ts';
import type { Schema } from './table-metadata.ts';
import { schemaText } from './type.ts';

/** Properties that end in a column's full name and go with it (Java's `SchemaUpdate.applyChangesToMetadata`). */
const columnPrefixes = [
  columnMetricsPrefix,
  'write.parquet.bloom-filter-enabled.column.',
  'write.parquet.stats-enabled.column.',
];

/**
 * A table's properties after a schema change: those of a column have its new name or are gone with it, and the name
 * mapping knows the new names. Unlike in Java the columns inside a renamed or dropped one are followed too, as Java
 * refuses every change of properties while one names a column that is not there.
 */
export function followSchema(
  properties: Record<string, string>,
  before: Schema,
  after: Schema,
): Record<string, string> {
  const newPaths = new Map(Array.from(fieldsOf(after), ({ field, path }) => [field.id, path]));
  const followed = Object.entries(properties).flatMap(([key, value]): [string, string][] => {
    const prefix = columnPrefixes.find((each) => key.startsWith(each));
    if (prefix === undefined) return [[key, value]];
    const place = findFieldByName(before, key.slice(prefix.length));
    if (place === undefined) return [[key, value]];
    const path = newPaths.get(place.field.id);
    return path === undefined ? [] : [[`${prefix}${path}`, value]];
  });
  return { ...Object.fromEntries(followed), ...followNames(properties, before, after) };
}

/** A mapping that cannot be read stays as it is: it says so where it is needed. */
function followNames(
  { [nameMappingProperty]: text }: Record<string, string>,
  before: Schema,
  after: Schema,
): Record<string, string> {
  if (text === undefined) return {};
  try {
    const mapping = updateNameMapping(parseNameMapping(text), before, after.fields);
    return { [nameMappingProperty]: nameMappingJson(mapping) };
  } catch (thrown) {
    if (thrown instanceof IcejamError && thrown.kind === 'Corrupt') return {};
    throw thrown;
  }
}

/** Throws `Validation` for metrics of a column that there is not (Java's `MetricsConfig.validateReferencedColumns`). */
export function checkColumnProperties(schema: Schema, properties: Record<string, string>): void {
  for (const key of Object.keys(properties)) {
    if (!key.startsWith(columnMetricsPrefix)) continue;
    const column = key.slice(columnMetricsPrefix.length);
    if (findFieldByName(schema, column) !== undefined) continue;
    throw new IcejamError(
      'Validation',
      `Invalid metrics config, could not find column ${column} from table prop ${key} in schema ${schemaText(schema)}`,
      {
        context: { property: key },
        remedy: 'Name a column of the table, or leave the property out.',
      },
    );
  }
}
