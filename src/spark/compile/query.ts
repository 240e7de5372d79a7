import { exhaustive } from '../../exhaustive.ts';
import type { Alias, Expr, Query, QueryBody } from '../ast.ts';
import type { Span } from '../sql-error.ts';
import { widerType } from '../sql-type.ts';
import { compileExpression } from './expression.ts';
import { compileTable, renamed } from './relation.ts';
import type { Scope } from './scope.ts';
import { compileSelect } from './select.ts';
import { joinSql, quoteName, sqlAt, textOf } from './sql.ts';
import type { Sql } from './sql.ts';
import { compileOrderBy } from './window.ts';
import type { Column } from './value.ts';

/** A query in DuckDB's SQL with its columns, `null` if they are not known. */
export interface CompiledQuery {
  sql: Sql;
  columns: Column[] | null;
}

/** A query inside `outer`, whose columns it may use. */
export function compileQuery(query: Query, outer: Scope): CompiledQuery {
  const sql = sqlAt(query);
  const { scope, sql: common } = compileCommonTables(query, outer);
  const body = compileBody(query.body, scope);
  const sorting = orderScope(body, scope);
  const order =
    query.orderBy.length === 0 ? [] : sql` ORDER BY ${compileOrderBy(query.orderBy, sorting)}`;
  const limit =
    query.limit === null ? [] : sql` LIMIT ${compileExpression(query.limit, scope).sql}`;
  const offset =
    query.offset === null ? [] : sql` OFFSET ${compileExpression(query.offset, scope).sql}`;
  return { sql: sql`${common}${body.sql}${order}${limit}${offset}`, columns: body.columns };
}

/** ORDER BY sees the columns of the result, then those that the SELECT saw. */
function orderScope(body: CompiledBody, scope: Scope): Scope {
  const inner = (body.scope ?? scope).inner([]);
  for (const column of body.columns ?? []) inner.aliases.set(column.name.toLowerCase(), column);
  return inner;
}

function compileCommonTables(query: Query, outer: Scope): { scope: Scope; sql: Sql } {
  if (query.with.length === 0) return { scope: outer, sql: [] };
  const sql = sqlAt(query);
  const scope = outer.inner([], new Map(outer.commonTables));
  const tables: Sql[] = [];
  for (const { name, columns, query: definition } of query.with) {
    const compiled = compileQuery(definition, scope);
    scope.addCommonTable(name.text, renamed(compiled.columns, columns));
    const names = columns.map((column) => sqlAt(column)`${quoteName(column.text)}`);
    const list = names.length === 0 ? [] : sql`(${joinSql(names, ', ', query)})`;
    tables.push(sql`${sqlAt(name)`${quoteName(name.text)}`}${list} AS (${compiled.sql})`);
    scope.withText = `${outer.withText === '' ? 'WITH' : `${outer.withText.trimEnd()},`} ${textOf(joinSql(tables, ', ', query))} `;
  }
  return { scope, sql: sql`WITH ${joinSql(tables, ', ', query)} ` };
}

/** A query's body; `scope` is that of its SELECT, for ORDER BY. */
interface CompiledBody extends CompiledQuery {
  scope?: Scope;
}

function compileBody(body: QueryBody, scope: Scope): CompiledBody {
  const sql = sqlAt(body);
  switch (body.kind) {
    case 'select':
      return compileSelect(body, scope);
    case 'set': {
      const left = compileBody(body.left, scope);
      const right = compileBody(body.right, scope);
      const operator = body.all ? `${body.operator} ALL` : body.operator;
      const columns = unionColumns(left.columns, right.columns);
      return { sql: sql`${left.sql} ${operator} ${right.sql}`, columns };
    }
    case 'values':
      return compileValues(body.rows, body.alias, scope, body);
    case 'table': {
      const table = compileTable(body.path, null, scope, body);
      return { sql: sql`SELECT * FROM ${table.sql}`, columns: table.columns };
    }
    case 'parenthesised': {
      const query = compileQuery(body.query, scope);
      return { sql: sql`(${query.sql})`, columns: query.columns };
    }
    default:
      return exhaustive(body);
  }
}

function unionColumns(left: Column[] | null, right: Column[] | null): Column[] | null {
  if (left === null || right === null) return null;
  return left.map(({ name, type }, index) => {
    return { name, type: widerType(type, right[index]?.type), origin: null };
  });
}

/** Rows of values as a query, with Spark's names `col1`, `col2` … or those of the alias. */
export function compileValues(
  rows: Expr[][],
  alias: Alias | null,
  scope: Scope,
  span: Span,
): CompiledQuery {
  const sql = sqlAt(span);
  const compiled = rows.map((row) => row.map((expr) => compileExpression(expr, scope)));
  const types = (compiled[0] ?? []).map((_, index) =>
    compiled.map((row) => row[index]?.type).reduce(widerType),
  );
  const names = types.map((_, index) => alias?.columns[index]?.text ?? `col${String(index + 1)}`);
  const lines = compiled.map(
    (row) =>
      sql`(${joinSql(
        row.map((value) => value.sql),
        ', ',
        span,
      )})`,
  );
  const table = quoteName(alias?.name.text ?? scope.context.freshName());
  const list = names.map(quoteName).join(', ');
  return {
    sql: sql`SELECT * FROM (VALUES ${joinSql(lines, ', ', span)}) AS ${table}(${list})`,
    columns: types.map((type, index) => ({ name: names[index] ?? '', type, origin: null })),
  };
}
