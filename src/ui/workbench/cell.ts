import { grouped } from '../../words.ts';
import type { Answer } from '../../workbench/api.ts';

const numeric = /^((TINY|SMALL|BIG)?INT|DOUBLE|FLOAT|DECIMAL\(.*)$/;

/** Whether values of a Spark type are set flush right. */
export function isNumeric(type: string): boolean {
  return numeric.test(type);
}

/** Columns whose numbers are names: no separators in them. */
const naming = /(^|_)(id|year|version|code)$/i;

/** A value as a cell of a column shows it. */
export function cellText(
  value: Answer['rows'][number][string] | undefined,
  column: string,
): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isInteger(value) && !naming.test(column)) {
    return grouped(value);
  }
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}
