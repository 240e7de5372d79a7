import { IcejamError } from '../../error.ts';
import type { Column } from '../types.ts';
import { canonicalFields, type JsonField, mergeFields, parseType, typeText } from './json-type.ts';

/** Columns as they were met, with the name of the file that holds them. */
export interface ColumnsOfFile {
  name: string;
  columns: readonly Column[];
}

/**
 * The columns of a table that holds the rows of all the files, as Spark infers them: united by name, in name order,
 * with the narrowest types that hold all values; columns of nothing but nulls are VARCHAR, structs without members
 * fall away. Throws `InputInvalid` for names that differ only by case.
 */
export function unifyColumns(files: readonly ColumnsOfFile[]): Column[] {
  let fields: JsonField[] = [];
  for (const { columns } of files) fields = mergeFields(fields, parseColumns(columns));
  checkCase(fields, '', files);
  return printColumns(canonicalFields(fields));
}

/** The fields that columns as text stand for. */
export function parseColumns(columns: readonly Column[]): JsonField[] {
  return columns.map(({ name, type }) => ({ name, type: parseType(type) }));
}

/** The fields as columns with their types as text. */
export function printColumns(fields: readonly JsonField[]): Column[] {
  return fields.map(({ name, type }) => ({ name, type: typeText(type) }));
}

function checkCase(
  fields: readonly JsonField[],
  within: string,
  files: readonly ColumnsOfFile[],
): void {
  const names = new Map<string, string>();
  for (const { name, type } of fields) {
    const other = names.get(name.toLowerCase());
    if (other !== undefined) throw differByCase(other, name, within, files);
    names.set(name.toLowerCase(), name);
    let inner = type;
    while (inner.is === 'list') inner = inner.element;
    if (inner.is === 'struct') checkCase(inner.fields, `${within}${name}.`, files);
  }
}

function differByCase(
  one: string,
  other: string,
  within: string,
  files: readonly ColumnsOfFile[],
): IcejamError {
  const names = files.map(({ name }) => name).join(', ');
  return new IcejamError(
    'InputInvalid',
    `The names \`${within}${one}\` and \`${within}${other}\` in ${names} differ only by case, and column names do not tell case apart`,
    {
      context: { names: `${within}${one}, ${within}${other}`, files: names },
      remedy: 'Give both the same name in the files, or leave one out.',
    },
  );
}
