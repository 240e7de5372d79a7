import type { JsonValue } from '../engine/json-value.ts';
import type { TableEvidence } from '../iceberg/table-evidence.ts';
import type { FileSummary } from '../iceberg/stop.ts';
import type { ListedRace, StoredRace } from '../storage/records.ts';
import type { WasmModules } from '../wasm.ts';
import type { EarlierTable } from './set-back.ts';

/** Which version of a table is meant: the pointer's, the registered one, a snapshot's id (decimal text) or an ISO time. */
export type At = string;

/** The answer to a query. */
export interface Answer {
  columns: { name: string; type: string }[];
  rows: Record<string, JsonValue>[];
  /** ms from the question to the answer. */
  ms: number;
  /** The version of each table that was read; all rows of a table come from this one. */
  tables: { table: string; version: number; snapshotId: string | null }[];
}

/** A table as the catalog lists it. */
export interface TableListing {
  table: string;
  /** In SQL: `depot.collection.dataset`. */
  sqlName: string;
  version: number;
  location: string;
  snapshotId: string | null;
  rows: number;
  files: number;
  /** The registered version's metadata file, `null` if none is registered. */
  registered: { location: string; version: number } | null;
  /** Whether a writer without compare-and-swap has touched it. */
  unsafe: boolean;
}

/** A snapshot of a table. */
export interface SnapshotListing {
  snapshotId: string;
  parentId: string | null;
  sequenceNumber: number;
  /** Epoch ms. */
  committedAt: number;
  operation: string;
  summary: Record<string, string>;
  manifestList: string;
  /** The pointer's version that made it current, `null` if it never was or the log does not reach back. */
  version: number | null;
}

/** A manifest of a snapshot. */
export interface ManifestListing {
  path: string;
  bytes: number;
  content: 'data' | 'deletes';
  sequenceNumber: number;
  addedSnapshotId: string;
  added: number;
  existing: number;
  deleted: number;
}

/** One entry of a manifest. */
export interface EntryListing {
  status: 'existing' | 'added' | 'deleted';
  /** `null` here and below: left to be inherited from a manifest list. */
  snapshotId: string | null;
  sequenceNumber: number | null;
  file: FileSummary;
  /** Bounds, counts and sizes by column name, as text. */
  columns: {
    name: string;
    bytes: number | null;
    values: number | null;
    nulls: number | null;
    lower: string | null;
    upper: string | null;
  }[];
}

/** A file of a table that is imported. `path`: below whatever was chosen, with slashes. */
export interface TableFile {
  path: string;
  content: Blob;
}

/** What is known of the losses of a race. `manifests`: those that list the files of jobs whose rows are missing. */
export interface Repair {
  table: string;
  /** The metadata file that the race found, `null` if it created the table. */
  base: string | null;
  manifests: readonly string[];
}

/** What a repair added again. */
export interface Repaired {
  files: number;
  rows: number;
}

/** What the Workbench's worker answers. `table`: `depot:collection/dataset`. */
export interface WorkbenchMethods {
  [method: string]: (argument: never) => Promise<unknown>;
  /** Gives the engines that the page has compiled, for which queries wait; `null`: they could not be. */
  adoptWasm(argument: { modules: WasmModules | null }): Promise<void>;
  /** `at` applies to every table of the statement that does not say `VERSION AS OF` itself; `latest` by default. */
  query(argument: { sql: string; at?: At }): Promise<Answer>;
  tables(argument: Record<string, never>): Promise<TableListing[]>;
  snapshots(argument: { table: string }): Promise<SnapshotListing[]>;
  /** The metadata file as JSON; ids beyond 2^53 as text. */
  metadata(argument: { table: string; at?: At }): Promise<JsonValue>;
  /** Live data files. */
  files(argument: { table: string; at?: At }): Promise<FileSummary[]>;
  manifests(argument: { table: string; at?: At }): Promise<ManifestListing[]>;
  manifestEntries(argument: { table: string; path: string }): Promise<EntryListing[]>;
  /** A metadata file by its path, `null` if it is not there any more; as {@link metadata}. */
  metadataFile(argument: { path: string }): Promise<JsonValue | null>;
  /** The manifests of a manifest list by its path, `null` if it is not there any more. */
  manifestList(argument: { path: string }): Promise<ManifestListing[] | null>;
  /** The entries of a manifest by its path, as stored; `null` if it is not there any more. */
  storedEntries(argument: { table: string; path: string }): Promise<EntryListing[] | null>;
  /** See `readEvidence`. */
  history(argument: {
    table: string;
    since: string | null;
    deleted: readonly string[];
  }): Promise<TableEvidence>;
  /** A zip of the complete table, its paths rewritten to `location`; `metadata`: its newest metadata file in there. */
  exportTable(argument: {
    table: string;
    location: string;
  }): Promise<{ zip: Blob; metadata: string }>;
  /** Adopts a table that another engine wrote; see `importTable`. */
  importTable(argument: { table: string; files: readonly TableFile[] }): Promise<void>;
  /** Saves a judged race; the oldest go. */
  saveRace(argument: { race: StoredRace }): Promise<void>;
  /** A saved race, `null` if there is none of that id. */
  loadRace(argument: { id: string }): Promise<StoredRace | null>;
  /** The saved races, the newest first. */
  races(argument: Record<string, never>): Promise<ListedRace[]>;
  deleteRace(argument: { id: string }): Promise<void>;
  /** Sets tables back to how they once were; see `setBack`. */
  setBack(argument: { tables: readonly EarlierTable[] }): Promise<void>;
  /** Counts that a race with this seed begins; the answer is how many there were before. */
  countSeed(argument: { seed: string }): Promise<number>;
  /** Drops a table with its files; see `dropTable`. */
  dropTable(argument: { table: string }): Promise<void>;
  /** Adds lost files again and takes the mark off; see `repairTable`. */
  repairTable(argument: Repair): Promise<Repaired>;
  /** Deletes everything this app stored. */
  reset(argument: Record<string, never>): Promise<void>;
}
