import type { SchemaEdit } from '../../src/iceberg/update-schema.ts';
import type { Isolation } from '../../src/iceberg/stop.ts';

// A history is what several writers do to one table, step by step, as both implementations run it: plain JSON.

/** A partition field by its column: `bucket` into 4, `truncate` to 10. */
export interface SpecField {
  column: string;
  transform: 'identity' | 'bucket' | 'truncate' | 'year' | 'month' | 'day' | 'hour';
  name?: string;
}

/** A data file. Its ids run from `id` on; `name` begins with its letter. */
export interface File {
  name: string;
  p: string | null;
  id: number;
  /** Hours since the epoch. */
  at: number | null;
  data: string | null;
  records: number;
  bytes: number;
  /** The place of its spec among the table's; the default one if absent. */
  spec?: number;
  /** Whoever wrote it measured nothing. */
  bare?: true;
}

/** A delete file for a live data file; `nameless`: one that does not say for which. */
export interface Deletes {
  name: string;
  kind: 'position' | 'equality' | 'vector' | 'nameless';
  bytes: number;
}

/** Live data files of a branch by path, those whose names begin with a letter: `count` of them from one place on. */
export interface Pick {
  letter: string;
  from: number;
  count: number;
}

/** A filter; numbers are longs. */
export type Filter =
  | { op: 'true' | 'false' }
  | { op: 'and' | 'or'; left: Filter; right: Filter }
  | { op: 'not'; operand: Filter }
  | { op: 'is_null' | 'not_null'; column: string }
  | { op: 'in' | 'not in'; column: string; values: (string | number)[] }
  | { op: '==' | '!=' | '<' | '<=' | '>' | '>='; column: string; value: string | number };

/** Where a snapshot goes, main, a branch, or nowhere yet, and what else its summary says. */
export interface Target {
  branch?: string;
  wap?: string;
  summary?: Record<string, string>;
}

/** Validation; it starts from the branch's head unless `since` names another snapshot by its place, or none. */
export interface Validated {
  isolation: Isolation;
  since?: number | 'none';
  conflictFilter?: Filter;
}

/** What branches and tags keep of their own. */
export interface RefRetention {
  minSnapshotsToKeep?: number;
  maxSnapshotAgeMs?: number;
  maxRefAgeMs?: number;
}

/** An operation on files. */
export type FileOperation = Target &
  (
    | { op: 'append'; fast: boolean; files: File[] }
    | ({ op: 'replacePartitions'; files: File[]; appendOnly?: boolean } & Validated)
    | ({
        op: 'overwrite';
        /** Nothing is asked to go without one. */
        filter: Filter | null;
        remove?: Pick;
        files: File[];
        addedFilesMatchFilter?: boolean;
      } & Validated)
    | ({ op: 'copyOnWrite'; remove: Pick; files: File[] } & Validated)
    | { op: 'delete'; filter: Filter }
    | { op: 'deleteFiles'; remove: Pick; mustExist: boolean }
    | ({
        op: 'rowDelta';
        files: File[];
        /** The data files that `deletes` speak of, in the same order. */
        targets: Pick;
        deletes: Deletes[];
        remove: Pick | null;
        /** Whether the delete files go that apply to the targets. */
        removeDeletes?: boolean;
        command: 'delete' | 'update';
      } & Validated)
    | {
        op: 'rewrite';
        remove: Pick;
        files: File[];
        startingSequence: boolean;
        since?: number | 'none';
        /** Whether the delete files go that apply to what is rewritten. */
        removeDeletes?: boolean;
        /** Whether the data files stay. */
        keepData?: boolean;
      }
  );

/** An operation. A snapshot is told by its place among all that the table knows. */
export type SimpleOperation =
  | FileOperation
  | { op: 'rewriteManifests'; clusterBy: 'partition' | 'nothing' }
  /** `before`: a commit by its number; `default`: what the table's properties say. */
  | {
      op: 'expire';
      before: 'all' | 'none' | 'default' | number;
      retain?: number;
      ids: number[];
    }
  | { op: 'properties'; set: Record<string, string>; remove: string[] }
  | { op: 'schema'; edits: SchemaEdit[] }
  | { op: 'spec'; add: SpecField[]; remove: string[] }
  | { op: 'sortOrder'; columns: { column: string; descending: boolean; nullsLast: boolean }[] }
  | { op: 'rollback' | 'setCurrent' | 'cherryPick'; snapshot: number }
  | ({ op: 'createBranch' | 'createTag'; name: string; snapshot: number } & RefRetention)
  | { op: 'removeBranch' | 'removeTag'; name: string }
  | { op: 'renameBranch'; name: string; to: string }
  | { op: 'fastForward' | 'replaceBranch'; name: string; to: string };

/** An operation or several in one. */
export type Operation = SimpleOperation | { op: 'transaction'; ops: SimpleOperation[] };

/** What becomes of the answer to a swap: it comes, is lost behind the swap, or the swap itself is never made. */
export type Answer = 'comes' | 'lost' | 'unsent';

/** What happens around the swaps of a commit. */
export interface Swaps {
  /** What others commit inside the swap window of each attempt. */
  windows: Operation[][];
  /** What becomes of the answer to each attempt's swap; they come if nothing is said. */
  answers?: Answer[];
  /** What others commit before anybody looks for a commit whose answer is missing. */
  behind?: Operation[];
}

/** A step: a writer builds an operation on the table as it is, commits what it has built, or does both at once. */
export type Step =
  | { do: 'build'; writer: string; op: Operation }
  | ({ do: 'commit'; writer: string } & Swaps)
  | ({ do: 'run'; op: Operation } & Swaps);

/** A table and what is done to it. */
export interface History {
  seed: number;
  table: { formatVersion: 1 | 2 | 3; spec: SpecField[]; properties: Record<string, string> };
  steps: Step[];
}

/** What one commit came to, with those around its swaps; `state` is the table afterwards. */
export interface StepResult {
  windows: StepResult[];
  /** `committed`, `skipped` if files or snapshots were missing, or `<kind>: <message>`. */
  outcome: string;
  /** How often the writer tried to swap. */
  swaps: number;
  state: unknown;
}
