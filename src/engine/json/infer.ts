import { type JsonColumn, type JsonStruct, kind } from './column.ts';
import { byName, type JsonField, type JsonType, longPrecision, maxPrecision } from './json-type.ts';

/** The columns of a struct that were met in this part. */
export function metColumns(struct: JsonStruct): JsonColumn[] {
  return struct.columns.filter((column) => column.metAt >= 0).sort(byName);
}

/** The narrowest type that holds the first `rows` cells of a column. */
function inferType(column: JsonColumn, rows: number): JsonType {
  const kinds = kindsOf(column, rows);
  if (kinds === kind.null) return { is: 'null' };
  if (kinds === kind.boolean) return { is: 'boolean' };
  if (kinds === kind.long) return { is: 'long' };
  if (kinds === kind.struct) return { is: 'struct', fields: inferFields(column.members, rows) };
  if (kinds === kind.list) {
    const element = column.elements();
    return { is: 'list', element: inferType(element, element.length) };
  }
  if ((kinds & ~(kind.long | kind.big | kind.double)) !== 0) return { is: 'string' };
  if ((kinds & kind.double) !== 0) return { is: 'double' };
  const least = (kinds & kind.long) === 0 ? 0 : longPrecision;
  const precision = Math.max(least, longestDigits(column, rows));
  return precision > maxPrecision ? { is: 'double' } : { is: 'decimal', precision };
}

/** The fields of a struct, or of the rows themselves, in name order. */
export function inferFields(struct: JsonStruct, rows: number): JsonField[] {
  return metColumns(struct).map((column) => ({
    name: column.name,
    type: inferType(column, rows),
  }));
}

function kindsOf(column: JsonColumn, rows: number): number {
  let kinds = 0;
  for (const cell of column.kinds.subarray(0, rows)) kinds |= cell;
  return kinds;
}

function longestDigits(column: JsonColumn, rows: number): number {
  let longest = 0;
  for (let row = 0; row < rows; row += 1) {
    if (column.kinds[row] === kind.big) {
      const digits = column.textAt(row);
      longest = Math.max(longest, digits.length - (digits.startsWith('-') ? 1 : 0));
    }
  }
  return longest;
}
