import { duckdbType, quoted } from '../engine/types.ts';
import { IcejamError } from '../error.ts';
import type { NestedField, Schema, Type } from '../iceberg/table-metadata.ts';
import type { Warning } from '../race/report.ts';

/** How a sink's view becomes the rows of a table. */
export interface SinkColumns {
  /** One select item per column of the table, in the table's order. */
  select: string[];
  /** What Spark would do without a word. */
  warnings: Warning[];
}

const integers = ['int', 'long'];
const fractions = ['float', 'double'];

/**
 * Matches a view's columns to a table's by name, case ignored, as Spark's `writeTo` does with ANSI off.
 * Throws `SqlInvalid` with Spark's class `INCOMPATIBLE_DATA_FOR_TABLE.*` for a missing or an extra column and for
 * types that do not go together.
 */
export function matchColumns(view: NestedField[], schema: Schema, table: string): SinkColumns {
  const left = new Map(view.map((column) => [column.name.toLowerCase(), column]));
  const warnings: Warning[] = [];
  const select = schema.fields.map((target) => {
    const source = left.get(target.name.toLowerCase());
    left.delete(target.name.toLowerCase());
    if (source === undefined) {
      throw incompatible(
        'CANNOT_FIND_DATA',
        table,
        `Cannot find data for the output column \`${target.name}\`.`,
      );
    }
    const converted = convert(source, target, table);
    if (truncates(source.type, target.type)) warnings.push(truncation(source, target, table));
    return `${converted} AS ${quoted(target.name)}`;
  });
  const extra = [...left.values()].map(({ name }) => `\`${name}\``);
  if (extra.length > 0) {
    throw incompatible('EXTRA_COLUMNS', table, `Cannot write extra columns ${extra.join(', ')}.`);
  }
  return { select, warnings };
}

const truncates = (from: Type, to: Type): boolean =>
  fractions.includes(from as string) && integers.includes(to as string);

function convert(source: NestedField, target: NestedField, table: string): string {
  const [from, to] = [source.type, target.type];
  const column = quoted(source.name);
  const sqlType = duckdbType(to);
  if (to === 'unknown' && from !== 'unknown') {
    throw incompatible(
      'CANNOT_SAFELY_CAST',
      table,
      `Cannot safely cast \`${source.name}\` "${duckdbType(from)}" to "VOID".`,
    );
  }
  if (truncates(from, to)) return `CAST(trunc(${column}) AS ${sqlType})`;
  if (to === 'string' && from !== 'string') return `sp_cast_string(${column})`;
  // Spark has no types of its own for UUIDs and times of day: they are text to it.
  if (from === 'string' && (to === 'uuid' || to === 'time')) return `CAST(${column} AS ${sqlType})`;
  if (from === 'string' && to !== 'string') {
    throw incompatible(
      'CANNOT_SAFELY_CAST',
      table,
      `Cannot safely cast \`${source.name}\` "STRING" to "${sqlType}".`,
    );
  }
  return `CAST(${column} AS ${sqlType})`;
}

function truncation(source: NestedField, target: NestedField, table: string): Warning {
  return {
    message: `Column ${source.name} is ${duckdbType(source.type)}, but ${table} holds ${duckdbType(target.type)}: fractions are cut off, as Spark does without a word.`,
    context: { table, column: source.name },
    remedy: `Round or cast ${source.name} in the statement, or widen the table's column.`,
  };
}

function incompatible(subclass: string, table: string, what: string): IcejamError {
  return new IcejamError(
    'SqlInvalid',
    `[INCOMPATIBLE_DATA_FOR_TABLE.${subclass}] Cannot write incompatible data for the table \`${table}\`: ${what}`,
    {
      context: { errorClass: `INCOMPATIBLE_DATA_FOR_TABLE.${subclass}`, table },
      remedy:
        'Make the last statement give exactly the columns of the table, or write another table.',
    },
  );
}
