import { IcejamError } from '../error.ts';
import type { Change } from './change.ts';
import { matchFile } from './expression-match.ts';
import { alwaysFalse, alwaysTrue, printExpression, type Expression } from './expression.ts';
import type { SnapshotOptions, ValidationOptions } from './operation.ts';
import { checkOneSpec } from './partition-set.ts';
import { fileKey, removeNothing } from './removal.ts';
import { produceSnapshot } from './snapshot-producer.ts';
import type { ChangedFile } from './snapshot-summary.ts';
import { currentSchema, specById, type Table } from './table.ts';
import type { SnapshotOperation } from './table-metadata.ts';

/** What an overwrite replaces by what. */
export interface Overwrite {
  /** Live files all of whose rows match go; one that matches in part is a conflict. */
  filter?: Expression;
  /** These files go, as in a copy-on-write. */
  remove?: readonly ChangedFile[];
  add: readonly ChangedFile[];
}

/** How files are overwritten. */
export interface OverwriteOptions extends SnapshotOptions, ValidationOptions {
  /** The rows that the operation read, if it is not the filter: where conflicts are looked for. */
  conflictFilter?: Expression;
  /** Refuses files to add whose rows do not all match the filter. */
  addedFilesMatchFilter?: boolean;
}

/**
 * Static overwrite and copy-on-write: removes files by filter or by name and adds others. `snapshot` forbids
 * deletions since `since` where the filter matches, `serializable` also additions; both forbid that a file to remove
 * is gone (Java's BaseOverwriteFiles). Without validation a file that is gone is ignored.
 * Throws `Validation` for added files outside the filter, `IllegalState` if they are to be checked and there
 * are none, or some of several specs.
 */
export function overwriteFiles(
  table: Table,
  { filter, remove = [], add }: Overwrite,
  options: OverwriteOptions = {},
): Change {
  const { isolation = 'none', since = null, reads = [] } = options;
  if (filter !== undefined && options.addedFilesMatchFilter === true) {
    checkAddedFiles(table, filter, add);
  }
  const { conflictFilter } = options;
  const onlyByFilter = filter !== undefined && remove.length === 0;
  const read = { filter: conflictFilter ?? (onlyByFilter ? filter : alwaysTrue) };
  return produceSnapshot({
    type: overwriteType(filter !== undefined || remove.length > 0, add.length > 0),
    isolation,
    since,
    reads: isolation === 'serializable' ? reads : [],
    validate: async (validator) => {
      if (isolation === 'none') return;
      if (isolation === 'serializable') await validator.noAddedDataFiles(read);
      if (filter !== undefined) {
        await validator.noAddedDeleteFiles({ filter: conflictFilter ?? filter });
        await validator.noDeletedDataFiles({ filter: conflictFilter ?? filter });
      }
      await validator.noNewDeletesFor(remove, { filter: conflictFilter ?? alwaysTrue });
      if (isolation === 'serializable') await validator.unchanged(reads);
    },
    added: add,
    removal: {
      ...removeNothing,
      filter: filter ?? alwaysFalse,
      files: new Set(remove.map((file) => fileKey(file.data_file))),
      mustExist: isolation !== 'none',
    },
    merges: true,
    summary: options.summary ?? {},
    target: options,
  });
}

/** Java's BaseOverwriteFiles.operation: what was asked for decides, not what was found. */
function overwriteType(removes: boolean, adds: boolean): SnapshotOperation {
  if (removes) return adds ? 'overwrite' : 'delete';
  return 'append';
}

function checkAddedFiles(table: Table, filter: Expression, files: readonly ChangedFile[]): void {
  if (files.length === 0) {
    const message = 'Cannot determine partition specs: no data files have been added';
    throw new IcejamError('IllegalState', message);
  }
  checkOneSpec(new Set(files.map((file) => file.spec_id)));
  const schema = currentSchema(table.metadata);
  for (const { spec_id: specId, data_file: file } of files) {
    if (matchFile(filter, file, specById(table.metadata, specId), schema) === 'all') continue;
    throw new IcejamError(
      'Validation',
      `Cannot append file with rows that do not match filter: ${printExpression(filter, schema)}: ${file.file_path}`,
    );
  }
}
