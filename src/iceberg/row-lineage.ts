import type { NestedField, Schema, TableMetadata } from './table-metadata.ts';

/** The columns that keep a row's identity where it is written again (spec, "Row Lineage"; format version 3). */
export const lineageFields = {
  rowId: { id: 2147483540, name: '_row_id', required: false, type: 'long' },
  lastUpdated: {
    id: 2147483539,
    name: '_last_updated_sequence_number',
    required: false,
    type: 'long',
  },
} as const satisfies Record<string, NestedField>;

/** The columns of data files that hold rows of older files: the schema's, and from format version 3 on their lineage. */
export function rewriteSchema(metadata: TableMetadata, schema: Schema): Schema {
  if (metadata['format-version'] < 3) return schema;
  return { ...schema, fields: [...schema.fields, ...Object.values(lineageFields)] };
}
