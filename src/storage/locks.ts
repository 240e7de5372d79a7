import type { CommitQueue, TableName } from '../iceberg/ports.ts';
import { missingFeature } from './failure.ts';

/** Lets go of what was held. Calling it twice is no error; the end of the worker does the same. */
export type Release = () => void;

/** Held shared by whoever works with stored data, exclusively by a reset. */
const storageLock = 'icejam:storage';

/** The lock that a job's worker holds for its life. */
export const jobLockName = (race: string, job: string): string => `icejam:job:${race}/${job}`;

const commitLockName = (table: TableName) => `icejam:commit:${table}`;
const snapshotLockName = (table: TableName, id: bigint | '') => `icejam:snapshot:${table}/${id}`;
const datasetLockName = (address: string) => `icejam:dataset:${address}`;
const writingLockPrefix = 'icejam:writing:';
const orphansLockName = (table: TableName) => `icejam:orphans:${table}`;
const dropLockName = (address: string) => `icejam:drop:${address}`;

/**
 * Queues on a table's Web Lock; a writer whose worker ends leaves the queue. `onQueued` is called when the writer is
 * in line, so that whoever asks from then on comes after it.
 */
export function webLockQueue(onQueued: (table: TableName) => void = () => undefined): CommitQueue {
  return {
    run: async (table, work) => {
      const turn = lockManager().request(commitLockName(table), work);
      // Answered in the order of asking, this says that the request has arrived.
      void lockManager()
        .query()
        .then(() => onQueued(table));
      return await turn;
    },
  };
}

/**
 * Holds a job's lock until it is released or the worker ends; whoever waits by {@link whenLockReleased} learns of
 * either. Keeps a reset away as well.
 */
export async function holdJobLock(race: string, job: string): Promise<Release> {
  return await holdAll([
    { name: storageLock, mode: 'shared' },
    { name: jobLockName(race, job), mode: 'exclusive' },
  ]);
}

/**
 * Resolves when nobody holds the lock any more, at once if nobody does: call it only after the holder has said that
 * it holds it. Rejects with the signal's reason when that aborts first.
 */
export async function whenLockReleased(name: string, signal?: AbortSignal): Promise<void> {
  const options: LockOptions = { mode: 'shared', ...(signal === undefined ? {} : { signal }) };
  await lockManager().request(name, options, () => undefined);
}

/**
 * A reader's claim on snapshots: until it is released, {@link withExclusiveSnapshot} refuses them. Waits for an expiry
 * that is under way, after which the files of its snapshots are gone.
 */
export async function leaseSnapshots(table: TableName, ids: readonly bigint[]): Promise<Release> {
  return await holdAll([
    { name: storageLock, mode: 'shared' },
    ...ids.map((id) => ({ name: snapshotLockName(table, id), mode: 'shared' as const })),
  ]);
}

/** The snapshots of a table that readers of any tab hold, or wait for. */
export async function leasedSnapshots(table: TableName): Promise<bigint[]> {
  const { held = [], pending = [] } = await lockManager().query();
  const prefix = snapshotLockName(table, '');
  // An expiry holds them exclusively.
  const readers = [...held, ...pending].filter(({ mode }) => mode === 'shared');
  const names = readers.map(({ name = '' }) => name);
  const ids = names.filter((name) => name.startsWith(prefix));
  return ids.map((name) => BigInt(name.slice(prefix.length)));
}

/** Runs `work` while no reader holds the snapshot. Does not wait: `false` if one does, and nothing was run. */
export async function withExclusiveSnapshot(
  table: TableName,
  id: bigint,
  work: () => Promise<void>,
): Promise<boolean> {
  return await ifFree(snapshotLockName(table, id), work);
}

/** As {@link withExclusiveSnapshot} for all of these snapshots: `false` if a reader holds one of them. */
export async function withExclusiveSnapshots(
  table: TableName,
  [first, ...rest]: readonly bigint[],
  work: () => Promise<void>,
): Promise<boolean> {
  if (first === undefined) {
    await work();
    return true;
  }
  let ran = false;
  await withExclusiveSnapshot(table, first, async () => {
    ran = await withExclusiveSnapshots(table, rest, work);
  });
  return ran;
}

/** Claims files that are about to be written, by what {@link claimedFiles} will call them. Several may claim the same. */
export async function claimFiles(claim: string): Promise<Release> {
  return await hold(`${writingLockPrefix}${claim}`, 'shared');
}

/** What living workers claim, in all tabs. */
export async function claimedFiles(): Promise<ReadonlySet<string>> {
  const { held = [] } = await lockManager().query();
  const names = held.map(({ name = '' }) => name);
  const claims = names.filter((name) => name.startsWith(writingLockPrefix));
  return new Set(claims.map((name) => name.slice(writingLockPrefix.length)));
}

/**
 * Runs `work`, which deletes orphans of a table or makes some part of it again or the table what it was: one at a time, in all tabs, as what one
 * finds the other may take away. Waits for its turn.
 */
export async function withOrphans<T>(table: TableName, work: () => Promise<T>): Promise<T> {
  return await lockManager().request(orphansLockName(table), work);
}

/** {@link withOrphans} for commits, whose deletions of what a table has forgotten are to wait for the same turn. */
export const deletionQueue: CommitQueue = { run: withOrphans };

/** A reader's claim on the parts of a dataset: until it is released, none of them is deleted. */
export async function leaseDataset(address: string): Promise<Release> {
  return await holdAll([
    { name: storageLock, mode: 'shared' },
    { name: datasetLockName(address), mode: 'shared' },
  ]);
}

/** Runs `work` while nobody reads the dataset's parts. Does not wait: `false` if somebody does. */
export async function withUnreadDataset(
  address: string,
  work: () => Promise<void>,
): Promise<boolean> {
  return await ifFree(datasetLockName(address), work);
}

/** Waits for its turn to write into a dataset: one drop at a time, in all tabs. */
export async function holdDropLock(address: string): Promise<Release> {
  return await holdAll([
    { name: storageLock, mode: 'shared' },
    { name: dropLockName(address), mode: 'exclusive' },
  ]);
}

/** ms that a reset waits for those who are just about to finish: an ended worker keeps its locks for a moment. */
const idlePatience = 1000;

/** Runs `work` while nobody works with stored data. `false` if somebody still does after a second; nothing was run. */
export async function withIdleStorage(work: () => Promise<void>): Promise<boolean> {
  const signal = AbortSignal.timeout(idlePatience);
  try {
    await lockManager().request(storageLock, { signal }, work);
    return true;
  } catch (thrown) {
    if (thrown === signal.reason) return false;
    throw thrown;
  }
}

async function ifFree(name: string, work: () => Promise<void>): Promise<boolean> {
  return await lockManager().request(name, { ifAvailable: true }, async (lock) => {
    if (lock === null) return false;
    await work();
    return true;
  });
}

async function holdAll(locks: { name: string; mode: LockMode }[]): Promise<Release> {
  const releases: Release[] = [];
  for (const lock of locks) releases.push(await hold(lock.name, lock.mode));
  return () => {
    for (const release of releases) release();
  };
}

async function hold(name: string, mode: LockMode): Promise<Release> {
  return await new Promise((resolve, reject) => {
    lockManager()
      .request(name, { mode }, () => new Promise<void>((release) => resolve(release)))
      .catch(reject);
  });
}

function lockManager(): LockManager {
  // Absent outside secure contexts, whatever the type says.
  const locks = navigator.locks as LockManager | undefined;
  if (locks === undefined) throw missingFeature('Web Locks');
  return locks;
}
