import { rawText } from './human-value.ts';
import type { Value } from './manifest-types.ts';
import { findFieldByName } from './schema.ts';
import type { Schema, Type } from './table-metadata.ts';

/** A comparison of a column with a value, spelled as Java prints it. */
export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** A filter of rows over the columns of a table, by their full names. Build it with the functions of this module. */
export type Expression =
  | { op: 'true' | 'false' }
  | { op: 'not'; operand: Expression }
  | { op: 'and' | 'or'; left: Expression; right: Expression }
  | { op: 'is_null' | 'not_null'; column: string }
  | { op: Comparison; column: string; value: Value }
  | { op: 'in' | 'not in'; column: string; values: readonly Value[] };

/** Matches every row. */
export const alwaysTrue: Expression = { op: 'true' };

/** Matches no row. */
export const alwaysFalse: Expression = { op: 'false' };

/** Rows that match both. */
export function and(left: Expression, right: Expression): Expression {
  return { op: 'and', left, right };
}

/** Rows that match one of the two. */
export function or(left: Expression, right: Expression): Expression {
  return { op: 'or', left, right };
}

/** Rows that do not match. */
export function not(operand: Expression): Expression {
  return { op: 'not', operand };
}

/** Rows whose column compares so with a value; `!=` holds for null too, the other comparisons never do. */
export function compare(column: string, op: Comparison, value: Value): Expression {
  return { op, column, value };
}

/** Rows whose column is one of the values. */
export function isIn(column: string, values: readonly Value[]): Expression {
  return { op: 'in', column, values };
}

/** Rows whose column is null. */
export function isNull(column: string): Expression {
  return { op: 'is_null', column };
}

const negations = {
  true: 'false',
  false: 'true',
  is_null: 'not_null',
  not_null: 'is_null',
  in: 'not in',
  'not in': 'in',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  '==': '!=',
  '!=': '==',
} as const;

/** The same filter without `not`, pushed down to the predicates (Java's RewriteNot). */
export function withoutNot(expression: Expression): Expression {
  switch (expression.op) {
    case 'not':
      return negate(expression.operand);
    case 'and':
    case 'or':
      return {
        op: expression.op,
        left: withoutNot(expression.left),
        right: withoutNot(expression.right),
      };
    default:
      return expression;
  }
}

function negate(expression: Expression): Expression {
  switch (expression.op) {
    case 'not':
      return withoutNot(expression.operand);
    case 'and':
      return or(negate(expression.left), negate(expression.right));
    case 'or':
      return and(negate(expression.left), negate(expression.right));
    default:
      return { ...expression, op: negations[expression.op] } as Expression;
  }
}

/**
 * The filter as Java prints it, such as `(ref(name="p") == "a" and ref(name="id") < 5)`. `schema`: that of the columns,
 * which tells a 5 from a 5.0.
 */
export function printExpression(expression: Expression, schema?: Schema): string {
  switch (expression.op) {
    case 'true':
    case 'false':
      return expression.op;
    case 'not':
      return `not(${printExpression(expression.operand, schema)})`;
    case 'and':
    case 'or':
      return `(${printExpression(expression.left, schema)} ${expression.op} ${printExpression(expression.right, schema)})`;
    default:
      return printPredicate(expression, schema);
  }
}

function printPredicate(
  predicate: Extract<Expression, { column: string }>,
  schema: Schema | undefined,
): string {
  const name = `ref(name="${predicate.column}")`;
  const type = schema && findFieldByName(schema, predicate.column)?.field.type;
  switch (predicate.op) {
    case 'is_null':
    case 'not_null':
      return `${predicate.op}(${name})`;
    case 'in':
    case 'not in': {
      const values = predicate.values.map((value) => printLiteral(value, type)).join(', ');
      return `${name} ${predicate.op} (${values})`;
    }
    default:
      return `${name} ${predicate.op} ${printLiteral(predicate.value, type)}`;
  }
}

function printLiteral(value: Value, type: Type | undefined): string {
  if (typeof value === 'string') return `"${value}"`;
  const text = rawText(type, value);
  return value instanceof Uint8Array ? `X'${text.toUpperCase()}'` : text;
}
