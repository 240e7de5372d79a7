import type { Span } from './sql-error.ts';

/**
 * A text column that a statement uses as a number. Spark makes NULL of text that is none, without a word; with
 * `spark.sql.ansi.enabled` it fails (`CAST_INVALID_INPUT`).
 */
export interface TextArithmetic extends Span {
  /** The expression as it was written, such as `to_timestamp(pickup_datetime/1000)`. */
  expression: string;
  column: string;
  /** The column's type as Spark prints it. */
  columnType: string;
  /** The view that holds the column, as the statement names it; empty if the columns came without their view. */
  view: string;
  /** What to write instead, as Spark SQL. */
  suggestion: string;
  /** A DuckDB condition over the view's rows: the column has a value, and the expression makes NULL of it. */
  condition: string;
  /** DuckDB SQL that counts, as `n`, the rows of the statement for which that is so: after its joins and its WHERE. */
  count: string;
}
