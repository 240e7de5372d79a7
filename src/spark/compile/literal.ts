import { exhaustive } from '../../exhaustive.ts';
import type { Expr, IntervalPart } from '../ast.ts';
import type { SqlType } from '../sql-type.ts';
import { fail } from './context.ts';
import type { Context } from './context.ts';
import { quoteText, sqlAt } from './sql.ts';
import { computed } from './value.ts';
import type { Value } from './value.ts';

type LiteralKind = 'null' | 'boolean' | 'string' | 'number' | 'typed' | 'interval';

/** An expression that is a literal. */
export type Literal = Extract<Expr, { kind: LiteralKind }>;

/** A literal in DuckDB's SQL. */
export function compileLiteral(literal: Literal, context: Context): Value {
  const sql = sqlAt(literal);
  const make = (text: string, type: SqlType) => computed(sql`${text}`, type, literal);
  switch (literal.kind) {
    case 'null':
      return make('NULL', 'void');
    case 'boolean':
      return make(literal.value ? 'true' : 'false', 'boolean');
    case 'string':
      return make(quoteText(literal.value), 'string');
    case 'number':
      return make(numberText(literal.digits, literal.type), literal.type);
    case 'typed':
      return make(typedText(literal, context), literal.type);
    case 'interval':
      return make(`INTERVAL ${quoteText(intervalText(literal, context))}`, 'interval');
    default:
      return exhaustive(literal);
  }
}

function numberText(digits: string, type: SqlType): string {
  if (typeof type === 'object' || type === 'int') return digits;
  if (type === 'bigint' && digits.length > 10) return digits;
  if (type === 'double' && /e/i.test(digits)) return digits;
  const names: Readonly<Record<string, string>> = { double: 'DOUBLE', float: 'FLOAT' };
  const integers: Readonly<Record<string, string>> = { tinyint: 'TINYINT', smallint: 'SMALLINT' };
  return `CAST(${digits} AS ${names[type] ?? integers[type] ?? 'BIGINT'})`;
}

const datePattern = /^\s*([+-]?\d{4,7})(?:-(\d{1,2})(?:-(\d{1,2}))?)?/;

function typedText(literal: Extract<Expr, { kind: 'typed' }>, context: Context): string {
  const { type, value } = literal;
  if (type === 'binary') return `unhex(${quoteText(value)})`;
  const match = datePattern.exec(value);
  if (match === null) {
    return fail(
      context,
      literal,
      'INVALID_TYPED_LITERAL',
      `The value of the typed literal "${type.toUpperCase()}" is invalid: '${value}'.`,
      type === 'date' ? "Write DATE '2016-01-31'." : "Write TIMESTAMP '2016-01-31 12:30:00'.",
    );
  }
  const [head, year = '', month = '1', day = '1'] = match;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (type === 'date') return `DATE '${date}'`;
  const time = value.slice(head.length).trim();
  if (!/(?:Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)$/.test(time)) {
    return `CAST(${quoteText(`${date} ${time.replace(/^T/, '') || '00:00:00'}`)} AS TIMESTAMP)`;
  }
  return `CAST(CAST(${quoteText(`${date} ${time.replace(/^T/, '')}`)} AS TIMESTAMPTZ) AS TIMESTAMP)`;
}

const dateUnits = ['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'YEAR TO MONTH'];

/** Whether an interval leaves a date a date: Spark keeps DATE ± INTERVAL a date if it counts no hours. */
export function countsDays(interval: Extract<Expr, { kind: 'interval' }>): boolean {
  return interval.parts.every(({ amount, unit }) => {
    if (unit !== '') return dateUnits.includes(unit);
    const units = amount.toUpperCase().match(/[A-Z]+/g) ?? [];
    return units.every((each) => each === 'INTERVAL' || dateUnits.includes(each.replace(/S$/, '')));
  });
}

function intervalText(literal: Extract<Expr, { kind: 'interval' }>, context: Context): string {
  const texts = literal.parts.map((part) => partText(part));
  if (!texts.includes(null)) return texts.join(' ');
  return fail(
    context,
    literal,
    'INVALID_INTERVAL_FORMAT',
    'This interval cannot be read.',
    "Write INTERVAL 1 DAY, INTERVAL '1-2' YEAR TO MONTH or INTERVAL '1 02:03:04' DAY TO SECOND.",
  );
}

/** One part as DuckDB reads it; `null` if it has no sense. */
function partText({ amount, unit }: IntervalPart): string | null {
  const text = amount.trim();
  if (unit === '') return text.replace(/^interval\s+/i, '');
  if (unit === 'NANOSECOND') return null;
  if (!unit.includes(' TO ')) return /^[+-]?[\d.]+$/.test(text) ? `${text} ${unit}` : null;
  const sign = text.startsWith('-') ? '-' : '';
  const numbers = text.replace(/^[+-]/, '').match(/\d+(?:\.\d+)?/g) ?? [];
  const units = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'];
  const [first = '', last = ''] = unit.split(' TO ');
  const named = units.slice(units.indexOf(first), units.indexOf(last) + 1);
  if (named.length !== numbers.length) return null;
  return named.map((name, index) => `${sign}${numbers[index] ?? ''} ${name}`).join(' ');
}
