import { IcejamError } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import { tableName } from '../flare/address.ts';
import type { Action } from '../flare/workflow.ts';
import type { Change } from '../iceberg/change.ts';
import { commit, type CommitResult } from '../iceberg/commit.ts';
import { expireSnapshots } from '../iceberg/expire-snapshots.ts';
import { removeOrphans } from '../iceberg/remove-orphans.ts';
import { rewriteManifests } from '../iceberg/rewrite-manifests.ts';
import { loadTable } from '../iceberg/table.ts';
import { withExclusiveSnapshot } from '../storage/locks.ts';
import { commitContext, type JobContext } from './job-context.ts';

/** Maintains the table of an input as the action says; `null` if that is no commit. Throws what cannot be done. */
export async function runAction(context: JobContext, action: Action): Promise<CommitResult | null> {
  const table = tableName(action.address);
  switch (action.name) {
    case 'expire_snapshots':
      return change(context, table, expireSnapshots(expiryOf(action, table)));
    case 'rewrite_manifest':
      return change(context, table, rewriteManifests());
    case 'remove_orphans': {
      const olderThan = moment(action, 'olderThan', 'olderThanMillis', 'olderThanTimestamp');
      const options = olderThan === undefined ? {} : { olderThan };
      await removeOrphans(commitContext(context, table), table, options);
      return null;
    }
    case 'rewrite_dataset':
    case 'delete_from_dataset':
      throw new IcejamError('Unsupported', `The action ${action.name} does not run here yet.`, {
        range: action.range,
        remedy: 'Take it out of the workflow, or run it on Spark with the exported table.',
      });
    default:
      return exhaustive(action.name);
  }
}

async function change(context: JobContext, name: string, wanted: Change): Promise<CommitResult> {
  const table = await loadTable(context.ports, name);
  return commit(commitContext(context, name), table, wanted, { protocol: context.protocol });
}

function expiryOf(action: Action, table: string): Parameters<typeof expireSnapshots>[0] {
  const olderThan = moment(action, 'expireOlderThan', 'olderThanMillis', 'olderThanTimestamp');
  const { retainLast, expireSnapshotId, snapshotIds = expireSnapshotId } = action.options;
  return {
    ...(olderThan === undefined ? {} : { olderThan }),
    ...(retainLast === undefined ? {} : { retainLast: Number(retainLast) }),
    ...(snapshotIds === undefined ? {} : { ids: [snapshotIds].flat().map(BigInt) }),
    withExclusive: (id, work) => withExclusiveSnapshot(table, id, work),
  };
}

/** Epoch ms from the first of these options that is there: a number of ms, or a date and time in UTC. */
function moment({ options, range }: Action, ...names: string[]): number | undefined {
  const name = names.find((candidate) => options[candidate] !== undefined);
  const text = name === undefined ? undefined : options[name];
  if (name === undefined || typeof text !== 'string') return undefined;
  const isNumber = /^\d+$/.test(text.trim());
  const time = isNumber ? Number(text) : Date.parse(`${text.trim().replace(' ', 'T')}Z`);
  if (!Number.isNaN(time)) return time;
  throw new IcejamError('IllegalArgument', `${name} "${text}" is no point in time.`, {
    range,
    remedy: 'Write milliseconds since 1970 or a time such as 2026-01-31 12:00:00.',
  });
}
