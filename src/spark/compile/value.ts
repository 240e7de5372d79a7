import type { Span } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import type { Sql } from './sql.ts';

/** Which column of which view a value is, unchanged. */
export interface Origin {
  view: string;
  column: string;
}

/** A column of a relation, as far as it is known. */
export interface Column {
  name: string;
  type: SqlType | undefined;
  origin: Origin | null;
}

/** An expression in DuckDB's SQL with its Spark type, as far as that is known. */
export interface Value {
  sql: Sql;
  type: SqlType | undefined;
  /** Where it stands in the user's statement. */
  span: Span;
  /** The column that it is, unchanged. */
  origin: Origin | null;
}

/** A value that is computed. */
export function computed(sql: Sql, type: SqlType | undefined, span: Span): Value {
  return { sql, type, span, origin: null };
}
