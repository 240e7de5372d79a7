import type { Expr, Grouping, Select, SelectItem } from '../ast.ts';
import { columnName } from './column-name.ts';
import { compileExpression } from './expression.ts';
import { compileGenerator, compileView, isGenerator } from './generator.ts';
import type { CompiledQuery } from './query.ts';
import { compileRelation } from './relation.ts';
import type { Span } from '../sql-error.ts';
import type { Scope, Source } from './scope.ts';
import { joinSql, quoteName, sqlAt, textOf } from './sql.ts';
import type { Sql } from './sql.ts';
import { type Column, computed } from './value.ts';
import { compileWindow } from './window.ts';

/** A SELECT, with the scope of its clauses. */
export function compileSelect(select: Select, outer: Scope): CompiledQuery & { scope: Scope } {
  const sql = sqlAt(select);
  const { from, scope } = compileFrom(select, outer);
  bindWindow(select, scope);
  const where =
    select.where === null ? [] : sql` WHERE ${compileExpression(select.where, scope).sql}`;
  const { textArithmetic } = scope.context;
  const before = textArithmetic.length;
  bindGrouped(select, scope);
  const items = select.items.map((item) => compileItem(item, scope));
  for (const { found, lost } of textArithmetic.slice(before)) {
    const filter = where.length === 0 ? ' WHERE ' : `${textOf(where)} AND `;
    found.count ||= `${scope.withText}SELECT count(*) AS n${textOf(from)}${filter}${lost}`;
  }
  const columns = items.some((item) => item.columns === null)
    ? null
    : items.flatMap((item) => item.columns ?? []);
  const groupBy = compileGroupBy(select.groupBy, scope, select);
  const having =
    select.having === null ? [] : sql` HAVING ${compileExpression(select.having, scope).sql}`;
  const windows = select.windows.map(
    ({ name, window }) => sql`${quoteName(name.text)} AS (${compileWindow(window, scope, select)})`,
  );
  const windowClause = windows.length === 0 ? [] : sql` WINDOW ${joinSql(windows, ', ', select)}`;
  const list = joinSql(
    items.map((item) => item.sql),
    ', ',
    select,
  );
  const distinct = select.distinct ? 'DISTINCT ' : '';
  return {
    sql: sql`SELECT ${distinct}${list}${from}${where}${groupBy}${having}${windowClause}`,
    columns,
    scope,
  };
}

function compileFrom(select: Select, outer: Scope): { from: Sql; scope: Scope } {
  const sql = sqlAt(select);
  let scope = outer.inner([]);
  const relations = select.from.map((relation) => {
    const compiled = compileRelation(relation, scope);
    // What stands further right may be LATERAL.
    scope = outer.inner([...scope.sources, ...compiled.sources]);
    return compiled.sql;
  });
  const views = select.views.map((view) => {
    const compiled = compileView(view, scope);
    scope = outer.inner([...scope.sources, compiled.source]);
    return compiled.sql;
  });
  if (relations.length === 0 && views.length === 0) return { from: [], scope };
  const start =
    relations.length === 0
      ? sql`(SELECT 1) AS ${quoteName(scope.context.freshName())}`
      : joinSql(relations, ', ', select);
  return { from: sql` FROM ${start}${views.flatMap((view) => sql` ${view}`)}`, scope };
}

/** With `GROUP BY window(…)`, the name `window` means that window in the other clauses. */
function bindWindow(select: Select, scope: Scope): void {
  const window = groupedExpressions(select.groupBy).find(
    (expr) => expr.kind === 'call' && expr.name === 'window',
  );
  if (window === undefined) return;
  const value = compileExpression(window, scope);
  const type = {
    kind: 'struct',
    fields: [
      { name: 'start', type: 'timestamp' },
      { name: 'end', type: 'timestamp' },
    ],
  } as const;
  scope.replaced.set('window', computed(value.sql, { ...type, fields: [...type.fields] }, window));
}

/** Notes what is grouped by, for `grouping_id()`. */
function bindGrouped(select: Select, scope: Scope): void {
  const sets = select.groupBy.flatMap((each) =>
    each.kind === 'one' ? [each.expr] : each.sets.flat(),
  );
  const kept = new Set(sets.map(structure));
  scope.grouped = groupedExpressions(select.groupBy).map((expr) => {
    return { value: compileExpression(expr, scope), kept: kept.has(structure(expr)) };
  });
}

/** One item of the select list, as one or several columns. */
function compileItem(item: SelectItem, scope: Scope): CompiledQuery {
  const sql = sqlAt(item);
  const { expr } = item;
  if (expr.kind === 'star') return compileStar(expr, scope);
  if (isGenerator(expr)) return compileGenerator(expr, item, scope);
  const value = compileExpression(expr, scope);
  const name = item.alias?.text ?? columnName(expr, scope);
  const column: Column = { name, type: value.type, origin: value.origin };
  if (item.alias !== null) scope.aliases.set(name.toLowerCase(), column);
  // DuckDB names a plain column as Spark does, and everything else otherwise.
  const known = expr.kind === 'column' ? scope.find(expr.path)?.column.name : undefined;
  const plain = expr.kind === 'column' && value.sql.at(-1)?.text === quoteName(known ?? name);
  if (plain && item.alias === null) return { sql: value.sql, columns: [column] };
  const alias = sqlAt(item.alias ?? expr)`${quoteName(name)}`;
  return { sql: sql`${value.sql} AS ${alias}`, columns: [column] };
}

function compileStar(star: Extract<Expr, { kind: 'star' }>, scope: Scope): CompiledQuery {
  const sql = sqlAt(star);
  const qualifier = star.qualifier.at(-1);
  const sources = scope.sources.filter(
    ({ names }) =>
      qualifier === undefined || names.at(-1)?.toLowerCase() === qualifier.text.toLowerCase(),
  );
  const dropped = star.except.map(({ text }) => text.toLowerCase());
  const kept = ({ name }: { name: string }) => !dropped.includes(name.toLowerCase());
  const known = sources.length > 0 && sources.every(({ columns }) => columns !== null);
  const merged = qualifier === undefined ? (sources.find((each) => each.merged)?.merged ?? []) : [];
  if (known && merged.length > 0) return compileMergedStar(star, sources, merged);
  const columns = known ? sources.flatMap((source) => source.columns ?? []).filter(kept) : null;
  const prefix = qualifier === undefined ? '' : `${quoteName(qualifier.text)}.`;
  const except = star.except.map(({ text }) => quoteName(text)).join(', ');
  const exclude = except === '' ? '' : ` EXCLUDE (${except})`;
  return { sql: sql`${prefix}*${exclude}`, columns: merged.length > 0 ? null : columns };
}

/** Spark shows the columns of USING first, DuckDB where the left side has them. */
function compileMergedStar(
  star: Span,
  sources: readonly Source[],
  merged: string[],
): CompiledQuery {
  const sql = sqlAt(star);
  const names = merged.map((name) => name.toLowerCase());
  const all = sources.flatMap(({ columns, names: path }) =>
    (columns ?? []).map((column) => ({ column, table: path.at(-1) ?? '' })),
  );
  const first = merged.flatMap((name) => {
    const found = all.find(({ column }) => column.name.toLowerCase() === name.toLowerCase());
    return found === undefined ? [] : [found.column];
  });
  const rest = all.filter(({ column }) => !names.includes(column.name.toLowerCase()));
  const list = [
    ...first.map(({ name }) => sql`${quoteName(name)}`),
    ...rest.map(({ column, table }) => sql`${quoteName(table)}.${quoteName(column.name)}`),
  ];
  return {
    sql: joinSql(list, ', ', star),
    columns: [...first, ...rest.map(({ column }) => column)],
  };
}

/** The expressions that are grouped by, each once. */
function groupedExpressions(groupBy: readonly Grouping[]): Expr[] {
  const exprs = groupBy.flatMap((grouping) => {
    if (grouping.kind === 'one') return [grouping.expr];
    return [...(grouping.columns ?? []), ...grouping.sets.flat()];
  });
  const seen = new Set<string>();
  return exprs.filter((expr) => {
    if (expr.kind === 'number') return false;
    const key = structure(expr);
    const fresh = !seen.has(key);
    seen.add(key);
    return fresh;
  });
}

/** An expression without its places: equal for equal expressions. */
function structure(expr: Expr): string {
  return JSON.stringify(expr, (name, value: unknown) =>
    name === 'start' || name === 'end' ? undefined : value,
  ).toLowerCase();
}

function compileGroupBy(groupBy: readonly Grouping[], scope: Scope, select: Select): Sql {
  if (groupBy.length === 0) return [];
  const sql = sqlAt(select);
  const list = (exprs: Expr[]) =>
    joinSql(
      exprs.map((expr) => compileExpression(expr, scope).sql),
      ', ',
      select,
    );
  const items = groupBy.map((grouping) => {
    if (grouping.kind === 'one') return compileExpression(grouping.expr, scope).sql;
    const sets = grouping.sets.map((set) => (set.length === 1 ? list(set) : sql`(${list(set)})`));
    const word = grouping.kind === 'sets' ? 'GROUPING SETS' : grouping.kind.toUpperCase();
    return sql`${word} (${joinSql(sets, ', ', select)})`;
  });
  return sql` GROUP BY ${joinSql(items, ', ', select)}`;
}
