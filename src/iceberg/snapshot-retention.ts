import { IcejamError } from '../error.ts';
import { integerProperty } from './property.ts';
import { ancestorsOf, mainBranch, snapshotById } from './table.ts';
import type { SnapshotRef, TableMetadata } from './table-metadata.ts';

/** Which snapshots may go. What is not said here the table's `history.expire.*` properties say. */
export interface Expiry {
  /** Snapshots from before this moment, epoch ms, go. */
  olderThan?: number;
  /** But so many of every branch stay. */
  retainLast?: number;
  /** These go in any case; one that is gone already is no matter. */
  ids?: readonly bigint[];
}

/** Java's defaults: five days, and no end to branches and tags. */
const defaults = { maxSnapshotAge: 432_000_000, maxRefAge: Number.POSITIVE_INFINITY };

/** What a table keeps and what it lets go. */
export interface Retention {
  /** Ids of the snapshots that go. */
  expired: Set<bigint>;
  /** Names of the branches and tags that are too old themselves. */
  expiredRefs: string[];
}

/**
 * Decides on one base what goes, at epoch ms `now` (Java's RemoveSnapshots): branches keep their newest ancestors, tags
 * their snapshot, and snapshots on no branch go by age.
 * Throws `IllegalArgument` for an id that a branch or tag stands on, and if no snapshot at all is to stay.
 */
export function decideRetention(metadata: TableMetadata, expiry: Expiry, now: number): Retention {
  if (expiry.retainLast !== undefined && expiry.retainLast < 1) {
    throw new IcejamError(
      'IllegalArgument',
      `Number of snapshots to retain must be at least 1, cannot be: ${expiry.retainLast}`,
    );
  }
  const { properties } = metadata;
  const maxAge = integerProperty(
    properties,
    'history.expire.max-snapshot-age-ms',
    defaults.maxSnapshotAge,
  );
  const limits = {
    olderThan: expiry.olderThan ?? now - maxAge,
    retainLast:
      expiry.retainLast ?? integerProperty(properties, 'history.expire.min-snapshots-to-keep', 1),
  };
  const refs = Object.entries(metadata.refs);
  const isKept = ([name, ref]: [string, SnapshotRef]) =>
    name === mainBranch || !isTooOld(metadata, ref, now);
  const keptRefs = refs.filter(isKept);
  for (const id of expiry.ids ?? []) checkUnreferenced(keptRefs, id);

  const kept = new Set<bigint>();
  const onBranches = new Set<bigint>();
  for (const [, ref] of keptRefs) {
    kept.add(ref['snapshot-id']);
    if (ref.type === 'tag') onBranches.add(ref['snapshot-id']);
    else keepBranch(metadata, ref, limits, now, kept, onBranches);
  }
  for (const { 'snapshot-id': id, 'timestamp-ms': time } of metadata.snapshots) {
    if (!onBranches.has(id) && time >= limits.olderThan) kept.add(id);
  }
  const all = metadata.snapshots.map((snapshot) => snapshot['snapshot-id']);
  return {
    expired: new Set(all.filter((id) => !kept.has(id) || expiry.ids?.includes(id) === true)),
    expiredRefs: refs.filter((entry) => !isKept(entry)).map(([name]) => name),
  };
}

function isTooOld(metadata: TableMetadata, ref: SnapshotRef, now: number): boolean {
  const maxAge =
    ref['max-ref-age-ms'] ??
    integerProperty(metadata.properties, 'history.expire.max-ref-age-ms', defaults.maxRefAge);
  const snapshot = snapshotById(metadata, ref['snapshot-id']);
  return snapshot === undefined || now - snapshot['timestamp-ms'] > maxAge;
}

function keepBranch(
  metadata: TableMetadata,
  ref: SnapshotRef,
  limits: { olderThan: number; retainLast: number },
  now: number,
  kept: Set<bigint>,
  onBranches: Set<bigint>,
): void {
  const maxAge = ref['max-snapshot-age-ms'];
  const olderThan = maxAge === undefined ? limits.olderThan : now - maxAge;
  const retainLast = ref['min-snapshots-to-keep'] ?? limits.retainLast;
  let keeping = true;
  let count = 0;
  for (const { 'snapshot-id': id, 'timestamp-ms': time } of ancestorsOf(
    metadata,
    ref['snapshot-id'],
  )) {
    onBranches.add(id);
    keeping &&= count < retainLast || time >= olderThan;
    if (keeping) kept.add(id);
    count += 1;
  }
}

function checkUnreferenced(refs: readonly [string, SnapshotRef][], id: bigint): void {
  const names = refs.filter(([, ref]) => ref['snapshot-id'] === id).map(([name]) => name);
  if (names.length > 0) {
    throw new IcejamError(
      'IllegalArgument',
      `Cannot expire ${id}. Still referenced by refs: [${names.join(', ')}]`,
    );
  }
}
