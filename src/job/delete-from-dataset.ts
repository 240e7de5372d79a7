import { isReadable } from '../engine/types.ts';
import { IcejamError } from '../error.ts';
import { tableName } from '../flare/address.ts';
import type { Action } from '../flare/workflow.ts';
import type { Change } from '../iceberg/change.ts';
import { deleteFiles } from '../iceberg/delete-files.ts';
import { matchFile } from '../iceberg/expression-match.ts';
import { content } from '../iceberg/manifest-types.ts';
import { overwriteFiles } from '../iceberg/overwrite-files.ts';
import { rowDelta } from '../iceberg/row-delta.ts';
import { planFiles } from '../iceberg/scan.ts';
import type { ChangedFile } from '../iceberg/snapshot-summary.ts';
import { currentSchema, currentSnapshot, specById, type Table } from '../iceberg/table.ts';
import type { Snapshot } from '../iceberg/table-metadata.ts';
import { leaseHead } from '../storage/lease.ts';
import { commitFiles, discarding, type Written } from './commit-files.ts';
import type { JobContext } from './job-context.ts';
import { type DeleteMode, type MatchedTask, RowDeleter, target } from './row-deleter.ts';
import { type RowFilter, rowFilter } from './row-filter.ts';
import type { Condition, Views } from './statements.ts';

/**
 * Deletes the rows of a table that match a condition, as Spark's DELETE FROM does. Where partitions and bounds tell
 * that each file matches whole or not at all, the files go, and which they are is decided at commit time. Else the
 * matching rows of the current snapshot are looked for: files without a row left go, the others are written again
 * without them (`write.delete.mode` copy-on-write, the default) or get delete files (merge-on-read), validated by
 * `write.delete.isolation-level`. `null`: no row matches, and nothing is committed.
 * Throws `SqlInvalid` at the condition's place in the workflow, `IllegalArgument` for properties that cannot be.
 */
export async function deleteFromDataset(
  context: JobContext,
  action: Action,
  views: Views,
): Promise<Written | null> {
  const { version, release } = await leaseHead(context.ports, tableName(action.address));
  try {
    return await deleteFrom(context, version, action, views);
  } finally {
    release();
  }
}

async function deleteFrom(
  context: JobContext,
  table: Table,
  { deleteWhere, range }: Action,
  views: Views,
): Promise<Written | null> {
  const schema = currentSchema(table.metadata);
  if (deleteWhere === undefined) {
    throw new IcejamError('IllegalArgument', 'delete_from_dataset needs the key "deleteWhere".', {
      range,
    });
  }
  // Files may go unread; where rows have to be looked at, the rewriter says what cannot be read.
  const readable = { ...schema, fields: schema.fields.filter(({ type }) => isReadable(type)) };
  const condition = views.condition(deleteWhere, target, readable);
  const rows = rowFilter(condition.expr, schema, target);
  const snapshot = currentSnapshot(table.metadata);
  if (snapshot === null) return null;
  const tasks = await matchedTasks(context, table, snapshot, rows);
  if (tasks.length === 0) return null;
  if (tasks.every(({ match }) => match === 'all')) {
    return commitDelete(context, table, [], 0, deleteFiles({ filter: rows.filter }));
  }
  return deleteRows(context, table, { snapshot, tasks, condition, rows });
}

/** The files that may hold matching rows. Only an exact filter can say that all rows of a file match. */
async function matchedTasks(
  { ports }: JobContext,
  { metadata }: Table,
  snapshot: Snapshot,
  { filter, exact }: RowFilter,
): Promise<MatchedTask[]> {
  const schema = currentSchema(metadata);
  const tasks = await planFiles(ports.io, metadata, snapshot);
  return tasks.flatMap((task): MatchedTask[] => {
    const { data_file: file, spec_id: specId } = task.file;
    const match = matchFile(filter, file, specById(metadata, specId), schema);
    if (match === 'none') return [];
    return [{ ...task, match: exact ? match : 'some' }];
  });
}

interface RowsToDelete {
  snapshot: Snapshot;
  tasks: readonly MatchedTask[];
  condition: Condition;
  rows: RowFilter;
}

async function deleteRows(
  context: JobContext,
  table: Table,
  { snapshot, tasks, condition, rows }: RowsToDelete,
): Promise<Written | null> {
  const { clock } = context.ports;
  const { properties } = table.metadata;
  const startedAt = clock.now();
  const mode = propertyOf(properties, 'write.delete.mode', deleteModes);
  const isolation = propertyOf(properties, 'write.delete.isolation-level', isolationLevels);
  const { add, remove } = await discarding(context, async (own) => {
    const deleter = new RowDeleter(own, table, condition, mode);
    for (const task of tasks) await deleter.deleteFrom(task);
    return deleter;
  });
  if (add.length === 0 && remove.length === 0) return null;
  const validation = { isolation, since: snapshot['snapshot-id'], conflictFilter: rows.filter };
  const change = add.some(({ data_file: file }) => file.content !== content.data)
    ? rowDelta({ add, remove }, { ...validation, command: 'delete' })
    : overwriteFiles(table, { add, remove }, validation);
  return commitDelete(context, table, add, clock.now() - startedAt, change);
}

async function commitDelete(
  context: JobContext,
  table: Table,
  files: readonly ChangedFile[],
  ms: number,
  change: Change,
): Promise<Written> {
  const commit = await commitFiles(context, table, { files, ms }, change);
  return { commit, rows: 0, files: files.length };
}

/** The values of each property, the default first (Iceberg's `TableProperties`). */
const deleteModes = ['copy-on-write', 'merge-on-read'] as const satisfies readonly DeleteMode[];
const isolationLevels = ['serializable', 'snapshot'] as const;

function propertyOf<T extends string>(
  properties: Record<string, string>,
  name: string,
  values: readonly [T, ...T[]],
): T {
  const stated = properties[name]?.toLowerCase();
  if (stated === undefined) return values[0];
  const value = values.find((each) => each === stated);
  if (value !== undefined) return value;
  throw new IcejamError('IllegalArgument', `Invalid value of ${name}: ${stated}`, {
    context: { property: name },
    remedy: `Set it to ${values.join(' or ')} with dataset add-properties.`,
  });
}
