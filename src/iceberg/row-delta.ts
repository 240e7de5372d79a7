import { IcejamError } from '../error.ts';
import type { Change } from './change.ts';
import { isDeletionVector, referencedDataFile } from './delete-index.ts';
import { alwaysTrue, type Expression } from './expression.ts';
import { content } from './manifest-types.ts';
import type { SnapshotOptions, ValidationOptions } from './operation.ts';
import { fileKey, removeNothing } from './removal.ts';
import { produceSnapshot } from './snapshot-producer.ts';
import type { ChangedFile } from './snapshot-summary.ts';
import type { SnapshotOperation } from './table-metadata.ts';

/** What a merge-on-read command writes. */
export interface RowChanges {
  /** Data and delete files to add. */
  add: readonly ChangedFile[];
  /** Data files to remove, and delete files that the added ones replace. */
  remove?: readonly ChangedFile[];
}

/** How row-level changes are validated. */
export interface RowDeltaOptions extends SnapshotOptions, ValidationOptions {
  /**
   * Spark validates an UPDATE or MERGE more strictly than a DELETE, which may meet rows that another delete has
   * removed already. `update` by default.
   */
  command?: 'delete' | 'update';
  /** The rows that the command read: where conflicts are looked for. */
  conflictFilter?: Expression;
  /** Paths of the data files that the position deletes speak of; by default those that the delete files name. */
  referencedFiles?: readonly string[];
}

/**
 * Adds rows and row-level deletes (Java's BaseRowDelta, with the validations that Spark asks for). `snapshot` forbids
 * that a referenced data file is gone or removed by these changes themselves or, but for a DELETE, that other deletes
 * were added; `serializable` also that data was added.
 */
export function rowDelta({ add, remove = [] }: RowChanges, options: RowDeltaOptions = {}): Change {
  const { isolation = 'none', since = null, reads = [], command = 'update' } = options;
  const filter = options.conflictFilter ?? alwaysTrue;
  const named = add.flatMap((file) => referencedDataFile(file) ?? []);
  const referenced = new Set(options.referencedFiles ?? named);
  const removedData = remove.filter(({ data_file: file }) => file.content === content.data);
  const vectors = add.filter(isDeletionVector).flatMap((file) => referencedDataFile(file) ?? []);
  return produceSnapshot({
    type: deltaType(add, remove),
    isolation,
    since,
    reads: isolation === 'serializable' ? reads : [],
    validate: async (validator) => {
      validator.startIsAncestor();
      if (isolation !== 'none') {
        await validator.dataFilesExist(referenced, { skipDeletes: command === 'delete', filter });
        if (isolation === 'serializable') await validator.noAddedDataFiles({ filter });
        if (command === 'update') {
          await validator.noNewDeletesFor(removedData, { filter });
          await validator.noAddedDeleteFiles({ filter });
        }
        if (isolation === 'serializable') await validator.unchanged(reads);
        checkRemovedFiles(removedData, referenced);
      }
      await validator.noAddedVectorsFor(new Set(vectors));
    },
    added: add,
    removal: {
      ...removeNothing,
      files: new Set(remove.map((file) => fileKey(file.data_file))),
      mustExist: isolation !== 'none' && command === 'update',
    },
    merges: true,
    summary: options.summary ?? {},
    target: options,
  });
}

function deltaType(add: readonly ChangedFile[], remove: readonly ChangedFile[]): SnapshotOperation {
  const addsRows = add.some((file) => file.data_file.content === content.data);
  const addsDeletes = add.some((file) => file.data_file.content !== content.data);
  const removesRows = remove.some((file) => file.data_file.content === content.data);
  if (addsDeletes && !addsRows) return 'delete';
  return addsRows && !addsDeletes && !removesRows ? 'append' : 'overwrite';
}

function checkRemovedFiles(remove: readonly ChangedFile[], referenced: ReadonlySet<string>): void {
  const both = remove
    .map((file) => file.data_file.file_path)
    .filter((path) => referenced.has(path));
  if (both.length === 0) return;
  throw new IcejamError(
    'Validation',
    `Cannot delete data files [${both.join(', ')}] that are referenced by new delete files`,
  );
}
