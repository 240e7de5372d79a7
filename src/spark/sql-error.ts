import { IcejamError } from '../error.ts';
import type { SourceRange } from '../error.ts';

/** A piece of a statement: UTF-16 units from `start` to before `end`. */
export interface Span {
  start: number;
  end: number;
}

/** Spark's error classes that statements meet here. */
export type ErrorClass =
  | 'PARSE_SYNTAX_ERROR'
  | 'UNRESOLVED_COLUMN.WITH_SUGGESTION'
  | 'UNRESOLVED_COLUMN.WITHOUT_SUGGESTION'
  | 'FIELD_NOT_FOUND'
  | 'AMBIGUOUS_REFERENCE'
  | 'TABLE_OR_VIEW_NOT_FOUND'
  | 'UNRESOLVED_ROUTINE'
  | 'UNRESOLVABLE_TABLE_VALUED_FUNCTION'
  | 'WRONG_NUM_ARGS.WITHOUT_SUGGESTION'
  | 'INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX'
  | 'MISSING_WINDOW'
  | 'DATATYPE_MISMATCH'
  | 'INVALID_SCHEMA.NON_STRING_LITERAL'
  | 'DATATYPE_MISMATCH.NON_FOLDABLE_INPUT'
  | 'DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'
  | 'DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES'
  | 'INVALID_WHERE_CONDITION'
  | 'NESTED_AGGREGATE_FUNCTION'
  | 'GROUP_BY_POS_OUT_OF_RANGE'
  | 'ORDER_BY_POS_OUT_OF_RANGE'
  | 'SCALAR_SUBQUERY_TOO_MANY_ROWS'
  | 'MISSING_AGGREGATION'
  | 'DIVIDE_BY_ZERO'
  | 'CAST_INVALID_INPUT'
  | 'ARITHMETIC_OVERFLOW'
  | 'NUM_COLUMNS_MISMATCH'
  | 'INVALID_TYPED_LITERAL'
  | 'INVALID_INTERVAL_FORMAT'
  | `INCONSISTENT_BEHAVIOR_CROSS_VERSION.${string}`
  | 'INVALID_EXTRACT_FIELD'
  | 'INVALID_PARAMETER_VALUE'
  | 'UNSUPPORTED_DATATYPE'
  | 'UNSUPPORTED_FEATURE'
  | 'ANALYSIS_ERROR';

/**
 * An error in a statement: `SqlInvalid` whose message begins with Spark's class, as Spark's do. The class stands in
 * `context.errorClass` too; `range` counts lines and columns of the statement's own text (see {@link relocate}).
 */
export function sqlError(
  sql: string,
  span: Span,
  errorClass: ErrorClass,
  message: string,
  remedy: string,
  cause?: unknown,
): IcejamError {
  return new IcejamError('SqlInvalid', `[${errorClass}] ${message}`, {
    context: { errorClass, start: String(span.start), end: String(span.end) },
    range: rangeIn(sql, span),
    remedy,
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * The same error at the place that `place` gives for its offsets in the statement, for statements inside a longer
 * text; an error without offsets stays as it is.
 */
export function relocate(
  error: IcejamError,
  place: (start: number, end: number) => SourceRange,
): IcejamError {
  const { start, end } = error.context;
  if (start === undefined || end === undefined) return error;
  return IcejamError.fromValue({ ...error.toValue(), range: place(Number(start), Number(end)) });
}

function rangeIn(sql: string, { start, end }: Span): SourceRange {
  const from = placeIn(sql, start);
  const to = placeIn(sql, Math.max(start, end));
  return { ...from, endLine: to.line, endColumn: to.column };
}

function placeIn(sql: string, offset: number): { line: number; column: number } {
  const lines = sql.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}
