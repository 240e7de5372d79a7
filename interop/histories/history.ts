import type { SchemaEdit } from '../../src/iceberg/update-schema.ts';
import type { Isolation } from '../../src/iceberg/stop.ts';

// A history is what several writers do to one table, step by step, as both implementations run it: plain JSON.

/** A partition field by its column: `bucket` into 4, `truncate` to 10. */
export interface SpecField {
  column: string;
  transform: 'identity' | 'bucket' | 'truncate';
}

/** A data file under the table's default spec. Its ids run from `id` on; `name` begins with its letter. */
export interface File {
  name: string;
  p: string | null;
  id: number;
  records: number;
  bytes: number;
}

/** A delete file for a live data file. */
export interface Deletes {
  name: string;
  kind: 'position' | 'equality' | 'vector';
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
  | { op: 'true' }
  | { op: 'and' | 'or'; left: Filter; right: Filter }
  | { op: 'not'; operand: Filter }
  | { op: 'is_null' | 'not_null'; column: string }
  | { op: 'in'; column: string; values: (string | number)[] }
  | { op: '==' | '!=' | '<' | '<=' | '>' | '>='; column: string; value: string | number };

/** Where a snapshot goes: main, a branch, or nowhere yet. */
interface Target {
  branch?: string;
  wap?: string;
}

/** An operation that a transaction can hold. */
export type SimpleOperation =
  | ({ op: 'append'; fast: boolean; files: File[] } & Target)
  | ({
      op: 'replacePartitions';
      files: File[];
      isolation: Isolation;
      appendOnly?: boolean;
    } & Target)
  | ({
      op: 'overwrite';
      filter: Filter;
      files: File[];
      isolation: Isolation;
      conflictFilter?: Filter;
      addedFilesMatchFilter?: boolean;
    } & Target)
  | ({ op: 'delete'; filter: Filter } & Target)
  | { op: 'properties'; set: Record<string, string>; remove: string[] };

/** An operation. A snapshot is told by its place among all that the table knows. */
export type Operation =
  | SimpleOperation
  | ({
      op: 'copyOnWrite';
      remove: Pick;
      files: File[];
      isolation: Isolation;
      conflictFilter?: Filter;
    } & Target)
  | ({ op: 'deleteFiles'; remove: Pick; mustExist: boolean } & Target)
  | ({
      op: 'rowDelta';
      files: File[];
      /** The data files that `deletes` speak of, in the same order. */
      targets: Pick;
      deletes: Deletes[];
      remove: Pick | null;
      isolation: Isolation;
      command: 'delete' | 'update';
      conflictFilter: Filter;
    } & Target)
  | ({ op: 'rewrite'; remove: Pick; files: File[]; startingSequence: boolean } & Target)
  | { op: 'rewriteManifests'; clusterBy: 'partition' | 'nothing' }
  | { op: 'expire'; all: boolean; retain?: number; ids: number[] }
  | { op: 'schema'; edits: SchemaEdit[] }
  | { op: 'spec'; add: SpecField[]; remove: string[] }
  | { op: 'sortOrder'; columns: string[] }
  | { op: 'rollback' | 'setCurrent' | 'cherryPick'; snapshot: number }
  | { op: 'createBranch' | 'createTag'; name: string; snapshot: number }
  | { op: 'removeBranch' | 'removeTag'; name: string }
  | { op: 'fastForward'; name: string; to: string }
  | { op: 'transaction'; ops: SimpleOperation[] };

/**
 * A step: a writer builds an operation on the table as it is, commits what it has built, or does both at once.
 * `windows`: what others commit inside the swap window of each attempt.
 */
export type Step =
  | { do: 'build'; writer: string; op: Operation }
  | { do: 'commit'; writer: string; windows: Operation[][] }
  | { do: 'run'; op: Operation; windows: Operation[][] };

/** A table and what is done to it. */
export interface History {
  seed: number;
  table: { formatVersion: 1 | 2 | 3; spec: SpecField[]; properties: Record<string, string> };
  steps: Step[];
}

/** What one commit came to, with those inside its swap windows; `state` is the table afterwards. */
export interface StepResult {
  windows: StepResult[];
  /** `committed`, `skipped` if files or snapshots were missing, or `<kind>: <message>`. */
  outcome: string;
  /** How often the writer tried to swap. */
  swaps: number;
  state: unknown;
}
