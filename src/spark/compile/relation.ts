import { exhaustive } from '../../exhaustive.ts';
import type { Alias, AsOf, Expr, Name, Path, Relation, SelectItem } from '../ast.ts';
import type { Span } from '../sql-error.ts';
import { relationKey } from '../table-reference.ts';
import { columnName } from './column-name.ts';
import { compileExpression } from './expression.ts';
import { fail } from './context.ts';
import { generate, generators } from './generator.ts';
import { compileQuery, compileValues } from './query.ts';
import type { CompiledQuery } from './query.ts';
import type { Scope, Source } from './scope.ts';
import { joinSql, quoteName, quoteText, sqlAt } from './sql.ts';
import type { Sql } from './sql.ts';
import type { Column } from './value.ts';

/** A relation of FROM, and what may be read from it. */
export interface CompiledRelation {
  sql: Sql;
  sources: Source[];
}

type Of<K extends Relation['kind']> = Extract<Relation, { kind: K }>;

/** A relation; `scope` holds what stands to its left, for LATERAL. */
export function compileRelation(relation: Relation, scope: Scope): CompiledRelation {
  const sql = sqlAt(relation);
  switch (relation.kind) {
    case 'table': {
      const { path, asOf, alias } = relation;
      const table = compileTable(path, asOf, scope, relation);
      const last = path.names.at(-1)?.text ?? '';
      const names = alias === null ? path.names.map(({ text }) => text) : [alias.name.text];
      const source = { names, columns: renamed(table.columns, alias?.columns ?? []) };
      const shown = alias ?? { name: { ...path, text: last }, columns: [] };
      const plain = alias === null && table.sql.at(-1)?.text === quoteName(last);
      return { sql: plain ? table.sql : sql`${table.sql}${aliasSql(shown)}`, sources: [source] };
    }
    case 'query': {
      const query = compileQuery(relation.query, relation.lateral ? scope : withoutSources(scope));
      const lateral = relation.lateral ? 'LATERAL ' : '';
      return derived(sql`${lateral}(${query.sql})`, query.columns, relation.alias, scope, relation);
    }
    case 'function': {
      const made = compileFunction(relation, scope);
      return derived(sql`LATERAL (${made.sql})`, made.columns, relation.alias, scope, relation);
    }
    case 'values': {
      const values = compileValues(relation.rows, relation.alias, scope, relation);
      return derived(sql`(${values.sql})`, values.columns, relation.alias, scope, relation);
    }
    case 'group': {
      const inner = compileRelation(relation.relation, scope);
      if (relation.alias === null) return { sql: sql`(${inner.sql})`, sources: inner.sources };
      const [only] = inner.sources;
      const columns = inner.sources.length === 1 ? (only?.columns ?? null) : null;
      return derived(sql`(SELECT * FROM ${inner.sql})`, columns, relation.alias, scope, relation);
    }
    case 'join':
      return compileJoin(relation, scope);
    case 'pivot':
      return compilePivot(relation, scope);
    case 'unpivot':
      return compileUnpivot(relation, scope);
    default:
      return exhaustive(relation);
  }
}

function withoutSources(scope: Scope): Scope {
  return (scope.parent ?? scope).inner([], scope.commonTables);
}

function derived(
  sql: Sql,
  columns: Column[] | null,
  alias: Alias | null,
  scope: Scope,
  span: Span,
): CompiledRelation {
  const name: Name = alias?.name ?? { ...span, text: scope.context.freshName() };
  const shown = { name, columns: alias?.columns ?? [] };
  const source = { names: [name.text], columns: renamed(columns, shown.columns) };
  return { sql: [...sql, ...aliasSql(shown)], sources: [source] };
}

function aliasSql({ name, columns }: Alias): Sql {
  const sql = sqlAt(name);
  if (columns.length === 0) return sql` AS ${quoteName(name.text)}`;
  return sql` AS ${quoteName(name.text)}(${columns.map(({ text }) => quoteName(text)).join(', ')})`;
}

/** Columns under the names of an alias. */
export function renamed(columns: Column[] | null, names: readonly Name[]): Column[] | null {
  if (columns === null) return null;
  return columns.map((column, index) => ({ ...column, name: names[index]?.text ?? column.name }));
}

/** A table, view or query of WITH, by its name in DuckDB. */
export function compileTable(
  path: Path,
  asOf: AsOf | null,
  scope: Scope,
  span: Span,
): CompiledQuery {
  const sql = sqlAt(path);
  const name = path.names.map(({ text }) => text);
  const key = relationKey({ name });
  if (name.length === 1 && asOf === null && scope.commonTables.has(key)) {
    return { sql: sql`${quoteName(name[0] ?? '')}`, columns: scope.commonTables.get(key) ?? null };
  }
  const { context } = scope;
  const relation = context.relationName({ name, asOf, start: span.start, end: span.end });
  const columns = context.views.get(key) ?? context.views.get('') ?? null;
  return { sql: sql`${relation}`, columns };
}

/** A table-valued function: `range`, and the generators. */
function compileFunction(relation: Of<'function'>, scope: Scope): CompiledQuery {
  const sql = sqlAt(relation);
  const name = relation.name.text.toLowerCase();
  const args = relation.arguments;
  if (name === 'range') {
    const bounds = args.map((arg) => compileExpression(arg, scope).sql);
    const columns: Column[] = [{ name: 'id', type: 'bigint', origin: null }];
    return {
      sql: sql`SELECT range AS "id" FROM range(${joinSql(bounds.slice(0, 3), ', ', relation)})`,
      columns,
    };
  }
  if (!generators.includes(name)) {
    const message = `Could not resolve \`${relation.name.text}\` to a table-valued function.`;
    const remedy = 'Use range, explode, posexplode, inline or stack, or name a table.';
    return fail(
      scope.context,
      relation.name,
      'UNRESOLVABLE_TABLE_VALUED_FUNCTION',
      message,
      remedy,
    );
  }
  const call = { name, arguments: args, start: relation.start, end: relation.end };
  return generate(call, [], scope);
}

const joinWords = {
  INNER: 'JOIN',
  LEFT: 'LEFT JOIN',
  RIGHT: 'RIGHT JOIN',
  FULL: 'FULL JOIN',
  CROSS: 'CROSS JOIN',
  'LEFT SEMI': 'SEMI JOIN',
  'LEFT ANTI': 'ANTI JOIN',
} as const;

function compileJoin(join: Of<'join'>, scope: Scope): CompiledRelation {
  const sql = sqlAt(join);
  const left = compileRelation(join.left, scope);
  const beside = (sources: Source[]) =>
    (scope.parent ?? scope).inner([...scope.sources, ...sources], scope.commonTables);
  const right = compileRelation(join.right, beside(left.sources));
  const sources = [...left.sources, ...right.sources];
  const using = join.using.map(({ text }) => quoteName(text)).join(', ');
  const on = join.on === null ? null : compileExpression(join.on, beside(sources)).sql;
  const bare = on === null && using === '' && !join.natural;
  // Without a condition Spark makes the product of both sides.
  const word = join.type === 'INNER' && bare ? 'CROSS JOIN' : joinWords[join.type];
  const natural = join.natural ? 'NATURAL ' : '';
  const condition =
    on !== null
      ? sql` ON ${on}`
      : using !== ''
        ? sql` USING (${using})`
        : bare && !['INNER', 'CROSS'].includes(join.type)
          ? sql` ON true`
          : [];
  const made = sql`${left.sql} ${natural}${word} ${right.sql}${condition}`;
  if (join.type === 'LEFT SEMI' || join.type === 'LEFT ANTI') {
    return { sql: made, sources: left.sources };
  }
  const merged = join.natural
    ? common(left.sources, right.sources)
    : join.using.map(({ text }) => text);
  return {
    sql: made,
    sources: merged.length > 0 ? sources.map((s) => ({ ...s, merged })) : sources,
  };
}

/** The names that both sides have, in the order of the left. */
function common(left: readonly Source[], right: readonly Source[]): string[] {
  const names = (sources: readonly Source[]) =>
    sources.flatMap(({ columns }) => columns ?? []).map(({ name }) => name);
  const others = names(right).map((name) => name.toLowerCase());
  return names(left).filter((name) => others.includes(name.toLowerCase()));
}

function compilePivot(pivot: Of<'pivot'>, scope: Scope): CompiledRelation {
  const sql = sqlAt(pivot);
  const inner = compileRelation(pivot.relation, scope);
  const inside = scope.inner(inner.sources);
  const alone = pivot.aggregates.length === 1;
  const items = (list: typeof pivot.values, named: boolean) =>
    joinSql(
      list.map(({ expr, alias }) => {
        const value = compileExpression(expr, inside).sql;
        return named && alias !== null ? sql`${value} AS ${quoteName(alias.text)}` : value;
      }),
      ', ',
      pivot,
    );
  // Spark names the columns by the values alone if there is one aggregate; DuckDB would add its alias.
  const aggregates = items(pivot.aggregates, !alone);
  const column = quoteName(pivot.column.text);
  const filled =
    alone && countsRows(pivot.aggregates[0]?.expr) ? emptyCells(pivot.values, scope) : '';
  const made = sql`(SELECT *${filled} FROM ${inner.sql} PIVOT (${aggregates} FOR ${column} IN (${items(pivot.values, true)})))`;
  return derived(made, null, pivot.alias, scope, pivot);
}

/** Whether an aggregate counts rows: in a cell without rows Spark has NULL then, DuckDB 0. */
function countsRows(expr: Expr | undefined): boolean {
  if (expr?.kind !== 'call' || expr.name !== 'count') return false;
  return expr.arguments.every(({ kind }) => kind === 'star' || kind === 'number');
}

function emptyCells(values: readonly SelectItem[], scope: Scope): string {
  const names = values.map(({ expr, alias }) => quoteName(alias?.text ?? columnName(expr, scope)));
  return ` REPLACE (${names.map((name) => `nullif(${name}, 0) AS ${name}`).join(', ')})`;
}

function compileUnpivot(unpivot: Of<'unpivot'>, scope: Scope): CompiledRelation {
  const sql = sqlAt(unpivot);
  const inner = compileRelation(unpivot.relation, scope);
  const columns = unpivot.columns.map(({ path, alias }) => {
    const column = quoteName(path.at(-1)?.text ?? '');
    return alias === null ? column : `${column} AS ${quoteText(alias.text)}`;
  });
  const nulls = unpivot.includeNulls ? 'INCLUDE NULLS ' : '';
  const [value, name] = [quoteName(unpivot.value.text), quoteName(unpivot.name.text)];
  const made = sql`(SELECT * FROM ${inner.sql} UNPIVOT ${nulls}(${value} FOR ${name} IN (${columns.join(', ')})))`;
  return derived(made, null, unpivot.alias, scope, unpivot);
}
