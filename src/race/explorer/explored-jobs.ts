import { exhaustive } from '../../exhaustive.ts';
import { expireSnapshots } from '../../iceberg/expire-snapshots.ts';
import { rewriteManifests } from '../../iceberg/rewrite-manifests.ts';
import type { Writer, Writers } from './script.ts';
import type { ExploredJob } from './operations.ts';
import type { World } from './world.ts';
import {
  appends,
  compacts,
  deletes,
  maintains,
  overwrites,
  replaces,
  worldWith,
} from './writers.ts';

/** The table that the jobs find: an older snapshot to expire, two files of partition a to compact, one of b. */
export const exploredWorld = (): Promise<World> => worldWith([{ a: 5 }, { a: 6, b: 7 }]);

/** The writers of these jobs. The nth one writes n rows, by which they are told apart. */
export function writersOf(jobs: readonly ExploredJob[]): Writers {
  return Object.fromEntries(jobs.map((job, index) => [job.name, writerOf(job, index + 1)]));
}

function writerOf({ operation, partition }: ExploredJob, rows: number): Writer {
  const own = { [partition]: rows };
  switch (operation) {
    case 'append':
      return appends(own);
    case 'dynamic-overwrite':
      return replaces(own);
    case 'dynamic-overwrite-snapshot':
      return replaces(own, 'snapshot');
    case 'dynamic-overwrite-serializable':
      return replaces(own, 'serializable');
    case 'overwrite':
      return overwrites(null, own);
    case 'overwrite-snapshot':
      return overwrites(null, own, 'snapshot');
    case 'overwrite-serializable':
      return overwrites(null, own, 'serializable');
    case 'delete':
      return deletes(partition);
    case 'compaction':
      return compacts(partition);
    case 'rewrite-manifests':
      return maintains(() => rewriteManifests());
    case 'expire-snapshots':
      return maintains(() => expireSnapshots({ olderThan: Number.MAX_SAFE_INTEGER }));
    default:
      return exhaustive(operation);
  }
}
