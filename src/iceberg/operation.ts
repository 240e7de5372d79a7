import type { ManifestLayout } from './manifest-rewrite.ts';
import type { Removal } from './removal.ts';
import type { ChangedFile } from './snapshot-summary.ts';
import type { Isolation } from './stop.ts';
import type { SnapshotOperation } from './table-metadata.ts';
import type { Scope, Validator } from './validation.ts';

/** An operation that makes a snapshot out of files that come and go: a value, applied afresh to each base. */
export interface Operation {
  type: SnapshotOperation;
  isolation: Isolation;
  /** The snapshot that validation starts from; `null` looks at the whole history. */
  since: bigint | null;
  /** Throws `Validation` if a commit since then conflicts; absent: nothing conflicts. */
  validate?: (validator: Validator) => Promise<void>;
  /** What the job has read and {@link validate} looks at beside what it writes. */
  reads?: readonly Scope[];
  /** Data and delete files to add. */
  added: readonly ChangedFile[];
  /** The data sequence number of the added data files, if it is not the commit's own. */
  dataSequenceNumber?: number;
  removal: Removal;
  /** Whether manifests are filtered and merged; an operation that does not only adds. */
  merges: boolean;
  /** Lays out the manifests anew instead. */
  layout?: ManifestLayout;
  /** Further keys of the snapshot's summary. */
  summary: Record<string, string>;
  target: SnapshotTarget;
}

/** Where a snapshot goes. */
export interface SnapshotTarget {
  /** The branch to move; main by default. */
  branch?: string;
  /** `true`: no branch moves, the snapshot waits to be published (write-audit-publish). */
  stageOnly?: boolean;
}

/** What every operation that makes a snapshot can be told. */
export interface SnapshotOptions extends SnapshotTarget {
  /** Further keys of the snapshot's summary, such as `wap.id` or `engine-name`. */
  summary?: Record<string, string>;
}

/** How an operation is validated against what was committed since it was built. */
export interface ValidationOptions {
  /** `none` by default, as in Spark. */
  isolation?: Isolation;
  /** The snapshot that was current when the job read the table; `null`, the default, looks at the whole history. */
  since?: bigint | null;
  /**
   * What the job read, if that is more than it writes: under `serializable` nothing may have changed there either.
   * Stricter than Iceberg, whose serializable allows write skew.
   */
  reads?: readonly Scope[];
}
