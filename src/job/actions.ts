import { IcejamError } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import { tableName } from '../flare/address.ts';
import { parseMoment } from '../flare/moment.ts';
import type { Action } from '../flare/workflow.ts';
import type { Change } from '../iceberg/change.ts';
import { commit } from '../iceberg/commit.ts';
import { expireSnapshots } from '../iceberg/expire-snapshots.ts';
import { type OrphanOptions, removeOrphans } from '../iceberg/remove-orphans.ts';
import { rewriteManifests } from '../iceberg/rewrite-manifests.ts';
import { loadTable } from '../iceberg/table.ts';
import { filesInFlight } from '../storage/in-flight.ts';
import { leasedSnapshots, withExclusiveSnapshot, withOrphans } from '../storage/locks.ts';
import { counted } from '../words.ts';
import type { Written } from './commit-files.ts';
import { deleteFromDataset } from './delete-from-dataset.ts';
import { commitContext, type JobContext } from './job-context.ts';
import { rewriteDataset } from './rewrite-dataset.ts';
import type { Views } from './statements.ts';

/**
 * Maintains the table of an input as the action says; `null` if that is no commit, or there is nothing to do. `views`:
 * what conditions may read. Throws what cannot be done.
 */
export async function runAction(
  context: JobContext,
  action: Action,
  views: Views,
): Promise<Written | null> {
  const table = tableName(action.address);
  switch (action.name) {
    case 'expire_snapshots':
      return change(context, table, expireSnapshots(expiryOf(context, action, table)));
    case 'rewrite_manifest':
      return change(context, table, rewriteManifests());
    case 'remove_orphans':
      await sweep(context, action, table);
      return null;
    case 'rewrite_dataset':
      return toldIfNothing(context, action, await rewriteDataset(context, action, views));
    case 'delete_from_dataset':
      return toldIfNothing(context, action, await deleteFromDataset(context, action, views));
    default:
      return exhaustive(action.name);
  }
}

function toldIfNothing<T>(
  { warn }: JobContext,
  { name, address }: Action,
  done: T | null,
): T | null {
  if (done === null) {
    const table = tableName(address);
    const message = `${name} found nothing to do in ${table}, and committed nothing.`;
    warn({ message, context: { table, action: name } });
  }
  return done;
}

async function sweep(context: JobContext, action: Action, table: string): Promise<void> {
  const olderThan = moment(action, 'olderThan', 'olderThanMillis', 'olderThanTimestamp');
  const { location } = action.options;
  const isDryRun = String(action.options.dryRun).trim().toLowerCase() === 'true';
  const options: OrphanOptions = {
    ...(olderThan === undefined ? {} : { olderThan }),
    ...(typeof location === 'string' ? { location } : {}),
    dryRun: isDryRun,
    inFlight: filesInFlight,
    leased: () => leasedSnapshots(table),
  };
  const deleted = await withOrphans(table, () =>
    removeOrphans(commitContext(context, table), table, options),
  );
  if (!isDryRun) {
    await context.gate(table, 0, { stop: 'cleaned-up', deleted });
    return;
  }
  const message = `remove_orphans would delete ${counted(deleted.length, 'file')} of ${table}: ${deleted.join(', ')}`;
  context.warn({ message, context: { table, action: action.name } });
}

async function change(context: JobContext, name: string, wanted: Change): Promise<Written> {
  const table = await loadTable(context.ports, name);
  const { protocol } = context;
  const result = await commit(commitContext(context, name), table, wanted, { protocol });
  return { commit: result, rows: 0, files: 0 };
}

function expiryOf(
  { warn }: JobContext,
  action: Action,
  table: string,
): Parameters<typeof expireSnapshots>[0] {
  const olderThan = moment(action, 'expireOlderThan', 'olderThanMillis', 'olderThanTimestamp');
  const { retainLast, expireSnapshotId, snapshotIds = expireSnapshotId } = action.options;
  return {
    ...(olderThan === undefined ? {} : { olderThan }),
    ...(retainLast === undefined ? {} : { retainLast: Number(retainLast) }),
    ...(snapshotIds === undefined ? {} : { ids: [snapshotIds].flat().map(BigInt) }),
    withExclusive: (id, work) => withExclusiveSnapshot(table, id, work),
    leased: () => leasedSnapshots(table),
    onRegistered: once((id, location) =>
      warn({
        message: `Snapshot ${String(id)} of ${table} was not expired: the registered version, ${nameOf(location)}, shows it.`,
        context: { table, snapshot: String(id) },
        remedy: 'Register a later version with dataos-tool dataset set-metadata, and expire again.',
      }),
    ),
  };
}

/** The first call alone: what is tried again is not told again. */
function once<T extends unknown[]>(work: (...args: T) => void): (...args: T) => void {
  let done = false;
  return (...args) => {
    if (!done) work(...args);
    done = true;
  };
}

const nameOf = (location: string) => location.slice(location.lastIndexOf('/') + 1);

/** Epoch ms from the first of these options that is there. */
function moment({ options, range }: Action, ...names: string[]): number | undefined {
  const name = names.find((candidate) => options[candidate] !== undefined);
  const text = name === undefined ? undefined : options[name];
  if (name === undefined || typeof text !== 'string') return undefined;
  const time = parseMoment(text);
  if (time !== undefined) return time;
  throw new IcejamError('IllegalArgument', `${name} "${text}" is no point in time.`, {
    range,
    remedy: 'Write milliseconds since 1970 or a time such as 2026-01-31 12:00:00.',
  });
}
