import { orderItems } from '../engine/sort-order.ts';
import { quoted } from '../engine/types.ts';
import { tableName } from '../flare/address.ts';
import type { Action } from '../flare/workflow.ts';
import type { Change } from '../iceberg/change.ts';
import { alwaysTrue } from '../iceberg/expression.ts';
import { filesOf, planRewrite, type RewriteGroup } from '../iceberg/rewrite-plan.ts';
import { rewriteFiles } from '../iceberg/rewrite-files.ts';
import { planFiles } from '../iceberg/scan.ts';
import type { ChangedFile } from '../iceberg/snapshot-summary.ts';
import { currentSchema, currentSnapshot, type Table } from '../iceberg/table.ts';
import type { Snapshot, SortOrder } from '../iceberg/table-metadata.ts';
import { leaseHead } from '../storage/lease.ts';
import { commitFiles, discarding, type NewFiles, type Written } from './commit-files.ts';
import type { JobContext } from './job-context.ts';
import { readRewriteOptions } from './rewrite-options.ts';
import { rowFilter } from './row-filter.ts';
import { RowRewriter } from './rewrite-rows.ts';
import type { Views } from './statements.ts';

const groupRows = 'rows of a group';
const sortedRows = 'sorted rows of a group';

/**
 * Compaction (Java's RewriteDataFilesSparkAction): writes the rows of small, large and much deleted files anew, as the
 * snapshot holds them that is current now, and replaces the files in one commit. Their data sequence number stays that
 * of the snapshot, so that deletes which are committed meanwhile apply to them. `null`: there is nothing to do, and
 * nothing is committed. Throws `IllegalArgument` for options that it does not have.
 */
export async function rewriteDataset(
  context: JobContext,
  action: Action,
  views: Views,
): Promise<Written | null> {
  const { version, release } = await leaseHead(context.ports, tableName(action.address));
  let rewritten: Rewritten | null;
  try {
    rewritten = await discarding(context, (own) => rewriteGroups(own, version, action, views));
  } finally {
    release();
  }
  if (rewritten === null) return null;
  const { change, ...files } = rewritten;
  const commit = await commitFiles(context, version, files, change);
  return { commit, rows: 0, files: files.files.length };
}

/** Files that are written and the change that puts them in the place of others. */
interface Rewritten extends NewFiles {
  change: Change;
}

async function rewriteGroups(
  context: JobContext,
  table: Table,
  action: Action,
  views: Views,
): Promise<Rewritten | null> {
  const { clock } = context.ports;
  const schema = currentSchema(table.metadata);
  const { where, sortOrder, useStartingSequenceNumber, ...sizes } = readRewriteOptions(
    action,
    table.metadata,
  );
  const filter =
    where === undefined
      ? alwaysTrue
      : rowFilter(views.condition(where, table.name, schema).expr, schema, table.name).filter;
  const snapshot = currentSnapshot(table.metadata);
  if (snapshot === null) return null;
  const startedAt = clock.now();
  const tasks = await planFiles(context.ports.io, table.metadata, snapshot);
  const groups = planRewrite(tasks, table.metadata, { ...sizes, filter });
  if (groups.length === 0) return null;
  const files = await writeGroups(context, table, groups, sortOrder);
  const change = rewriteFiles(
    { remove: filesOf(groups), add: files },
    startingFrom(table, snapshot, useStartingSequenceNumber),
  );
  return { files, ms: clock.now() - startedAt, change };
}

/** Format version 1 has no sequence numbers. */
function startingFrom({ metadata }: Table, snapshot: Snapshot, keepsSequenceNumber: boolean) {
  const since = snapshot['snapshot-id'];
  return keepsSequenceNumber && metadata['format-version'] > 1
    ? { since, dataSequenceNumber: snapshot['sequence-number'] }
    : { since };
}

/** A group with its rows loaded. */
interface WorkOnGroup {
  group: RewriteGroup;
  rows: number;
  sortOrder: SortOrder | undefined;
}

async function writeGroups(
  context: JobContext,
  table: Table,
  groups: readonly RewriteGroup[],
  sortOrder: SortOrder | undefined,
): Promise<ChangedFile[]> {
  const rewriter = new RowRewriter(context, table);
  const files: ChangedFile[] = [];
  for (const group of groups) {
    const rows = await rewriter.loadAll(group.tasks, groupRows);
    if (rows > 0)
      files.push(...(await writeGroup(context, table, rewriter, { group, rows, sortOrder })));
    context.engine.execute(`DROP TABLE ${quoted(groupRows)}`);
  }
  return files;
}

/** Cuts the rows of a group into its files; those of several partitions are cut by their partitions instead. */
async function writeGroup(
  { engine }: JobContext,
  { metadata }: Table,
  rewriter: RowRewriter,
  { group, rows, sortOrder }: WorkOnGroup,
): Promise<ChangedFile[]> {
  const order = sortOrder && orderItems(sortOrder, rewriter.schema, 'g');
  const sorting = order ? `ORDER BY ${order.join(', ')}` : '';
  engine.execute(
    `CREATE OR REPLACE TEMP TABLE ${quoted(sortedRows)} AS FROM ${quoted(groupRows)} AS g ${sorting}`,
  );
  const isOnePartition = group.tasks.every(
    ({ file }) => file.spec_id === metadata['default-spec-id'],
  );
  const slices = isOnePartition ? Math.min(group.outputFiles, rows) : 1;
  const files: ChangedFile[] = [];
  for (let slice = 0; slice < slices; slice += 1) {
    const [from, to] = [slice, slice + 1].map((at) => Math.round((at * rows) / slices));
    const own = `FROM ${quoted(sortedRows)} WHERE rowid >= ${from} AND rowid < ${to}`;
    files.push(...(await rewriter.write(own, sortOrder)));
  }
  engine.execute(`DROP TABLE ${quoted(sortedRows)}`);
  return files;
}
