import { IcejamError } from '../error.ts';
import type { Change } from './change.ts';
import type { CommitContext } from './context.ts';
import { forgottenFiles } from './forgotten.ts';
import { ManifestReader } from './manifest-reader.ts';
import { removeSnapshots } from './metadata-update.ts';
import { deletePaths } from './own-files.ts';
import { booleanProperty } from './property.ts';
import { reachableFiles } from './reachable-files.ts';
import { loadRegistered } from './registered.ts';
import { decideRetention, type Expiry } from './snapshot-retention.ts';
import type { Table } from './table.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';

/** Runs `work` while no reader holds the snapshot; `false`: one does, and nothing was run. */
export type WithExclusiveSnapshot = (
  snapshotId: bigint,
  work: () => Promise<void>,
) => Promise<boolean>;

const withoutReaders: WithExclusiveSnapshot = async (_snapshotId, work) => {
  await work();
  return true;
};

/** How snapshots are expired. */
export interface ExpireOptions extends Expiry {
  /** Keeps snapshots that a reader holds. By default there are no readers. */
  withExclusive?: WithExclusiveSnapshot;
  /**
   * The snapshots that readers hold, among them those that an earlier expiry has forgotten: what they need is not deleted.
   * Asked once those that go now are free of readers.
   */
  leased?: () => Promise<readonly bigint[]>;
  /** Called when a snapshot stays because a registered metadata file shows it. */
  onRegistered?: (snapshotId: bigint, location: string) => void;
}

/**
 * Forgets old snapshots, and once that is committed deletes every file that only they reached. What goes is decided
 * anew on each base; a snapshot under a reader stays for the next time, and one that the registered metadata file shows
 * as long as that is registered. Rejected with `Validation` where `gc.enabled` is false, `IllegalArgument` for an id that
 * is still referenced.
 */
export function expireSnapshots(options: ExpireOptions = {}): Change {
  const { withExclusive = withoutReaders } = options;
  return {
    name: 'expire-snapshots',
    begin: async ({ context, table, follows }) => {
      if (!follows) checkGarbageCollection(table.metadata, 'expire snapshots');
      return {
        snapshotId: null,
        written: [],
        apply: async ({ base: { metadata }, at, stop }) => {
          checkGarbageCollection(metadata, 'expire snapshots');
          const { expired, expiredRefs } = decideRetention(metadata, options, at);
          const registered = await loadRegistered(context, table.name);
          const shown = registered?.metadata?.['current-snapshot-id'] ?? null;
          if (registered !== null && shown !== null && expired.delete(shown)) {
            options.onRegistered?.(shown, registered.location);
          }
          for (const id of expired) {
            const isFree = await withExclusive(id, () => Promise.resolve());
            if (!isFree) expired.delete(id);
          }
          await stop({ stop: 'validated', isolation: 'none', since: null, removes: [] });
          if (expired.size === 0 && expiredRefs.length === 0) return metadata;
          const refs = Object.entries(metadata.refs).filter(
            ([name]) => !expiredRefs.includes(name),
          );
          return removeSnapshots({ ...metadata, refs: Object.fromEntries(refs) }, expired);
        },
        afterwards: (base, next, newest) =>
          deleteUnreachable(context, base, { next, newest }, options),
      };
    },
  };
}

/** Throws `Validation` where `gc.enabled` is false: other tables may share the files. */
export function checkGarbageCollection({ properties }: TableMetadata, what: string): void {
  if (booleanProperty(properties, 'gc.enabled', true)) return;
  throw new IcejamError(
    'Validation',
    `Cannot ${what}: GC is disabled (deleting files may corrupt other tables)`,
  );
}

/**
 * Deletes what the snapshots that `next` lacks reach, and nothing that is reached from `next`, from the table as it is
 * now, from a reader or from what is registered by now.
 */
async function deleteUnreachable(
  context: CommitContext,
  { name, metadata: base }: Table,
  { next, newest }: { next: TableMetadata; newest: TableMetadata },
  { withExclusive = withoutReaders, leased }: ExpireOptions,
): Promise<string[]> {
  const { io } = context;
  const reader = new ManifestReader(io);
  const left = new Set(next.snapshots.map((snapshot) => snapshot['snapshot-id']));
  const gone = base.snapshots.filter((snapshot) => !left.has(snapshot['snapshot-id']));
  const deleted: string[] = [];
  await holdAll(gone, withExclusive, [], async (held) => {
    // Who registers a version reads its snapshot meanwhile, so that from here on there is no other.
    const shown = (await loadRegistered(context, name))?.metadata?.['current-snapshot-id'];
    const free = held.filter((snapshot) => snapshot['snapshot-id'] !== shown);
    const read = gone.filter((snapshot) => !free.includes(snapshot));
    const kept = new Set<string>();
    for (const metadata of [next, newest]) {
      const reached = await reachableFiles(reader, metadata, metadata.snapshots, {
        removed: false,
      });
      for (const path of reached) kept.add(path);
    }
    const forgotten = await forgottenFiles(io, reader, base, (await leased?.()) ?? []);
    if (forgotten === null) return;
    const underReaders = await reachableFiles(reader, base, read, { removed: false });
    for (const path of [...forgotten, ...underReaders]) kept.add(path);
    // Another engine may have left behind what it would delete with the snapshot that removed it.
    const paths = await reachableFiles(reader, base, free, { removed: true });
    deleted.push(
      ...(await deletePaths(
        io,
        [...paths].filter((path) => !kept.has(path)),
      )),
    );
  });
  return deleted;
}

/** Runs `work` with those snapshots that no reader holds, each kept free of readers until it ends. */
async function holdAll(
  [first, ...rest]: readonly Snapshot[],
  withExclusive: WithExclusiveSnapshot,
  held: readonly Snapshot[],
  work: (held: readonly Snapshot[]) => Promise<void>,
): Promise<void> {
  if (first === undefined) return work(held);
  const wasFree = await withExclusive(first['snapshot-id'], () =>
    holdAll(rest, withExclusive, [...held, first], work),
  );
  if (!wasFree) await holdAll(rest, withExclusive, held, work);
}
