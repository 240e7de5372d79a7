import type { Change } from './change.ts';
import { alwaysTrue } from './expression.ts';
import type { SnapshotOptions, ValidationOptions } from './operation.ts';
import { checkOneSpec, PartitionSet } from './partition-set.ts';
import { removeNothing } from './removal.ts';
import { produceSnapshot } from './snapshot-producer.ts';
import type { ChangedFile } from './snapshot-summary.ts';
import { specById, type Table } from './table.ts';
import { everything, type Scope } from './validation.ts';

/** How partitions are replaced. */
export interface ReplacePartitionsOptions extends SnapshotOptions, ValidationOptions {
  /** Refuses to replace anything: the partitions must be empty (Java's `validateAppendOnly`). */
  appendOnly?: boolean;
}

/**
 * Dynamic overwrite: replaces everything in the partitions of the given files, matched by spec and partition values;
 * under an unpartitioned spec the whole table. What is replaced is decided at commit time. `snapshot` forbids that
 * files were deleted there since `since`, `serializable` also that files were added. Without files there is nothing
 * to commit. Throws `IllegalState` for files of several specs (Java's BaseReplacePartitions).
 */
export function replacePartitions(
  table: Table,
  files: readonly ChangedFile[],
  options: ReplacePartitionsOptions = {},
): Change {
  const { isolation = 'none', since = null, reads = [] } = options;
  const partitions = new PartitionSet();
  for (const { spec_id: specId, data_file: file } of files) partitions.add(specId, file.partition);
  checkOneSpec(partitions.specIds);
  const [specId] = partitions.specIds;
  // In v1 a field that was given up keeps its place as `void`.
  const wholeTable =
    specId !== undefined &&
    specById(table.metadata, specId).fields.every(({ transform }) => transform === 'void');
  const scope: Scope = wholeTable ? everything : { partitions };
  const change = produceSnapshot({
    type: 'overwrite',
    isolation,
    since,
    reads: isolation === 'serializable' ? reads : [],
    validate: async (validator) => {
      if (isolation === 'none') return;
      if (isolation === 'serializable') await validator.noAddedDataFiles(scope);
      await validator.noDeletedDataFiles(scope);
      await validator.noAddedDeleteFiles(scope);
      if (isolation === 'serializable') await validator.unchanged(reads);
    },
    added: files,
    removal: {
      ...removeNothing,
      ...(wholeTable ? { filter: alwaysTrue } : { partitions }),
      mustBeEmpty: options.appendOnly ?? false,
    },
    merges: true,
    summary: { 'replace-partitions': 'true', ...options.summary },
    target: options,
  });
  if (files.length > 0) return change;
  return { ...change, nothing: 'A dynamic overwrite without rows replaces no partition.' };
}
