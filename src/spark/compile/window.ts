import type { Bound, Expr, Frame, SortItem, Window } from '../ast.ts';
import type { Span } from '../sql-error.ts';
import type { CallExpr } from './call-site.ts';
import { compileExpression } from './expression.ts';
import type { Scope } from './scope.ts';
import { joinSql, quoteName, sqlAt } from './sql.ts';
import type { Sql } from './sql.ts';

/** What stands behind a call: `FILTER (WHERE …) OVER (…)`, or nothing. */
export function compileModifiers(call: CallExpr, scope: Scope): Sql {
  const sql = sqlAt(call);
  const filter =
    call.filter === null ? [] : sql` FILTER (WHERE ${compileExpression(call.filter, scope).sql})`;
  if (call.over === null) return filter;
  if ('text' in call.over)
    return sql`${filter} OVER ${sqlAt(call.over)`${quoteName(call.over.text)}`}`;
  return sql`${filter} OVER (${compileWindow(call.over, scope, call)})`;
}

/** What stands between the brackets of a window. */
export function compileWindow(window: Window, scope: Scope, span: Span): Sql {
  const sql = sqlAt(span);
  const list = (exprs: Expr[]) =>
    joinSql(
      exprs.map((expr) => compileExpression(expr, scope).sql),
      ', ',
      span,
    );
  const clauses: Sql[] = [];
  if (window.base !== null) clauses.push(sql`${quoteName(window.base.text)}`);
  if (window.partition.length > 0) clauses.push(sql`PARTITION BY ${list(window.partition)}`);
  if (window.order.length > 0) clauses.push(sql`ORDER BY ${compileOrderBy(window.order, scope)}`);
  if (window.frame !== null) clauses.push(compileFrame(window.frame, scope, span));
  return joinSql(clauses, ' ', span);
}

function compileFrame({ unit, start, end }: Frame, scope: Scope, span: Span): Sql {
  const bound = ({ side, offset }: Bound): Sql => {
    if (side === 'CURRENT ROW') return sqlAt(span)`CURRENT ROW`;
    const distance = offset === null ? 'UNBOUNDED' : compileExpression(offset, scope).sql;
    return sqlAt(span)`${distance} ${side}`;
  };
  return sqlAt(span)`${unit} BETWEEN ${bound(start)} AND ${bound(end)}`;
}

/** The items of ORDER BY. NULLs come first in ascending order by the session's setting, as in Spark. */
export function compileOrderBy(items: readonly SortItem[], scope: Scope): Sql {
  const compiled = items.map(({ expr, direction, nulls }) => {
    const sql = sqlAt(expr);
    const last = nulls === null ? '' : ` NULLS ${nulls}`;
    return sql`${compileExpression(expr, scope).sql} ${direction}${last}`;
  });
  const span = items[0]?.expr ?? { start: 0, end: 0 };
  return joinSql(compiled, ', ', span);
}
