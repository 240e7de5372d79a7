import { IcejamError, type SourceRange } from '../error.ts';
import { fieldsOf } from '../iceberg/schema.ts';
import type { Schema, SortField } from '../iceberg/table-metadata.ts';
import { parseTransform } from '../iceberg/transform.ts';
import { isPrimitive } from '../iceberg/type.ts';

const itemPattern =
  /^\s*(?:(?<transform>[a-z]+)\(\s*(?:(?<parameter>\d+)\s*,\s*)?)?`?(?<column>[^`()]+?)`?\s*\)?(?:\s+(?<direction>asc|desc))?(?:\s+nulls\s+(?<nulls>first|last))?\s*$/i;

/**
 * The fields of a sort order as Spark writes it: `id DESC NULLS LAST, day(ts)`; ascending and nulls first unless it says
 * otherwise, descending with nulls last. Throws `IllegalArgument` for what cannot be read and for unknown columns.
 */
export function readSortOrder(text: string, schema: Schema, range: SourceRange): SortField[] {
  // A comma inside brackets belongs to a transform.
  return text.split(/,(?![^(]*\))/).map((item) => readItem(item, schema, range));
}

function readItem(item: string, schema: Schema, range: SourceRange): SortField {
  const groups = itemPattern.exec(item)?.groups;
  const column = groups?.column ?? '';
  if (groups === undefined || column === '') {
    throw new IcejamError('IllegalArgument', `Cannot read the sort order "${item.trim()}".`, {
      range,
      remedy: 'Write columns such as vendor_id ASC NULLS FIRST, pickup_datetime DESC.',
    });
  }
  const direction = groups.direction?.toLowerCase() === 'desc' ? 'desc' : 'asc';
  const nulls = groups.nulls?.toLowerCase() ?? (direction === 'asc' ? 'first' : 'last');
  return {
    transform: transformOf(groups, range),
    'source-id': columnId(column, schema, range),
    direction,
    'null-order': nulls === 'first' ? 'nulls-first' : 'nulls-last',
  };
}

/** `days(ts)` is Spark's spelling of `day`. */
function transformOf(
  { transform, parameter }: Record<string, string | undefined>,
  range: SourceRange,
): string {
  const name = transform?.toLowerCase().replace(/s$/, '') ?? 'identity';
  const text = parameter === undefined ? name : `${name}[${parameter}]`;
  if (parseTransform(text).name !== 'unknown') return text;
  throw new IcejamError('IllegalArgument', `Cannot sort by ${transform ?? ''}(…).`, {
    range,
    remedy: 'Sort by columns, or by year, month, day, hour or truncate of one.',
  });
}

function columnId(name: string, schema: Schema, range: SourceRange): number {
  for (const { field, path, repeated } of fieldsOf(schema)) {
    const isMeant = path.toLowerCase() === name.toLowerCase();
    if (isMeant && !repeated && isPrimitive(field.type)) return field.id;
  }
  throw new IcejamError('IllegalArgument', `Cannot find field '${name}' to sort by.`, {
    range,
    remedy: `Sort by columns of the table: ${schema.fields.map((field) => field.name).join(', ')}.`,
  });
}
