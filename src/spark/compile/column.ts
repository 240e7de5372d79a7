import type { Name } from '../ast.ts';
import type { Span } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import type { Scope, Source } from './scope.ts';
import { joinSql, quoteName, quoteText, sqlAt } from './sql.ts';
import type { Sql } from './sql.ts';
import { computed } from './value.ts';
import type { Value } from './value.ts';

/** A column, or a field of one: `a`, `t.a`, `depot.collection.dataset.a`, `a.field`. */
export function compileColumn(path: readonly Name[], scope: Scope, span: Span): Value {
  const [first, ...rest] = path;
  const replacement = first === undefined ? undefined : scope.replacement(first.text);
  if (replacement !== undefined) {
    const value = { ...replacement, span };
    return rest.reduce((whole, name) => fieldOf(whole, name, span), value);
  }
  const found = scope.find(path);
  const fields = found?.fields ?? [];
  const column = path.slice(0, path.length - fields.length);
  const value: Value = {
    sql: pathSql(shortPath(column, scope), span),
    type: found?.column.type,
    origin: found?.column.origin ?? null,
    span,
  };
  return fields.reduce((whole, name) => fieldOf(whole, name, span), value);
}

function pathSql(path: readonly Name[], span: Span): Sql {
  const names = path.map((name) => sqlAt(name)`${quoteName(name.text)}`);
  return joinSql(names, '.', span);
}

/** A table is known in DuckDB by its last name only, so `depot.collection.dataset.column` loses its beginning. */
function shortPath(path: readonly Name[], scope: Scope): readonly Name[] {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const source = at.sources.find((candidate) => begins(path, candidate));
    if (source !== undefined) return path.slice(source.names.length - 1);
  }
  return path;
}

function begins(path: readonly Name[], { names }: Source): boolean {
  return (
    names.length > 1 &&
    path.length > names.length &&
    names.every((name, index) => name.toLowerCase() === path[index]?.text.toLowerCase())
  );
}

/** A field of a struct, or of every struct of an array. */
export function fieldOf(whole: Value, name: Name, span: Span): Value {
  const sql = sqlAt({ start: name.start, end: name.end });
  if (typeof whole.type === 'object' && whole.type.kind === 'array') {
    const type = fieldType(whole.type.element, name.text);
    const array: SqlType | undefined =
      type === undefined ? undefined : { kind: 'array', element: type };
    const fields = sql`list_transform(${whole.sql}, lambda element: struct_extract(element, ${quoteText(name.text)}))`;
    return computed(fields, array, span);
  }
  if (typeof whole.type === 'object' && whole.type.kind === 'map') {
    return computed(sql`${whole.sql}[${quoteText(name.text)}]`, whole.type.value, span);
  }
  const field = sql`struct_extract(${whole.sql}, ${quoteText(name.text)})`;
  return computed(field, fieldType(whole.type, name.text), span);
}

function fieldType(type: SqlType | undefined, name: string): SqlType | undefined {
  if (typeof type !== 'object' || type.kind !== 'struct') return undefined;
  return type.fields.find((field) => field.name.toLowerCase() === name.toLowerCase())?.type;
}
