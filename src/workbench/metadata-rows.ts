/** A value of a cell; a map's members are texts. */
export type Cell = null | boolean | number | bigint | string | Record<string, string>;

/** The columns of a metadata table with their DuckDB types, and its rows. */
export interface MetadataRows {
  columns: Record<string, string>;
  rows: Cell[][];
}

/** Epoch ms as DuckDB reads it. */
export function timestamp(millis: number): string {
  return new Date(millis).toISOString().slice(0, -1);
}
