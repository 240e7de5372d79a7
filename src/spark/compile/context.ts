import type { TextArithmetic } from '../text-arithmetic.ts';
import type { TableReference } from '../table-reference.ts';
import { sqlError } from '../sql-error.ts';
import type { ErrorClass, Span } from '../sql-error.ts';
import type { Column } from './value.ts';

/** What the translation of one statement needs everywhere. */
export interface Context {
  /** The user's statement. */
  sql: string;
  /** `spark.sql.ansi.enabled`. */
  ansi: boolean;
  /** The columns of a relation by its name in small letters, parts joined by dots. */
  views: ReadonlyMap<string, Column[]>;
  /** Whether the columns were given at all. */
  columnsKnown: boolean;
  /** The name of a relation in DuckDB, ready to stand in SQL. */
  relationName(reference: TableReference): string;
  /** Text used as a number, found on the way. */
  textArithmetic: FoundText[];
  /** A name that nobody else uses. */
  freshName(): string;
}

/** Text used as a number, and the condition of its loss as it stands in its own SELECT. */
export interface FoundText {
  found: TextArithmetic;
  lost: string;
}

/** Throws an error at a place of the statement. */
export function fail(
  context: Context,
  span: Span,
  errorClass: ErrorClass,
  message: string,
  remedy: string,
): never {
  throw sqlError(context.sql, span, errorClass, message, remedy);
}
