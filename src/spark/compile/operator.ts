import { exhaustive } from '../../exhaustive.ts';
import type { Expr } from '../ast.ts';
import type { Span } from '../sql-error.ts';
import { asDecimal, isDecimal, isInteger, isNumeric, isTimestamp, widerType } from '../sql-type.ts';
import type { SqlType } from '../sql-type.ts';
import { asNumber, asText, castTo, comparable } from './cast.ts';
import type { Context } from './context.ts';
import { duckdbText } from '../sql-type.ts';
import { countsDays } from './literal.ts';
import { quoteText, sqlAt } from './sql.ts';
import type { Sql } from './sql.ts';
import { computed } from './value.ts';
import type { Value } from './value.ts';

type Binary = Extract<Expr, { kind: 'binary' }>;

/** A binary operator over values that are compiled already. */
export function compileBinary(expr: Binary, left: Value, right: Value, context: Context): Value {
  const sql = sqlAt(expr);
  const { operator } = expr;
  switch (operator) {
    case 'or':
    case 'and':
      return computed(sql`(${left.sql} ${operator.toUpperCase()} ${right.sql})`, 'boolean', expr);
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, left, right, expr);
    case '<=>':
      return compare('IS NOT DISTINCT FROM', left, right, expr);
    case '||':
      return concatenate([left, right], expr);
    case '+':
    case '-':
      return shift(expr, left, right) ?? arithmetic(expr, left, right, context);
    case '*':
    case '/':
    case '%':
    case 'div':
      return arithmetic(expr, left, right, context);
    case '&':
    case '|':
      return computed(
        sql`(${left.sql} ${operator} ${right.sql})`,
        widerType(left.type, right.type),
        expr,
      );
    case 'xor':
      return computed(sql`xor(${left.sql}, ${right.sql})`, widerType(left.type, right.type), expr);
    default:
      return exhaustive(operator);
  }
}

/** A comparison by an operator of DuckDB's. */
export function compare(operator: string, left: Value, right: Value, span: Span): Value {
  const sql = sqlAt(span);
  const [a, b] = comparable(left, right);
  return computed(sql`(${a.sql} ${operator} ${b.sql})`, 'boolean', span);
}

/** Texts, or lists, one behind the other; NULL if one is. */
export function concatenate(values: readonly Value[], span: Span): Value {
  const sql = sqlAt(span);
  const list = values.find(({ type }) => typeof type === 'object' && type.kind === 'array');
  const parts = list === undefined ? values.map(asText) : values.map((value) => value.sql);
  const [first, ...rest] = parts;
  if (first === undefined) return computed(sql`''`, 'string', span);
  const all = rest.flatMap((part) => sql` || ${part}`);
  // A single text is still made text; an unknown type may be a list.
  const type =
    list?.type ?? (values.every((value) => value.type !== undefined) ? 'string' : undefined);
  return computed(sql`(${first}${all})`, type, span);
}

/** A date or timestamp plus or minus an interval or a number of days; `null` if it is something else. */
function shift(expr: Binary, left: Value, right: Value): Value | null {
  if (expr.operator === '+' && left.type === 'interval' && right.type !== 'interval') {
    return shift({ ...expr, left: expr.right, right: expr.left }, right, left);
  }
  const sql = sqlAt(expr);
  const { type } = left;
  if (right.type === 'interval') {
    if (type === undefined || type === 'interval') return null;
    const days = expr.right.kind === 'interval' && countsDays(expr.right);
    if (type === 'date' && days) {
      const moved = sql`CAST(${left.sql} ${expr.operator} ${right.sql} AS DATE)`;
      return computed(moved, 'date', expr);
    }
    const point = type === 'timestamp_ntz' ? type : 'timestamp';
    const moved = sql`(${castTo(left, point).sql} ${expr.operator} ${right.sql})`;
    return computed(moved, point, expr);
  }
  if (type !== 'date') return null;
  if (isInteger(right.type)) {
    return computed(sql`(${left.sql} ${expr.operator} ${castTo(right, 'int').sql})`, 'date', expr);
  }
  if (right.type !== 'date' || expr.operator === '+') return null;
  return computed(sql`to_days(CAST(${left.sql} - ${right.sql} AS INTEGER))`, 'interval', expr);
}

function arithmetic(expr: Binary, left: Value, right: Value, context: Context): Value {
  const a = asNumber(left, expr, context);
  const b = asNumber(right, expr, context);
  const type = resultType(expr, a.type, b.type);
  const sql = sqlAt(expr);
  const divides = ['/', '%', 'div'].includes(expr.operator);
  const result = sql`${arithmeticSql(expr, a, b)}`;
  // DuckDB divides decimals as doubles, and gives their sums and products other precisions than Spark.
  const exact = isDecimal(type) ? sql`TRY_CAST(${result} AS ${duckdbText(type)})` : result;
  if (!divides || !context.ansi) return computed(exact, type, expr);
  const message = quoteText(
    `[DIVIDE_BY_ZERO] @${String(expr.start)}-${String(expr.end)} Division by zero. Use try_divide to tolerate divisor being 0 and return NULL instead.`,
  );
  const checked = sql`CASE WHEN ${b.sql} = 0 THEN error(${message}) ELSE ${exact} END`;
  return computed(checked, type, expr);
}

function arithmeticSql(expr: Binary, a: Value, b: Value): Sql {
  const sql = sqlAt(expr);
  if (expr.operator !== 'div') return sql`(${a.sql} ${expr.operator} ${b.sql})`;
  // `//` cuts off the fraction of whole numbers only.
  const whole =
    (a.type === undefined || isInteger(a.type)) && (b.type === undefined || isInteger(b.type));
  if (whole) return sql`CAST(${a.sql} // ${b.sql} AS BIGINT)`;
  return sql`CAST(trunc(${a.sql} / ${b.sql}) AS BIGINT)`;
}

/** The type of an arithmetic result (Spark's `TypeCoercion` and `DecimalPrecision`). */
function resultType(
  { operator, left, right }: Binary,
  a: SqlType | undefined,
  b: SqlType | undefined,
): SqlType | undefined {
  if (operator === 'div') return 'bigint';
  if (a === undefined || b === undefined) return operator === '/' ? undefined : undefined;
  if (a === 'interval' || b === 'interval') return 'interval';
  if (isTimestamp(a) && isTimestamp(b)) return 'interval';
  if (a === 'void' && b === 'void') return 'double';
  const common = widerType(a, b);
  if (!isDecimal(common)) return operator === '/' && isNumeric(common) ? 'double' : common;
  return decimalResult(operator, exactType(a, left), exactType(b, right));
}

/** A whole number beside a decimal counts with the digits that it has. */
function exactType(type: SqlType, expr: Expr): { precision: number; scale: number } {
  if (expr.kind === 'number' && isInteger(type)) {
    return { precision: Math.max(1, expr.digits.length), scale: 0 };
  }
  return asDecimal(type === 'void' ? 'int' : type);
}

interface Digits {
  precision: number;
  scale: number;
}

function decimalResult(operator: string, a: Digits, b: Digits): SqlType {
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  switch (operator) {
    case '*':
      return bounded(a.precision + b.precision + 1, a.scale + b.scale);
    case '/': {
      const scale = Math.max(6, a.scale + b.precision + 1);
      return bounded(a.precision - a.scale + b.scale + scale, scale);
    }
    case '%': {
      const digits = Math.min(a.precision - a.scale, b.precision - b.scale);
      const scale = Math.max(a.scale, b.scale);
      return bounded(digits + scale, scale);
    }
    default: {
      const scale = Math.max(a.scale, b.scale);
      return bounded(whole + scale + 1, scale);
    }
  }
}

/** Spark's `adjustPrecisionScale`: of more than 38 digits, those behind the point go first, down to six. */
function bounded(precision: number, scale: number): SqlType {
  if (precision <= 38) return { kind: 'decimal', precision, scale };
  const kept = Math.max(38 - (precision - scale), Math.min(scale, 6));
  return { kind: 'decimal', precision: 38, scale: kept };
}
