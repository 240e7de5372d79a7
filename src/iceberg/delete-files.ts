import type { Change } from './change.ts';
import { alwaysFalse, type Expression } from './expression.ts';
import type { SnapshotOptions } from './operation.ts';
import { fileKey, removeNothing } from './removal.ts';
import { produceSnapshot } from './snapshot-producer.ts';
import type { ChangedFile } from './snapshot-summary.ts';

/** How files are deleted. */
export interface DeleteOptions extends SnapshotOptions {
  /** Refuses the commit if one of the named files is no longer live. */
  mustExist?: boolean;
}

/**
 * Removes data files by name, or by a filter that matches all rows of each file or none (Java's StreamingDelete). What
 * the filter matches is decided at commit time.
 */
export function deleteFiles(
  what: { files: readonly ChangedFile[] } | { filter: Expression },
  options: DeleteOptions = {},
): Change {
  const files = 'files' in what ? what.files : [];
  return produceSnapshot({
    type: 'delete',
    isolation: 'none',
    since: null,
    added: [],
    removal: {
      ...removeNothing,
      filter: 'filter' in what ? what.filter : alwaysFalse,
      files: new Set(files.map((file) => fileKey(file.data_file))),
      mustExist: options.mustExist ?? false,
    },
    merges: true,
    summary: options.summary ?? {},
    target: options,
  });
}
