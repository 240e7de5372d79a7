import { tableName } from '../flare/address.ts';
import type { Sink } from '../flare/workflow.ts';
import { loadTable, snapshotById, summarizeBase } from '../iceberg/table.ts';
import { commitContext, type ToolContext } from './job-context.ts';
import type { Written } from './commit-files.ts';

/** Snapshots by table, decimal text, that an earlier run of a job asked to be swapped in without learning its fate. */
export type PerhapsCommitted = Readonly<Record<string, readonly string[]>>;

/**
 * The sinks of a job that an earlier run of it has committed, by the snapshot ids in the tables: they must not be
 * written twice. Whatever the earlier run had sent to the catalog is done or lost by now, as its worker has ended.
 */
export async function findEarlierCommits(
  context: ToolContext,
  sinks: readonly Sink[],
  perhaps: PerhapsCommitted,
): Promise<Map<Sink, Written>> {
  const found = new Map<Sink, Written>();
  const used = new Set<string>();
  for (const sink of sinks) {
    const ids = (perhaps[tableName(sink.address)] ?? []).filter((id) => !used.has(id));
    const result = ids.length === 0 ? null : await findCommit(context, sink, ids);
    if (result?.commit.outcome !== 'committed') continue;
    used.add(String(result.commit.snapshotId));
    found.set(sink, result);
  }
  return found;
}

async function findCommit(
  context: ToolContext,
  sink: Sink,
  ids: readonly string[],
): Promise<Written | null> {
  const name = tableName(sink.address);
  if ((await context.ports.catalog.load(name)) === null) return null;
  const table = await loadTable(context.ports, name);
  const snapshot = ids
    .map((id) => snapshotById(table.metadata, BigInt(id)))
    .find((each) => each !== undefined);
  if (snapshot === undefined) return null;
  await commitContext(context, name).gate(1, { stop: 'base-read', base: summarizeBase(table) });
  const count = (property: string) => Number(snapshot.summary[property] ?? 0);
  const snapshotId = snapshot['snapshot-id'];
  return {
    commit: { outcome: 'committed', attempts: 1, snapshotId, snapshot, pointer: table.pointer },
    rows: count('added-records'),
    files: count('added-data-files'),
  };
}
