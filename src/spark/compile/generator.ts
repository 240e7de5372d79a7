import type { Expr, LateralView, SelectItem } from '../ast.ts';
import { arrayOf, elementOf, entryOf } from '../functions/rule.ts';
import type { Span } from '../sql-error.ts';
import { widerType } from '../sql-type.ts';
import type { SqlType } from '../sql-type.ts';
import { fail } from './context.ts';
import { asText } from './cast.ts';
import { compileExpression } from './expression.ts';
import type { CompiledQuery } from './query.ts';
import type { Scope, Source } from './scope.ts';
import { joinSql, quoteName, quoteText, sqlAt } from './sql.ts';
import type { Sql } from './sql.ts';
import type { Value } from './value.ts';

/** Functions that make several rows of one. */
export const generators: readonly string[] = [
  'explode',
  'explode_outer',
  'posexplode',
  'posexplode_outer',
  'inline',
  'inline_outer',
  'stack',
  'json_tuple',
];

/** A call of a generator. */
interface GeneratorCall extends Span {
  name: string;
  arguments: Expr[];
}

/** Whether an item of a select list makes rows. */
export function isGenerator(expr: Expr): expr is Extract<Expr, { kind: 'call' }> {
  return expr.kind === 'call' && generators.includes(expr.name);
}

/** One column that a generator makes: its rows as a DuckDB list. */
interface Generated {
  name: string;
  list: Sql;
  type: SqlType | undefined;
}

/** An item of a select list that makes rows: DuckDB unnests the lists of one SELECT side by side. */
export function compileGenerator(
  call: Extract<Expr, { kind: 'call' }>,
  item: SelectItem,
  scope: Scope,
): CompiledQuery {
  const names = item.alias === null ? item.columns : [item.alias];
  const made = generate(
    call,
    names.map(({ text }) => text),
    scope,
  );
  for (const column of made.columns ?? []) scope.aliases.set(column.name.toLowerCase(), column);
  return { sql: made.items, columns: made.columns };
}

/** `LATERAL VIEW [OUTER] generator(…) table AS columns`. */
export function compileView(view: LateralView, scope: Scope): { sql: Sql; source: Source } {
  const sql = sqlAt(view);
  const name = view.name.text.toLowerCase();
  if (!generators.includes(name)) {
    const message = `\`${view.name.text}\` is no generator.`;
    return fail(
      scope.context,
      view.name,
      'UNRESOLVED_ROUTINE',
      message,
      'Use explode, posexplode, inline or stack.',
    );
  }
  const call = { name, arguments: view.arguments, start: view.start, end: view.end };
  const columnNames = view.columns.map(({ text }) => text);
  const made = generate(call, columnNames, scope);
  const table = view.table?.text ?? scope.context.freshName();
  const outer = view.outer || name.endsWith('_outer');
  const list = columnNames.length === 0 ? '' : `(${columnNames.map(quoteName).join(', ')})`;
  const derived = sql`LATERAL (${made.sql}) AS ${quoteName(table)}${list}`;
  return {
    sql: outer ? sql`LEFT JOIN ${derived} ON true` : sql`CROSS JOIN ${derived}`,
    source: { names: [table], columns: made.columns },
  };
}

/** The rows of a generator as a query, and as items of a select list; `names` may name its columns. */
export function generate(
  call: GeneratorCall,
  names: readonly string[],
  scope: Scope,
): CompiledQuery & { items: Sql } {
  const sql = sqlAt(call);
  const columns = generatedColumns(call, names.length, scope);
  if (columns === null) {
    const items = sql`unnest(${argument(call, 0, scope).sql}, recursive := true)`;
    return { sql: sql`SELECT ${items}`, items, columns: null };
  }
  const outer = call.name.endsWith('_outer');
  const named = columns.map((column, index) => ({ ...column, name: names[index] ?? column.name }));
  const items = joinSql(
    named.map(({ name, list }) => {
      const rows = outer ? sql`CASE WHEN len(${list}) > 0 THEN ${list} ELSE [NULL] END` : list;
      return sql`unnest(${rows}) AS ${quoteName(name)}`;
    }),
    ', ',
    call,
  );
  return {
    sql: sql`SELECT ${items}`,
    items,
    columns: named.map(({ name, type }) => ({ name, type, origin: null })),
  };
}

function argument(call: GeneratorCall, index: number, scope: Scope): Value {
  const expr = call.arguments[index];
  if (expr !== undefined) return compileExpression(expr, scope);
  const message = `The \`${call.name}\` needs another argument.`;
  return fail(
    scope.context,
    call,
    'WRONG_NUM_ARGS.WITHOUT_SUGGESTION',
    message,
    'Give it what to unfold.',
  );
}

/** The columns of a generator; `null` if DuckDB must find them itself (`inline` of unknown structs). */
function generatedColumns(call: GeneratorCall, named: number, scope: Scope): Generated[] | null {
  switch (call.name.replace('_outer', '')) {
    case 'explode':
      return exploded(call, argument(call, 0, scope), named >= 2);
    case 'posexplode': {
      const value = argument(call, 0, scope);
      const rows = exploded(call, value, named >= 3);
      const sql = sqlAt(call);
      const positions = sql`CAST(range(len(${rows[0]?.list ?? []})) AS INTEGER[])`;
      return [{ name: 'pos', list: positions, type: 'int' }, ...rows];
    }
    case 'inline':
      return inlined(call, argument(call, 0, scope));
    case 'stack':
      return stacked(call, scope);
    case 'json_tuple':
      return jsonTuple(call, scope);
    default:
      throw new Error(`${call.name} is no generator.`);
  }
}

/** The elements of an array, or the keys and values of a map; of unknown things, `pairs` decides. */
function exploded(call: GeneratorCall, value: Value, pairs: boolean): Generated[] {
  const sql = sqlAt(call);
  const map = typeof value.type === 'object' && value.type.kind === 'map';
  if (!map && !(value.type === undefined && pairs)) {
    return [{ name: 'col', list: value.sql, type: elementOf(value.type) }];
  }
  const types = entryOf(value.type);
  return [
    { name: 'key', list: sql`map_keys(${value.sql})`, type: types.key },
    { name: 'value', list: sql`map_values(${value.sql})`, type: types.value },
  ];
}

function inlined(call: GeneratorCall, value: Value): Generated[] | null {
  const sql = sqlAt(call);
  const element = elementOf(value.type);
  if (typeof element !== 'object' || element.kind !== 'struct') return null;
  return element.fields.map(({ name, type }) => ({
    name,
    type,
    list: sql`list_transform(${value.sql}, lambda element: struct_extract(element, ${quoteText(name)}))`,
  }));
}

/** `json_tuple(text, field, …)`: one row of the texts of the fields. */
function jsonTuple(call: GeneratorCall, scope: Scope): Generated[] {
  const sql = sqlAt(call);
  const [json, ...fields] = call.arguments.map((expr) => compileExpression(expr, scope));
  if (json === undefined || fields.length === 0) argument(call, call.arguments.length, scope);
  return fields.map((field, index) => {
    const path = sql`'$[''' || ${asText(field)} || ''']'`;
    const list = sql`[sp_get_json_object(${asText(json ?? field)}, ${path})]`;
    return { name: `c${String(index)}`, list, type: 'string' };
  });
}

/** `stack(n, …)`: n rows of the other arguments. */
function stacked(call: GeneratorCall, scope: Scope): Generated[] {
  const sql = sqlAt(call);
  const [count, ...exprs] = call.arguments;
  if (count?.kind !== 'number') {
    const message = 'The number of rows must be a literal.';
    return fail(
      scope.context,
      call,
      'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT',
      message,
      'Write stack(2, …).',
    );
  }
  const rows = Number(count.digits);
  const values = exprs.map((expr) => compileExpression(expr, scope));
  const width = Math.ceil(values.length / rows);
  return Array.from({ length: width }, (_, column) => {
    const cells = Array.from({ length: rows }, (__, row) => values[row * width + column]);
    const types = cells.map((cell) => cell?.type);
    const list = joinSql(
      cells.map((cell) => cell?.sql ?? sql`NULL`),
      ', ',
      call,
    );
    return {
      name: `col${String(column)}`,
      list: sql`[${list}]`,
      type: elementOf(arrayOf(types.reduce(widerType))),
    };
  });
}
