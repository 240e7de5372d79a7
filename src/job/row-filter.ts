import { parseIsoDate, parseIsoTimestamp } from '../iceberg/date-time.ts';
import {
  alwaysFalse,
  alwaysTrue,
  and,
  compare,
  type Comparison,
  type Expression,
  isIn,
  isNull,
  not,
  or,
} from '../iceberg/expression.ts';
import type { Value } from '../iceberg/manifest-types.ts';
import { fieldsOf } from '../iceberg/schema.ts';
import type { PrimitiveType, Schema } from '../iceberg/table-metadata.ts';
import { isPrimitive, parseDecimal } from '../iceberg/type.ts';
import type { Expr, Name } from '../spark/ast.ts';

/** What a condition says of whole files. */
export interface RowFilter {
  /** Holds for every row of which the condition is true. */
  filter: Expression;
  /** Whether it holds for no other row. */
  exact: boolean;
}

/** A column that files have partitions and bounds of. */
interface FilterColumn {
  path: string;
  type: PrimitiveType;
}

const unknown: RowFilter = { filter: alwaysTrue, exact: false };

/**
 * The filter over a table's columns that a condition of Spark SQL comes to, as Spark pushes it down to Iceberg. What has
 * no such form (functions, subqueries, fractions, whose NaN bounds do not show) holds for every row.
 * `relation`: the name that the condition has for the table.
 */
export function rowFilter(condition: Expr, schema: Schema, relation: string): RowFilter {
  const columns = new Map<string, FilterColumn>();
  for (const { field, path, repeated } of fieldsOf(schema)) {
    if (repeated || !isPrimitive(field.type)) continue;
    columns.set(path.toLowerCase(), { path, type: field.type });
  }
  const columnOf = (names: readonly Name[]) => {
    const path = names.map(({ text }) => text.toLowerCase());
    const own = path[0] === relation.toLowerCase() ? path.slice(1) : path;
    return columns.get(own.join('.'));
  };
  return new FilterReader(columnOf).read(condition, false);
}

/** Reads a condition or its negation; negations are pushed down, which three-valued logic allows. */
class FilterReader {
  readonly #columnOf: (names: readonly Name[]) => FilterColumn | undefined;

  constructor(columnOf: (names: readonly Name[]) => FilterColumn | undefined) {
    this.#columnOf = columnOf;
  }

  read(expr: Expr, negated: boolean): RowFilter {
    switch (expr.kind) {
      case 'boolean':
        return exactly(expr.value === negated ? alwaysFalse : alwaysTrue);
      case 'not':
        return this.read(expr.operand, !negated);
      case 'binary':
        return this.#readBinary(expr, negated);
      case 'between':
        return this.#readBetween(expr, expr.negated !== negated);
      case 'in-list':
        return this.#readList(expr.operand, expr.items, expr.negated !== negated);
      case 'is':
        return this.#readIs(expr, expr.negated !== negated);
      default:
        return unknown;
    }
  }

  #readBinary(expr: Extract<Expr, { kind: 'binary' }>, negated: boolean): RowFilter {
    const { operator, left, right } = expr;
    if (operator === 'and' || operator === 'or') {
      const parts = [this.read(left, negated), this.read(right, negated)] as const;
      return joined((operator === 'and') === negated ? or : and, ...parts);
    }
    const comparison = comparisons[operator];
    if (comparison === undefined) return unknown;
    if (left.kind === 'column') return this.#readComparison(left, comparison, right, negated);
    return right.kind === 'column'
      ? this.#readComparison(right, mirrored[comparison], left, negated)
      : unknown;
  }

  #readComparison(operand: Expr, op: Comparison, literal: Expr, negated: boolean): RowFilter {
    const column = this.#columnIn(operand);
    const value = column && literalValue(column.type, literal);
    if (column === undefined || value === undefined) return unknown;
    const comparison = negated ? opposite[op] : op;
    const compared = compare(column.path, comparison, value);
    // Of null, Iceberg's `!=` is true and SQL's is not.
    return exactly(comparison === '!=' ? and(not(isNull(column.path)), compared) : compared);
  }

  #readBetween(expr: Extract<Expr, { kind: 'between' }>, negated: boolean): RowFilter {
    const { operand, low, high } = expr;
    return joined(
      negated ? or : and,
      this.#readComparison(operand, '>=', low, negated),
      this.#readComparison(operand, '<=', high, negated),
    );
  }

  #readList(operand: Expr, items: readonly Expr[], negated: boolean): RowFilter {
    const column = this.#columnIn(operand);
    if (column === undefined) return unknown;
    const values = items.flatMap((item) => literalValue(column.type, item) ?? []);
    if (values.length < items.length) return unknown;
    const found = isIn(column.path, values);
    return exactly(negated ? and(not(isNull(column.path)), not(found)) : found);
  }

  #readIs(expr: Extract<Expr, { kind: 'is' }>, negated: boolean): RowFilter {
    const column = this.#columnIn(expr.operand);
    if (column === undefined || expr.what !== 'null') return unknown;
    return exactly(negated ? not(isNull(column.path)) : isNull(column.path));
  }

  #columnIn(expr: Expr): FilterColumn | undefined {
    return expr.kind === 'column' ? this.#columnOf(expr.path) : undefined;
  }
}

const comparisons: Readonly<Record<string, Comparison | undefined>> = {
  '=': '==',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

const opposite = { '==': '!=', '!=': '==', '<': '>=', '<=': '>', '>': '<=', '>=': '<' } as const;
const mirrored = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

const exactly = (filter: Expression): RowFilter => ({ filter, exact: true });

function joined(
  join: (left: Expression, right: Expression) => Expression,
  left: RowFilter,
  right: RowFilter,
): RowFilter {
  return { filter: join(left.filter, right.filter), exact: left.exact && right.exact };
}

/** A literal as a value of a column's type; `undefined` if it is none, or would have to be rounded. */
function literalValue(type: PrimitiveType, expr: Expr): Value | undefined {
  switch (expr.kind) {
    case 'boolean':
      return type === 'boolean' ? expr.value : undefined;
    case 'number':
      return numberValue(type, expr.digits);
    case 'sign':
      return expr.operator === '-' && expr.operand.kind === 'number'
        ? numberValue(type, `-${expr.operand.digits}`)
        : undefined;
    case 'string':
      return type === 'string' ? expr.value : timeValue(type, expr.value);
    case 'typed':
      return expr.type === type || expr.type === 'timestamp'
        ? timeValue(type, expr.value)
        : undefined;
    default:
      return undefined;
  }
}

function numberValue(type: PrimitiveType, digits: string): Value | undefined {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d*?)0*)?$/.exec(digits) ?? [];
  if (whole === '') return undefined;
  const decimal = parseDecimal(type);
  if (decimal !== null) {
    if (fraction.length > decimal.scale) return undefined;
    return BigInt(sign + whole + fraction.padEnd(decimal.scale, '0'));
  }
  if (fraction !== '') return undefined;
  const value = BigInt(sign + whole);
  if (type === 'long' && BigInt.asIntN(64, value) === value) return value;
  return type === 'int' && BigInt.asIntN(32, value) === value ? Number(value) : undefined;
}

/** A date or a time in UTC, as the session's time zone is. */
function timeValue(type: PrimitiveType, text: string): Value | undefined {
  const written = text.trim();
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(written);
  try {
    if (type === 'date') return isDay ? parseIsoDate(written) : undefined;
    if (type !== 'timestamp' && type !== 'timestamptz') return undefined;
    const instant = isDay ? `${written}T00:00` : written.replace(' ', 'T');
    return parseIsoTimestamp(instant, 1_000_000n);
  } catch {
    return undefined;
  }
}
