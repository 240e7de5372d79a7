/** A pointer as stored. A dropped table keeps its version with no location, so that the count never falls. */
export interface PointerRecord {
  version: number;
  location: string | null;
}

/** A line that could not be read. Lines and columns count from 1. */
export interface RejectedLine {
  line: number;
  column: number;
  message: string;
  /** What stands around the fault. */
  excerpt: string;
}

/** A column of dropped data; `type` is DuckDB type text such as `BIGINT` or `STRUCT(a BIGINT)[]`. */
export interface DroppedColumn {
  name: string;
  type: string;
}

/** An Arrow IPC stream with some rows of a dropped file, in the file's order. */
export interface DroppedPart {
  path: string;
  rows: number;
  bytes: number;
  /** What its rows alone tell of the columns: `"NULL"` is the type of one that has nothing but nulls. */
  columns: DroppedColumn[];
}

/** A file in the dropzone. */
export interface DroppedFile {
  name: string;
  /** Of the file as it was dropped. */
  bytes: number;
  /** Of the file as it was dropped, in hexadecimal. */
  sha256: string;
  /** Epoch ms. */
  droppedAt: number;
  rows: number;
  /** The first rejected lines; `rejectedCount` counts them all. */
  rejected: RejectedLine[];
  rejectedCount: number;
  /** The columns of a table of this file alone, in the order of their names. */
  columns: DroppedColumn[];
  parts: DroppedPart[];
}

/** A race in a list. What `summary` looks like is the business of whoever saves and reads it. */
export interface ListedRace {
  id: string;
  /** Epoch ms. */
  startedAt: number;
  summary: unknown;
}

/** A race as stored. What `log` looks like is the business of whoever saves and reads it; it carries its own version. */
export interface StoredRace extends ListedRace {
  log: unknown;
}
