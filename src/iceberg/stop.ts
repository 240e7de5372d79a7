import type { ErrorValue } from '../error.ts';

/** How writers coordinate: see docs/architecture.md, "The commit protocol". */
export type Protocol = 'queued' | 'optimistic' | 'unsafe';

/** A write's isolation level (Spark's write option `isolation-level`; `none` when it is absent). */
export type Isolation = 'none' | 'snapshot' | 'serializable';

/** A file that a stop speaks of. `partition` is a path such as `month=2016-01`, empty when unpartitioned. */
export interface FileSummary {
  path: string;
  bytes: number;
  rows?: number;
  partition?: string;
}

/** A pointer version at a stop; `null` version: no table. Snapshot ids are decimal text. */
export interface BaseSummary {
  version: number | null;
  location: string | null;
  snapshotId: string | null;
  /** Rows of the base's current snapshot as its summary counts them. */
  rows: number;
}

/** What was read of a table at once. */
export interface Scan {
  /** The version of the table, which all that was read belongs to. */
  base: BaseSummary;
  /** Its live data files. */
  files: FileSummary[];
  /** Paths of those that the job's statements look at; absent: all, and whatever else there might have been. */
  matched?: string[];
}

/** What an input gave. */
export interface InputSummary {
  name: string;
  /** The key of a table or dropped dataset, as `depot:collection/dataset`. */
  dataset: string;
  rows: number;
  bytes: number;
  /** Absent: no table was read, or the log is older than this. */
  scan?: Scan;
}

/** A metadata file that readers who follow registrations see from now on. */
export interface Registration {
  table: string;
  /** The pointer's version when it named that file. */
  version: number;
  location: string;
  /** The pointer's version now. */
  latest: number;
}

/** What a viewer needs to see at a stop, by the stop's name. Plain data, structured-cloneable, JSON-safe. */
export type StopDetail =
  | { stop: 'start'; protocol: Protocol }
  | { stop: 'inputs-read'; inputs: InputSummary[] }
  | { stop: 'rows-computed'; rows: number; statements: { name: string; ms: number }[] }
  | {
      stop: 'data-written';
      /** The table as it was found before they were written; absent: the log is older than this. */
      base?: BaseSummary;
      /** The data files. */
      files: FileSummary[];
      /** The delete files, if there are any; their rows are what they delete. */
      deletes?: FileSummary[];
      ms: number;
    }
  | {
      stop: 'manifests-written';
      /** The table that the change was built on; absent: the log is older than this. */
      base?: BaseSummary;
      files: FileSummary[];
    }
  | { stop: 'base-read'; base: BaseSummary }
  | {
      stop: 'validated';
      isolation: Isolation;
      /** The snapshot that the operation started from, decimal text. */
      since: string | null;
      /** Whether nothing that the job has read may have changed since either (`validate-reads`). */
      validatesReads?: true;
      /** Data files of the base that the operation removes. */
      removes: FileSummary[];
    }
  | {
      stop: 'list-written';
      file: FileSummary;
      snapshotId: string;
      operation: string;
      /** The branch that the snapshot is for, `null`: none, it waits to be published; absent: main. */
      branch?: string | null;
    }
  | { stop: 'metadata-written'; file: FileSummary }
  | { stop: 'before-swap'; expected: BaseSummary; next: string }
  | {
      stop: 'swap-won';
      version: number;
      location: string;
      snapshotId: string | null;
      /** `create` when the table itself was created, else the snapshot's operation or the change's name. */
      operation: string;
      /** Rows of the table after this commit. */
      rows: number;
    }
  | {
      stop: 'swap-lost';
      expected: number | null;
      found: number | null;
      /** What happens next: wait `ms`, queue on the table's lock, or give up. */
      next: { do: 'wait'; ms: number } | { do: 'queue' } | { do: 'give-up' };
    }
  | { stop: 'cleaned-up'; deleted: string[] }
  | {
      stop: 'finished';
      outcome: 'committed';
      rows: number;
      files: number;
      /** How many commits changed a table; absent: as many as there are files to tell of. */
      commits?: number;
      /** What the job registered for readers, instead of a commit. */
      registered?: Registration;
      /** The table that the job took out of the catalog; `purged`: with its files. */
      dropped?: { table: string; purged: boolean };
    }
  | { stop: 'failed'; error: ErrorValue }
  | { stop: 'unknown'; error: ErrorValue };

/** A named point of the commit protocol at which a job can be held. */
export type Stop = StopDetail['stop'];

/** The stops behind which nothing of a job follows. */
export const ends: readonly Stop[] = ['finished', 'failed', 'unknown'];

/** All stops in the order in which a job that wins at once meets them. */
export const stops = [
  'start',
  'inputs-read',
  'rows-computed',
  'data-written',
  'manifests-written',
  'base-read',
  'validated',
  'list-written',
  'metadata-written',
  'before-swap',
  'swap-lost',
  'swap-won',
  'cleaned-up',
  'finished',
  'failed',
  'unknown',
] as const satisfies readonly Stop[];

/**
 * The function that a writer awaits at each stop. `attempt` counts the tries of one commit from 1;
 * it is 0 before the first try and for the commit that creates the table.
 */
export type Gate = (attempt: number, detail: StopDetail) => Promise<void>;
