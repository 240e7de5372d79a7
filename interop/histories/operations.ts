import { append } from '../../src/iceberg/append.ts';
import { metadataChange, type Change } from '../../src/iceberg/change.ts';
import { cherryPick } from '../../src/iceberg/cherry-pick.ts';
import type { MemoryContext } from '../../src/iceberg/memory.ts';
import { deleteFiles } from '../../src/iceberg/delete-files.ts';
import { expireSnapshots } from '../../src/iceberg/expire-snapshots.ts';
import type { Expression } from '../../src/iceberg/expression.ts';
import type { SnapshotOptions } from '../../src/iceberg/operation.ts';
import { overwriteFiles } from '../../src/iceberg/overwrite-files.ts';
import {
  createRef,
  fastForward,
  removeBranch,
  removeTag,
  renameBranch,
  replaceBranch,
} from '../../src/iceberg/refs.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { replaceSortOrder } from '../../src/iceberg/replace-sort-order.ts';
import { rewriteFiles } from '../../src/iceberg/rewrite-files.ts';
import { rewriteManifests } from '../../src/iceberg/rewrite-manifests.ts';
import { rollbackTo, setCurrentSnapshot } from '../../src/iceberg/rollback.ts';
import { rowDelta } from '../../src/iceberg/row-delta.ts';
import { planFiles } from '../../src/iceberg/scan.ts';
import type { ChangedFile } from '../../src/iceberg/snapshot-summary.ts';
import { findFieldByName } from '../../src/iceberg/schema.ts';
import { branchHead, currentSchema, currentSnapshot, type Table } from '../../src/iceberg/table.ts';
import type { Snapshot, SnapshotRef } from '../../src/iceberg/table-metadata.ts';
import { transaction } from '../../src/iceberg/transaction.ts';
import { updatePartitionSpec } from '../../src/iceberg/update-partition-spec.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { updateSchema } from '../../src/iceberg/update-schema.ts';
import { dataFile, deleteFile, partitionRequest, pathOf } from './files.ts';
import type { FileOperation, Filter, Operation, Pick, RefRetention } from './history.ts';

const day = 86_400_000;

/**
 * Builds an operation on a table; `null` if it needs files or snapshots that are not there. `begun`: when each commit
 * so far began, epoch ms.
 */
export async function buildOperation(
  context: MemoryContext,
  table: Table,
  op: Operation,
  begun: readonly number[],
): Promise<Change | null> {
  const { metadata } = table;
  const branch = 'branch' in op ? op.branch : undefined;
  const head =
    (branch === undefined ? null : branchHead(metadata, branch)) ?? currentSnapshot(metadata);
  // The totals of a branch that the commit itself creates start from nothing in Java, whatever is on it.
  if (branch !== undefined && metadata.refs[branch] === undefined) return null;
  const since = sinceOf(table, op, head);
  const target = targetOf(op);
  const files = 'files' in op ? op.files.map((file) => dataFile(table, file)) : [];
  const pick = (wanted: Pick | null) => picked(context, table, head, wanted);
  const read = 'conflictFilter' in op ? { conflictFilter: expression(op.conflictFilter) } : {};
  switch (op.op) {
    case 'append':
      return append(files, { fast: op.fast, ...target });
    case 'replacePartitions':
      return replacePartitions(table, files, {
        isolation: op.isolation,
        since,
        appendOnly: op.appendOnly ?? false,
        ...target,
      });
    case 'overwrite':
      return overwriteFiles(
        table,
        {
          ...(op.filter !== null && { filter: expression(op.filter) }),
          remove: await pick(op.remove ?? null),
          add: files,
        },
        {
          isolation: op.isolation,
          since,
          addedFilesMatchFilter: op.addedFilesMatchFilter ?? false,
          ...read,
          ...target,
        },
      );
    case 'copyOnWrite': {
      const remove = await pick(op.remove);
      if (remove.length === 0) return null;
      const options = { isolation: op.isolation, since, ...read, ...target };
      return overwriteFiles(table, { remove, add: files }, options);
    }
    case 'delete':
      return deleteFiles({ filter: expression(op.filter) }, target);
    case 'deleteFiles': {
      const remove = await pick(op.remove);
      return remove.length === 0
        ? null
        : deleteFiles({ files: remove }, { mustExist: op.mustExist, ...target });
    }
    case 'rowDelta': {
      const targets = await pick(op.targets);
      if (targets.length === 0) return null;
      const deletes = targets.flatMap((file, index) => {
        const wanted = op.deletes[index];
        return wanted === undefined ? [] : [deleteFile(file, wanted)];
      });
      const remove = await pick(op.remove);
      if (op.removeDeletes === true)
        remove.push(...(await deletesOf(context, table, head, targets)));
      const { isolation, command } = op;
      const options = { isolation, since, command, ...read, ...target };
      return rowDelta({ add: [...files, ...deletes], remove }, options);
    }
    case 'rewrite': {
      const data = await pick(op.remove);
      if (data.length === 0) return null;
      const deletes = op.removeDeletes === true ? await deletesOf(context, table, head, data) : [];
      const remove = [...(op.keepData === true ? [] : data), ...deletes];
      const sequenceNumber = currentSnapshot(metadata)?.['sequence-number'] ?? 0;
      const own = op.startingSequence ? { dataSequenceNumber: sequenceNumber } : {};
      return rewriteFiles({ remove, add: files }, { since, ...own, ...target });
    }
    case 'rewriteManifests':
      return rewriteManifests(
        op.clusterBy === 'nothing'
          ? {}
          : { clusterBy: ({ data_file: file }) => JSON.stringify(file.partition.map(String)) },
      );
    case 'expire': {
      const ids = op.ids.flatMap((ordinal) => snapshotAt(table, ordinal)?.['snapshot-id'] ?? []);
      return expireSnapshots({
        ...(op.before !== 'default' && { olderThan: moment(op.before, begun, context) }),
        ids,
        ...(op.retain !== undefined && { retainLast: op.retain }),
      });
    }
    case 'properties':
      return updateProperties(op.set, op.remove);
    case 'schema':
      return updateSchema(op.edits);
    case 'spec':
      return updatePartitionSpec({ add: op.add.map(partitionRequest), remove: op.remove });
    case 'sortOrder':
      return replaceSortOrder(
        op.columns.map(({ column, descending, nullsLast }) => ({
          'source-id': findFieldByName(currentSchema(metadata), column)?.field.id ?? 0,
          transform: 'identity',
          direction: descending ? ('desc' as const) : ('asc' as const),
          'null-order': nullsLast ? ('nulls-last' as const) : ('nulls-first' as const),
        })),
      );
    case 'removeBranch':
      return removeBranch(op.name);
    case 'removeTag':
      return removeTag(op.name);
    case 'renameBranch':
      return renameBranch(op.name, op.to);
    case 'replaceBranch':
      return replaceBranch(op.name, op.to);
    case 'fastForward':
      return fastForward(op.name, op.to);
    case 'transaction': {
      const changes: Change[] = [];
      for (const each of op.ops) {
        try {
          const change = await buildOperation(context, table, each, begun);
          if (change !== null) changes.push(change);
        } catch (error) {
          // Java would have met what is wrong with the operations before it first.
          changes.push(refusal(error));
        }
      }
      return transaction(changes);
    }
    default: {
      const id = snapshotAt(table, op.snapshot)?.['snapshot-id'];
      if (id === undefined) return null;
      switch (op.op) {
        case 'rollback':
          return rollbackTo(table, id);
        case 'setCurrent':
          return setCurrentSnapshot(table, id);
        case 'cherryPick':
          return cherryPick(context.io, table, id);
        case 'createBranch':
          return createRef(op.name, { type: 'branch', 'snapshot-id': id, ...retentionOf(op) });
        case 'createTag':
          return createRef(op.name, { type: 'tag', 'snapshot-id': id, ...retentionOf(op) });
      }
    }
  }
}

function refusal(error: unknown): Change {
  return metadataChange('refusal', () => {
    throw error;
  });
}

function sinceOf(table: Table, op: Operation, head: Snapshot | null): bigint | null {
  if ('since' in op && op.since === 'none') return null;
  const start = 'since' in op && typeof op.since === 'number' ? snapshotAt(table, op.since) : head;
  return start?.['snapshot-id'] ?? null;
}

function isOnFiles(op: Operation): op is FileOperation {
  return 'files' in op || op.op === 'delete' || op.op === 'deleteFiles';
}

function targetOf(op: Operation): SnapshotOptions {
  if (!isOnFiles(op)) return {};
  const { branch, wap, summary = {} } = op;
  const staged = wap === undefined ? {} : { 'wap.id': wap };
  return {
    ...(branch !== undefined && { branch }),
    ...(wap !== undefined && { stageOnly: true }),
    summary: { ...summary, ...staged },
  };
}

function retentionOf(ref: RefRetention): Partial<SnapshotRef> {
  return {
    ...(ref.minSnapshotsToKeep !== undefined && {
      'min-snapshots-to-keep': ref.minSnapshotsToKeep,
    }),
    ...(ref.maxSnapshotAgeMs !== undefined && { 'max-snapshot-age-ms': ref.maxSnapshotAgeMs }),
    ...(ref.maxRefAgeMs !== undefined && { 'max-ref-age-ms': ref.maxRefAgeMs }),
  };
}

function moment(
  before: 'all' | 'none' | number,
  begun: readonly number[],
  { clock }: MemoryContext,
): number {
  if (typeof before === 'number') return begun[before % begun.length] ?? 0;
  return clock.now() + (before === 'all' ? day : -day);
}

function snapshotAt({ metadata: { snapshots } }: Table, ordinal: number): Snapshot | undefined {
  return snapshots[ordinal % snapshots.length];
}

async function picked(
  { io }: MemoryContext,
  { metadata }: Table,
  head: Snapshot | null,
  pick: Pick | null,
): Promise<ChangedFile[]> {
  if (pick === null || head === null) return [];
  const prefix = pathOf(pick.letter).replace('.parquet', '');
  const live = new Map<string, ChangedFile>();
  for (const { file } of await planFiles(io, metadata, head)) {
    const { file_path: path } = file.data_file;
    if (path.startsWith(prefix)) live.set(path, file);
  }
  const paths = [...live.keys()].sort();
  const from = pick.from % paths.length;
  return paths.slice(from, from + pick.count).flatMap((path) => live.get(path) ?? []);
}

/** The delete files that apply to data files. */
async function deletesOf(
  { io }: MemoryContext,
  { metadata }: Table,
  head: Snapshot | null,
  files: readonly ChangedFile[],
): Promise<ChangedFile[]> {
  const wanted = new Set(files.map((file) => file.data_file.file_path));
  const tasks = await planFiles(io, metadata, head);
  const found = new Map<string, ChangedFile>();
  for (const { file, deletes } of tasks) {
    if (!wanted.has(file.data_file.file_path)) continue;
    for (const each of deletes) found.set(each.data_file.file_path, each);
  }
  return [...found.values()];
}

function expression(filter: Filter): Expression {
  const literal = (value: string | number) => (typeof value === 'number' ? BigInt(value) : value);
  switch (filter.op) {
    case 'and':
    case 'or':
      return { op: filter.op, left: expression(filter.left), right: expression(filter.right) };
    case 'not':
      return { op: 'not', operand: expression(filter.operand) };
    case 'in':
    case 'not in':
      return { ...filter, values: filter.values.map(literal) };
    case 'true':
    case 'false':
    case 'is_null':
    case 'not_null':
      return filter;
    default:
      return { ...filter, value: literal(filter.value) };
  }
}
