import type { SourceRange } from '../error.ts';
import type { Address } from './address.ts';
import type { ToolCommand } from './tool-commands.ts';

/** A workflow: named jobs and the order between them. Plain data, structured-cloneable, as all of this file. */
export interface Workflow {
  name: string;
  title?: string;
  /** In the order of the text; every dependency names one of them, and there is no cycle. */
  jobs: Job[];
  range: SourceRange;
}

/** One node of the DAG. */
export interface Job {
  name: string;
  title?: string;
  /** Jobs that must succeed first. */
  dependencies: string[];
  retry?: Retry;
  stack: FlareJob | ToolJob;
  range: SourceRange;
}

/** How a job that failed is run again; `count` more times at most. */
export interface Retry {
  count: number;
  strategy: 'Always' | 'OnFailure' | 'OnError' | 'OnTransientError';
}

/** A job on the stack `flare`: inputs, then statements in order, then sinks, then actions. */
export interface FlareJob {
  kind: 'flare';
  inputs: Input[];
  statements: Statement[];
  sinks: Sink[];
  actions: Action[];
  /** Log Spark's plans. */
  explain: boolean;
  logLevel: 'INFO' | 'WARN' | 'DEBUG' | 'ERROR';
  /** Rows of each statement to show in the log. */
  showPreviewLines: number;
  sparkConf: Record<string, string>;
  variables: Record<string, string>;
}

/** A dataset that becomes a view of this name. */
export interface Input {
  name: string;
  address: Address;
  format: InputFormat;
  /** Options of Spark's reader, such as `multiLine`, `mode`, `branch`. */
  options: Record<string, string>;
  range: SourceRange;
}

/** The formats that can be read here. */
export type InputFormat = 'iceberg' | 'json' | 'csv' | 'parquet';

/** One statement of a sequence: its result becomes a view of this name. */
export interface Statement extends SqlText {
  name: string;
}

/** A piece of Spark SQL and where it stands in the user's YAML. */
export interface SqlText {
  sql: string;
  range: SourceRange;
  /** See {@link sourceRange}: in order of `offset`, the first at 0. */
  segments: SqlSegment[];
}

/** From `offset` (UTF-16 units of the SQL) on, the text is the YAML's from `line` and `column` on (from 1). */
export interface SqlSegment {
  offset: number;
  line: number;
  column: number;
}

/** What writes one view to one Iceberg table. */
export interface Sink {
  /** The view to write: a statement's name, or an input's. */
  view: string;
  address: Address;
  saveMode: 'append' | 'overwrite';
  /** Replace only the partitions that receive rows (`overwrite-mode: dynamic` with `overwrite`). */
  dynamic: boolean;
  /** Table properties, without the write options that stand among them. */
  properties: Record<string, string>;
  /** Iceberg's Spark write options, such as `isolation-level`, `branch`, `snapshot-property.*`. */
  options: Record<string, string>;
  partitionSpec: PartitionItem[];
  sort?: Sort;
  range: SourceRange;
}

/** One field of a partition spec as Flare spells it. */
export interface PartitionItem {
  type: 'identity' | 'year' | 'month' | 'day' | 'hour' | 'bucket' | 'truncate';
  column: string;
  /** The partition field's name; without it Iceberg's default applies. */
  name?: string;
  /** Of `bucket`. */
  numBuckets?: number;
  /** Of `truncate`. */
  width?: number;
  range: SourceRange;
}

/** How rows are sorted before they are written: inside each Spark partition or over all. */
export interface Sort {
  mode: 'partition' | 'global';
  columns: { name: string; order: SortDirection }[];
}

/** The orders of Flare's `sort.columns[].order`. */
export type SortDirection =
  'ASC' | 'DESC' | 'ASC_NULLS_FIRST' | 'ASC_NULLS_LAST' | 'DESC_NULLS_FIRST' | 'DESC_NULLS_LAST';

/** A maintenance action on the table of an input. */
export interface Action {
  name: ActionName;
  address: Address;
  /** Options by their names; a list stays a list (`snapshotIds`). */
  options: Record<string, string | string[]>;
  /** `options.properties`. */
  properties: Record<string, string>;
  /** The condition of `delete_from_dataset`, with the table's alias `target`. */
  deleteWhere?: SqlText;
  range: SourceRange;
}

/** The actions of Flare. */
export type ActionName =
  | 'rewrite_dataset'
  | 'rewrite_manifest'
  | 'expire_snapshots'
  | 'remove_orphans'
  | 'delete_from_dataset';

/** A job that runs `dataos-tool dataset <tool>`: on the stack `alpha`, or as `toolbox` spells it. */
export interface ToolJob {
  kind: 'tool';
  tool: ToolCommand;
  address: Address;
  /**
   * Flags by their names without dashes, `address` left out: `{ version: 'latest' }`. The values of a flag that stands
   * several times are lines.
   */
  flags: Record<string, string>;
  range: SourceRange;
}
