import type { Span } from '../sql-error.ts';
import {
  duckdbText,
  isDecimal,
  isNumeric,
  isTimestamp,
  sparkText,
  widerType,
} from '../sql-type.ts';
import type { ScalarType, SqlType } from '../sql-type.ts';
import type { Context, FoundText } from './context.ts';
import { joinSql, quoteName, quoteText, sqlAt, textOf } from './sql.ts';
import type { Sql } from './sql.ts';
import { computed, type Origin } from './value.ts';
import type { Value } from './value.ts';

/** Macros that cast a value of any type as Spark does: NULL where DuckDB fails, and Spark's own texts. */
const castMacros: Readonly<Partial<Record<ScalarType, string>>> = {
  boolean: 'sp_cast_boolean',
  tinyint: 'sp_cast_tinyint',
  smallint: 'sp_cast_smallint',
  int: 'sp_cast_int',
  bigint: 'sp_cast_bigint',
  float: 'sp_cast_float',
  double: 'sp_cast_double',
  string: 'sp_cast_string',
  binary: 'sp_cast_binary',
  date: 'sp_to_date',
  timestamp: 'sp_to_timestamp',
  timestamp_ntz: 'sp_to_timestamp',
};

/** CAST as Spark does it without ANSI: what cannot be cast becomes NULL. */
export function castTo(value: Value, type: SqlType, span: Span = value.span): Value {
  if (value.type !== undefined && sparkText(value.type) === sparkText(type)) return value;
  return computed(castSql(value, type, span), type, span);
}

function castSql(value: Value, type: SqlType, span: Span): Sql {
  const sql = sqlAt(span);
  const macro = typeof type === 'string' ? castMacros[type] : undefined;
  if (value.type === 'void' || widens(value.type, type)) {
    return sql`CAST(${value.sql} AS ${duckdbText(type)})`;
  }
  if (type === 'string' && typeof value.type === 'object') return nestedText(value, span);
  if (macro !== undefined) return sql`${macro}(${value.sql})`;
  if (isDecimal(type) && isTimestamp(value.type)) {
    return sql`TRY_CAST(sp_cast_double(${value.sql}) AS ${duckdbText(type)})`;
  }
  return sql`TRY_CAST(${value.sql} AS ${duckdbText(type)})`;
}

/** Arrays, maps and structs as Spark prints them: `[1, null]`, `{a -> 1}`, `{1, x}`. */
function nestedText(value: Value, span: Span): Sql {
  const sql = sqlAt(span);
  const text = (inner: Sql, type: SqlType): Sql =>
    sql`coalesce(${castTo({ ...value, sql: inner, type }, 'string', span).sql}, 'null')`;
  const { type } = value;
  if (typeof type !== 'object' || type.kind === 'decimal')
    return sql`CAST(${value.sql} AS VARCHAR)`;
  if (type.kind === 'struct') {
    const fields = type.fields.map((field) =>
      text(sql`struct_extract(${value.sql}, ${quoteText(field.name)})`, field.type),
    );
    const all = joinSql(fields, " || ', ' || ", span);
    return sql`CASE WHEN ${value.sql} IS NOT NULL THEN '{' || ${all} || '}' END`;
  }
  if (type.kind === 'array') {
    const items = sql`list_transform(${value.sql}, lambda item: ${text(sql`item`, type.element)})`;
    return sql`('[' || coalesce(array_to_string(${items}, ', '), '') || CASE WHEN ${value.sql} IS NOT NULL THEN ']' END)`;
  }
  const pair = sql`${text(sql`pair.key`, type.key)} || ' -> ' || ${text(sql`pair.value`, type.value)}`;
  const pairs = sql`list_transform(map_entries(${value.sql}), lambda pair: ${pair})`;
  return sql`('{' || coalesce(array_to_string(${pairs}, ', '), '') || CASE WHEN ${value.sql} IS NOT NULL THEN '}' END)`;
}

const widening: readonly SqlType[] = ['tinyint', 'smallint', 'int', 'bigint', 'float', 'double'];

function widens(from: SqlType | undefined, to: SqlType): boolean {
  if (from === undefined || !widening.includes(from)) return false;
  return widening.indexOf(to) > widening.indexOf(from);
}

/** CAST with ANSI: what cannot be cast is an error that names the value. */
export function castOrFail(value: Value, type: SqlType, span: Span): Value {
  const cast = castTo(value, type, span);
  if (cast === value) return value;
  const sql = sqlAt(span);
  const from = value.type === undefined ? 'STRING' : sparkText(value.type).toUpperCase();
  const to = sparkText(type).toUpperCase();
  const place = `${String(span.start)}-${String(span.end)}`;
  const checked = sql`sp_ansi_cast(${value.sql}, ${cast.sql}, ${quoteText(from)}, ${quoteText(to)}, '${place}')`;
  return computed(checked, type, span);
}

/**
 * A value as an operand of arithmetic. Text becomes a double, NULL if it is no number (with ANSI an error);
 * if it is a column, that is noted.
 */
export function asNumber(value: Value, whole: Span, context: Context): Value {
  if (value.type !== 'string') return value;
  const cast = context.ansi
    ? castOrFail(value, 'double', value.span)
    : castTo(value, 'double', value.span);
  if (value.origin !== null) noteText(value.origin, value, whole, context);
  return cast;
}

function noteText({ view, column }: Origin, value: Value, whole: Span, context: Context): void {
  const { textArithmetic, sql } = context;
  const { start, end } = whole;
  const known = ({ found }: FoundText) =>
    found.start === start && found.end === end && found.column === column;
  if (textArithmetic.some(known)) return;
  const found = {
    start,
    end,
    expression: sql.slice(start, end),
    column,
    columnType: 'string',
    view,
    suggestion: `CAST(${column} AS DOUBLE), after mending the values that are no numbers`,
    condition: lostCondition(quoteName(column)),
    count: '',
  };
  textArithmetic.push({ found, lost: lostCondition(textOf(value.sql)) });
}

/** A value is there, but is no number. */
function lostCondition(value: string): string {
  return `${value} IS NOT NULL AND sp_cast_double(${value}) IS NULL`;
}

/** A value as text, as functions of text take it. */
export function asText(value: Value): Sql {
  if (value.type === undefined || value.type === 'string') return value.sql;
  return castTo(value, 'string').sql;
}

/** A value as a timestamp, as functions of time take it. */
export function asTimestamp(value: Value): Sql {
  return castTo(value, 'timestamp').sql;
}

/** A value as a date, as functions of dates take it. */
export function asDate(value: Value): Sql {
  return castTo(value, 'date').sql;
}

/** A value as a whole number, as counts and positions are taken. */
export function asInteger(value: Value): Sql {
  if (value.type === undefined || value.type === 'int') return value.sql;
  return castTo(value, 'int').sql;
}

/**
 * Two values as they are compared: text becomes what it is compared with (Spark's
 * `findCommonTypeForBinaryComparison`); a decimal is compared with text as a double.
 */
export function comparable(left: Value, right: Value): [Value, Value] {
  if (left.type === 'string') return [asComparand(left, right.type), right];
  if (right.type === 'string') return [left, asComparand(right, left.type)];
  return [left, right];
}

function asComparand(text: Value, other: SqlType | undefined): Value {
  if (other === undefined || other === 'string' || other === 'void') return text;
  if (isDecimal(other)) return castTo(text, 'double');
  const scalar =
    isNumeric(other) || ['boolean', 'date'].includes(textOfType(other)) || isTimestamp(other);
  return scalar ? castTo(text, other) : text;
}

function textOfType(type: SqlType): string {
  return typeof type === 'string' ? type : type.kind;
}

/** Values of which one is chosen: made text if text and other things are mixed, as Spark does. */
export function unified(values: readonly Value[]): Sql[] {
  const type = values.map((value) => value.type).reduce(widerType, 'void');
  return values.map((value) =>
    type === 'string' && value.type !== 'void' ? asText(value) : value.sql,
  );
}
