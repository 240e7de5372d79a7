import { exhaustive } from '../../exhaustive.ts';
import type { Expr, LikeShape } from '../ast.ts';
import { isTimestamp, widerType } from '../sql-type.ts';
import { compileCall } from './call.ts';
import { asInteger, asNumber, asText, castOrFail, castTo, comparable, unified } from './cast.ts';
import { compileColumn, fieldOf } from './column.ts';
import { fail } from './context.ts';
import { compileLiteral } from './literal.ts';
import { compare, compileBinary } from './operator.ts';
import { compileQuery } from './query.ts';
import type { Scope } from './scope.ts';
import { joinSql, quoteText, sqlAt } from './sql.ts';
import type { Sql } from './sql.ts';
import { computed } from './value.ts';
import type { Value } from './value.ts';

type Of<K extends Expr['kind']> = Extract<Expr, { kind: K }>;

/** An expression in DuckDB's SQL, with its type as far as that is known. */
export function compileExpression(expr: Expr, scope: Scope): Value {
  const sql = sqlAt(expr);
  const compile = (part: Expr) => compileExpression(part, scope);
  const boolean = (made: Sql) => computed(made, 'boolean', expr);
  switch (expr.kind) {
    case 'null':
    case 'boolean':
    case 'string':
    case 'number':
    case 'typed':
    case 'interval':
      return compileLiteral(expr, scope.context);
    case 'column':
      return compileColumn(expr.path, scope, expr);
    case 'star':
      return misplaced(expr, scope, 'A star', 'Name the columns.');
    case 'lambda':
      return misplaced(
        expr,
        scope,
        'A function x -> …',
        'Only functions such as transform take one.',
      );
    case 'call':
      return compileCall(expr, scope);
    case 'cast':
      return compileCast(expr, scope);
    case 'case':
      return compileCase(expr, scope);
    case 'not':
      return boolean(sql`(NOT ${compile(expr.operand).sql})`);
    case 'sign': {
      const operand = asNumber(compile(expr.operand), expr, scope.context);
      return computed(sql`(${expr.operator} ${operand.sql})`, operand.type, expr);
    }
    case 'binary':
      return compileBinary(expr, compile(expr.left), compile(expr.right), scope.context);
    case 'between':
      return compileBetween(expr, scope);
    case 'in-list':
      return compileInList(expr, scope);
    case 'in-query':
      return compileInQuery(expr, scope);
    case 'like':
      return compileLike(expr, scope);
    case 'is': {
      const what = expr.what === 'unknown' ? 'NULL' : expr.what.toUpperCase();
      const not = expr.negated ? 'NOT ' : '';
      return boolean(sql`(${compile(expr.operand).sql} IS ${not}${what})`);
    }
    case 'exists':
      return boolean(sql`EXISTS (${compileQuery(expr.query, scope).sql})`);
    case 'subquery': {
      const query = compileQuery(expr.query, scope);
      return computed(sql`(${query.sql})`, query.columns?.[0]?.type, expr);
    }
    case 'row':
      return computed(sql`(${list(expr.items, scope)})`, undefined, expr);
    case 'subscript':
      return compileSubscript(expr, scope);
    case 'field':
      return fieldOf(compile(expr.operand), expr.name, expr);
    default:
      return exhaustive(expr);
  }
}

function misplaced(expr: Expr, scope: Scope, what: string, remedy: string): never {
  return fail(scope.context, expr, 'PARSE_SYNTAX_ERROR', `${what} cannot stand here.`, remedy);
}

function list(exprs: Expr[], scope: Scope): Sql {
  const [first] = exprs;
  if (first === undefined) return [];
  return joinSql(
    exprs.map((expr) => compileExpression(expr, scope).sql),
    ', ',
    first,
  );
}

function compileCast(expr: Of<'cast'>, scope: Scope): Value {
  const operand = compileExpression(expr.operand, scope);
  const strict = scope.context.ansi && !expr.lenient;
  return strict ? castOrFail(operand, expr.type, expr) : castTo(operand, expr.type, expr);
}

function compileCase(expr: Of<'case'>, scope: Scope): Value {
  const sql = sqlAt(expr);
  const operand = expr.operand === null ? null : compileExpression(expr.operand, scope);
  const branches = expr.branches.map(({ when, then }) => {
    const condition = compileExpression(when, scope);
    const test = operand === null ? condition : compare('=', operand, condition, when);
    return { test, value: compileExpression(then, scope) };
  });
  const otherwise = expr.otherwise === null ? null : compileExpression(expr.otherwise, scope);
  const values = [
    ...branches.map(({ value }) => value),
    ...(otherwise === null ? [] : [otherwise]),
  ];
  const type = values.map((value) => value.type).reduce(widerType);
  const chosen = unified(values);
  const whens = branches.flatMap(
    ({ test }, index) => sql` WHEN ${test.sql} THEN ${chosen[index] ?? []}`,
  );
  const last = otherwise === null ? [] : sql` ELSE ${chosen.at(-1) ?? []}`;
  return computed(sql`CASE${whens}${last} END`, type, expr);
}

function compileBetween(expr: Of<'between'>, scope: Scope): Value {
  const sql = sqlAt(expr);
  const operand = compileExpression(expr.operand, scope);
  const low = compare('>=', operand, compileExpression(expr.low, scope), expr);
  const high = compare('<=', operand, compileExpression(expr.high, scope), expr);
  const both = sql`(${low.sql} AND ${high.sql})`;
  return computed(expr.negated ? sql`(NOT ${both})` : both, 'boolean', expr);
}

/** Text beside numbers is compared as text in a list (Spark's common type), as the other thing beside one value. */
function compileInList(expr: Of<'in-list'>, scope: Scope): Value {
  const sql = sqlAt(expr);
  const operand = compileExpression(expr.operand, scope);
  const items = expr.items.map((item) => compileExpression(item, scope));
  const type = [operand, ...items].map((value) => value.type).reduce(widerType);
  const dates = operand.type === 'date' || isTimestamp(operand.type);
  const [tested, ...listed] =
    type === 'string' && !dates
      ? [operand, ...items].map(asText)
      : [operand.sql, ...items.map((item) => comparable(operand, item)[1].sql)];
  const not = expr.negated ? 'NOT ' : '';
  return computed(
    sql`(${tested ?? []} ${not}IN (${joinSql(listed, ', ', expr)}))`,
    'boolean',
    expr,
  );
}

function compileInQuery(expr: Of<'in-query'>, scope: Scope): Value {
  const sql = sqlAt(expr);
  const operand = compileExpression(expr.operand, scope);
  const query = compileQuery(expr.query, scope);
  const other = computed([], query.columns?.[0]?.type, expr.query);
  const [tested] = comparable(operand, other);
  const not = expr.negated ? 'NOT ' : '';
  return computed(sql`(${tested.sql} ${not}IN (${query.sql}))`, 'boolean', expr);
}

function compileLike(expr: Of<'like'>, scope: Scope): Value {
  const sql = sqlAt(expr);
  const operand = asText(compileExpression(expr.operand, scope));
  const tests = expr.patterns.map((pattern) => {
    const compiled = asText(compileExpression(pattern, scope));
    return likeSql(expr, operand, compiled, pattern);
  });
  const all = joinSql(tests, expr.quantifier === 'any' ? ' OR ' : ' AND ', expr);
  return computed(expr.negated ? sql`(NOT (${all}))` : sql`(${all})`, 'boolean', expr);
}

function likeSql(like: LikeShape, operand: Sql, pattern: Sql, expr: Expr): Sql {
  const sql = sqlAt(expr);
  if (like.operator === 'rlike') return sql`regexp_matches(${operand}, ${pattern})`;
  // Spark escapes by the backslash unless told otherwise; DuckDB only when told.
  const plain = like.escape === null && expr.kind === 'string' && !expr.value.includes('\\');
  const escape = plain ? '' : ` ESCAPE ${quoteText(like.escape ?? '\\')}`;
  return sql`${operand} ${like.operator.toUpperCase()} ${pattern}${escape}`;
}

/** `array[index]` counts from 0; `map[key]`. Beyond the end, and below the beginning, is NULL. */
function compileSubscript(expr: Of<'subscript'>, scope: Scope): Value {
  const sql = sqlAt(expr);
  const operand = compileExpression(expr.operand, scope);
  const index = compileExpression(expr.index, scope);
  const { type } = operand;
  if (typeof type === 'object' && type.kind === 'map') {
    return computed(sql`${operand.sql}[${index.sql}]`, type.value, expr);
  }
  if (type === undefined && index.type === 'string') {
    return computed(sql`${operand.sql}[${index.sql}]`, undefined, expr);
  }
  const element = typeof type === 'object' && type.kind === 'array' ? type.element : undefined;
  if (expr.index.kind === 'number') {
    const place = String(Number(expr.index.digits) + 1);
    return computed(sql`${operand.sql}[${place}]`, element, expr);
  }
  const place = asInteger(index);
  return computed(
    sql`CASE WHEN ${place} >= 0 THEN ${operand.sql}[${place} + 1] END`,
    element,
    expr,
  );
}
