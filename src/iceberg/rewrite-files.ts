import { IcejamError } from '../error.ts';
import type { Change } from './change.ts';
import { content } from './manifest-types.ts';
import type { SnapshotOptions } from './operation.ts';
import { fileKey, removeNothing } from './removal.ts';
import { produceSnapshot } from './snapshot-producer.ts';
import type { ChangedFile } from './snapshot-summary.ts';

/** Which files stand for which others, with the same rows. */
export interface FileRewrite {
  remove: readonly ChangedFile[];
  add: readonly ChangedFile[];
}

/** How files are rewritten. */
export interface RewriteOptions extends SnapshotOptions {
  /** The snapshot whose files were read. */
  since?: bigint | null;
  /**
   * The data sequence number of that snapshot: the new files keep it, so that equality deletes which were added
   * meanwhile apply to them (Java's `use-starting-sequence-number`).
   */
  dataSequenceNumber?: number;
}

/**
 * Compaction: replaces files by others with the same rows (Java's BaseRewriteFiles). Rejected if a file to replace is
 * gone or has got new deletes. Throws `IllegalArgument` if there is nothing that the added files could replace.
 */
export function rewriteFiles({ remove, add }: FileRewrite, options: RewriteOptions = {}): Change {
  checkKinds(remove, add);
  const { since = null, dataSequenceNumber } = options;
  const data = remove.filter(isData);
  return produceSnapshot({
    type: 'replace',
    isolation: 'snapshot',
    since,
    validate: (validator) =>
      validator.noNewDeletesFor(data, { ignoreEqualityDeletes: dataSequenceNumber !== undefined }),
    added: add,
    ...(dataSequenceNumber === undefined ? {} : { dataSequenceNumber }),
    removal: {
      ...removeNothing,
      files: new Set(remove.map((file) => fileKey(file.data_file))),
      mustExist: true,
    },
    merges: true,
    summary: options.summary ?? {},
    target: options,
  });
}

function isData({ data_file: file }: ChangedFile): boolean {
  return file.content === content.data;
}

function checkKinds(remove: readonly ChangedFile[], add: readonly ChangedFile[]): void {
  const isDelete = (file: ChangedFile) => !isData(file);
  if (remove.length === 0) illegal('Files to delete cannot be empty');
  if (!remove.some(isData) && add.some(isData)) {
    illegal("Data files to add must be empty because there's no data file to be rewritten");
  }
  if (!remove.some(isDelete) && add.some(isDelete)) {
    illegal("Delete files to add must be empty because there's no delete file to be rewritten");
  }
}

function illegal(message: string): never {
  throw new IcejamError('IllegalArgument', message);
}
