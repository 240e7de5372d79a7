import type { Schema, SortField, SortOrder } from '../iceberg/table-metadata.ts';
import { keepsOrder, parseTransform } from '../iceberg/transform.ts';
import { findColumn } from './column-path.ts';

/**
 * The items of ORDER BY that sort the rows of a relation as a table's sort order asks; `null` if SQL cannot. Rows that
 * are in the order of a column are in that of its truncations, its year and so on, too.
 */
export function orderItems(order: SortOrder, schema: Schema, relation: string): string[] | null {
  const items = order.fields.map((field) => orderItem(field, schema, relation));
  return items.every((item) => item !== null) ? items : null;
}

function orderItem(field: SortField, schema: Schema, relation: string): string | null {
  const column = findColumn(schema, field['source-id']);
  if (column === null || !keepsOrder(parseTransform(field.transform))) return null;
  const nulls = field['null-order'] === 'nulls-first' ? 'FIRST' : 'LAST';
  return `${column.expression(relation)} ${field.direction.toUpperCase()} NULLS ${nulls}`;
}
