import type { AsOf } from './ast.ts';
import type { Span } from './sql-error.ts';

/** A table or view that a statement reads; not its common table expressions. */
export interface TableReference extends Span {
  /** The parts of its name, such as `icebase`, `raw01`, `ny_taxi_04`; a metadata table adds `history` and the like. */
  name: string[];
  /** Time travel: a snapshot id (or branch) or a timestamp, as it was written. */
  asOf: AsOf | null;
}

/** The name by which a relation is found: parts joined by dots, in small letters, as case does not matter in Spark. */
export function relationKey({ name }: Pick<TableReference, 'name'>): string {
  return name.join('.').toLowerCase();
}
