import type { CallSite } from '../compile/call-site.ts';
import { joinSql } from '../compile/sql.ts';
import type { Sql } from '../compile/sql.ts';
import type { Value } from '../compile/value.ts';
import { widerType } from '../sql-type.ts';
import type { SqlType } from '../sql-type.ts';

/** How a function of Spark's becomes DuckDB SQL. */
export interface FunctionRule {
  /** How many arguments it takes, at least and at most. */
  arity: readonly [number, number];
  /** Aggregates and window functions may have FILTER and OVER; generators make rows. */
  kind: 'scalar' | 'aggregate' | 'window' | 'generator';
  compile(site: CallSite): Value;
}

/** Functions by their names in small letters. */
export type Functions = Readonly<Record<string, FunctionRule>>;

/** A result type, or how it follows from the arguments. */
export type ResultType = SqlType | undefined | ((site: CallSite) => SqlType | undefined);

/** How many arguments: exactly one number, or from one to another. */
export type Arity = number | readonly [number, number];

/** Any number of arguments, from `least` on. */
export function atLeast(least: number): Arity {
  return [least, Number.POSITIVE_INFINITY];
}

/** A function that DuckDB has with the same meaning, under `name` or the same name. */
export function same(arity: Arity, type: ResultType, name?: string): FunctionRule {
  return rewrite(arity, type, (site) => plainCall(site, name ?? site.call.name));
}

/** A function that a macro of ours does: `sp_` and its name, or another macro. */
export function macro(arity: Arity, type: ResultType, name?: string): FunctionRule {
  return rewrite(arity, type, (site) => plainCall(site, name ?? `sp_${site.call.name}`));
}

/** A function whose SQL is written here. */
export function rewrite(
  arity: Arity,
  type: ResultType,
  write: (site: CallSite) => Sql,
): FunctionRule {
  return rule('scalar', arity, type, write);
}

/** An aggregate that DuckDB has with the same meaning, under `name` or the same name. */
export function sameAggregate(arity: Arity, type: ResultType, name?: string): FunctionRule {
  return rule('aggregate', arity, type, (site) =>
    site.aggregate(name ?? site.call.name, ...site.values.map(({ sql }) => sql)),
  );
}

/** An aggregate whose SQL is written here; the writer minds DISTINCT, FILTER and OVER. */
export function aggregate(
  arity: Arity,
  type: ResultType,
  write: (site: CallSite) => Sql,
): FunctionRule {
  return rule('aggregate', arity, type, write);
}

/** A rule whose SQL is written by a function. */
export function rule(
  kind: FunctionRule['kind'],
  arity: Arity,
  type: ResultType,
  write: (site: CallSite) => Sql,
): FunctionRule {
  return {
    kind,
    arity: typeof arity === 'number' ? [arity, arity] : arity,
    compile: (site) => site.result(write(site), typeof type === 'function' ? type(site) : type),
  };
}

/** `name(a, b)`. */
function plainCall(site: CallSite, name: string): Sql {
  return site.sql`${name}(${joinSql(
    site.values.map(({ sql }) => sql),
    ', ',
    site.call,
  )})`;
}

/** The type of an argument. */
export function typeOf(index: number): (site: CallSite) => SqlType | undefined {
  return (site) => site.value(index).type;
}

/** The one type of all arguments from `first` on. */
export function widestOf(first = 0): (site: CallSite) => SqlType | undefined {
  return (site) =>
    site.values
      .slice(first)
      .map(({ type }) => type)
      .reduce(widerType);
}

/** An array of a type, if the type is known. */
export function arrayOf(element: SqlType | undefined): SqlType | undefined {
  return element === undefined ? undefined : { kind: 'array', element };
}

/** The type of an array's elements. */
export function elementOf(type: SqlType | undefined): SqlType | undefined {
  return typeof type === 'object' && type.kind === 'array' ? type.element : undefined;
}

/** The key's and the value's type of a map. */
export function entryOf(type: SqlType | undefined): {
  key: SqlType | undefined;
  value: SqlType | undefined;
} {
  if (typeof type === 'object' && type.kind === 'map') return { key: type.key, value: type.value };
  return { key: undefined, value: undefined };
}
