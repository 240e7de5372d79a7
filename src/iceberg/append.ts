import type { Change } from './change.ts';
import type { SnapshotOptions } from './operation.ts';
import { removeNothing } from './removal.ts';
import { produceSnapshot } from './snapshot-producer.ts';
import type { ChangedFile } from './snapshot-summary.ts';

/** How files are appended. */
export interface AppendOptions extends SnapshotOptions {
  /** `true`: Java's FastAppend, which leaves the old manifests alone; else MergeAppend, as Spark's INSERT does. */
  fast?: boolean;
}

/** Adds data files. Never conflicts with anything; without files it still makes a snapshot, as in Spark. */
export function append(files: readonly ChangedFile[], options: AppendOptions = {}): Change {
  return produceSnapshot({
    type: 'append',
    isolation: 'none',
    since: null,
    added: files,
    removal: removeNothing,
    merges: options.fast !== true,
    summary: options.summary ?? {},
    target: options,
  });
}
