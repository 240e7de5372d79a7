import type { Expr } from './ast.ts';
import { compileExpression } from './compile/expression.ts';
import { compileQuery } from './compile/query.ts';
import type { Context } from './compile/context.ts';
import { Scope } from './compile/scope.ts';
import type { Column } from './compile/value.ts';
import { quoteName } from './compile/sql.ts';
import type { Sql } from './compile/sql.ts';
import { parseCondition, parseStatement, tooDeep } from './parser/statement.ts';
import type { Span } from './sql-error.ts';
import { typeOfDuckdb } from './sql-type.ts';
import type { SqlType } from './sql-type.ts';
import type { TableReference } from './table-reference.ts';
import type { TextArithmetic } from './text-arithmetic.ts';

/** A column that a statement may read. */
export interface KnownColumn {
  name: string;
  /** As DuckDB's DESCRIBE prints it. */
  type: string;
  /** Its type in Spark, where DuckDB's does not tell: timestamps without a zone, and NULL's own type. */
  sqlType?: SqlType | undefined;
  /** The view that it belongs to, parts joined by dots; without it, whatever the statement reads. */
  view?: string;
}

/** What the translation may know beside the statement. */
export interface TranslateOptions {
  /**
   * The columns of the relations: with them, text in arithmetic and arrays and maps are told apart. Without them the
   * statement can be looked at, but not run: what needs a column's type is NULL.
   */
  columns?: readonly KnownColumn[];
  /** `spark.sql.ansi.enabled`: what cannot be cast or divided is an error instead of NULL. */
  ansi?: boolean;
  /** The DuckDB name of a relation, ready to stand in SQL; by default its own name, quoted. */
  relationName?: (reference: TableReference) => string;
}

/** Where a piece of the output begins, and the piece of the input that it stands for. UTF-16 units. */
export interface Segment extends Span {
  output: number;
}

/** A statement of Spark SQL as DuckDB SQL. */
export interface Translation {
  /** DuckDB SQL; it needs `settings` and `macros`. Empty if there is nothing to run (CACHE TABLE). */
  sql: string;
  /** The statement that it was made of. */
  input: string;
  /** In the order of `output`, without gaps. */
  segments: Segment[];
  /** The tables and views that the statement reads. */
  tables: TableReference[];
  /** Text columns that it uses as numbers. */
  textArithmetic: TextArithmetic[];
  /** The result's columns with their Spark types (`null` where unknown); `null` if a star hides them. */
  columns: ResultColumn[] | null;
}

/** A column of a result; its type is `void` for a bare NULL. */
export interface ResultColumn {
  name: string;
  type: SqlType | null;
}

/**
 * Translates one query of Spark SQL (3.5, session time zone UTC). Timestamps are naive TIMESTAMPs in UTC. Throws
 * `SqlInvalid` with Spark's error class for what does not parse, for functions that Spark does not have, and for
 * what is not done here; everything else is left to DuckDB, whose errors `sparkError` explains.
 */
export function translate(sql: string, options: TranslateOptions = {}): Translation {
  const statement = parseStatement(sql);
  const tables: TableReference[] = [];
  const context = contextOf(sql, options, tables);
  if (statement.kind === 'nothing') {
    return { sql: '', input: sql, segments: [], tables, textArithmetic: [], columns: [] };
  }
  return compiled(sql, () => {
    const query = compileQuery(statement.query, new Scope(context, [], null, new Map()));
    const textArithmetic = context.textArithmetic.map(({ found }) => found);
    const columns = query.columns?.map(({ name, type }) => ({ name, type: type ?? null }));
    return { ...joined(query.sql), input: sql, tables, textArithmetic, columns: columns ?? null };
  });
}

/** A condition over the rows of one relation. */
export interface TranslatedCondition {
  /** Its `sql` is an expression over the relation under its name. */
  translation: Translation;
  /** The condition as it was read. */
  expr: Expr;
}

/**
 * Translates a condition over a relation, whose columns are those of `options.columns` with its name as their view;
 * subqueries may read others. Throws as {@link translate}.
 */
export function translateCondition(
  sql: string,
  relation: string,
  options: TranslateOptions = {},
): TranslatedCondition {
  const expr = parseCondition(sql);
  const tables: TableReference[] = [];
  const context = contextOf(sql, options, tables);
  const source = { names: [relation], columns: context.views.get(relation.toLowerCase()) ?? null };
  return compiled(sql, () => {
    const condition = compileExpression(expr, new Scope(context, [source], null, new Map()));
    const pieces = joined(condition.sql);
    return {
      expr,
      translation: { ...pieces, input: sql, tables, textArithmetic: [], columns: [] },
    };
  });
}

function compiled<T>(sql: string, compile: () => T): T {
  try {
    return compile();
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw tooDeep(sql);
  }
}

function contextOf(sql: string, options: TranslateOptions, tables: TableReference[]): Context {
  let names = 0;
  const relationName = options.relationName ?? (({ name }) => name.map(quoteName).join('.'));
  return {
    sql,
    ansi: options.ansi ?? false,
    views: viewsOf(options.columns ?? []),
    columnsKnown: options.columns !== undefined,
    relationName(reference) {
      tables.push(reference);
      return relationName(reference);
    },
    textArithmetic: [],
    freshName: () => `_${String(++names)}`,
  };
}

function viewsOf(columns: readonly KnownColumn[]): Map<string, Column[]> {
  const views = new Map<string, Column[]>();
  for (const { name, type, sqlType, view = '' } of columns) {
    const key = view.toLowerCase();
    const column = { name, type: sqlType ?? typeOfDuckdb(type), origin: { view, column: name } };
    views.set(key, [...(views.get(key) ?? []), column]);
  }
  return views;
}

function joined(pieces: Sql): { sql: string; segments: Segment[] } {
  const segments: Segment[] = [];
  let sql = '';
  for (const { text, start, end } of pieces) {
    segments.push({ output: sql.length, start, end });
    sql += text;
  }
  return { sql, segments };
}

/** The piece of the user's statement that the output at an offset stands for; all of it if that is not known. */
export function sourceSpan({ segments, input }: Translation, outputOffset: number): Span {
  const segment = segments.findLast(({ output }) => output <= outputOffset);
  return segment === undefined
    ? { start: 0, end: input.length }
    : { start: segment.start, end: segment.end };
}
