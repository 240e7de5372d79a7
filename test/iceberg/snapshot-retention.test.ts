import { describe, expect, it } from 'vitest';
import { decideRetention, type Expiry } from '../../src/iceberg/snapshot-retention.ts';
import type { Snapshot, SnapshotRef, TableMetadata } from '../../src/iceberg/table-metadata.ts';
import { emptyMetadata } from './empty-metadata.ts';

const now = 1000;

/** `[id, parent, time]` for each snapshot; main stands on the first ref. */
function tableOf(
  snapshots: readonly (readonly [number, number | null, number])[],
  refs: Record<string, Omit<SnapshotRef, 'snapshot-id'> & { at: number }>,
  properties: Record<string, string> = {},
): TableMetadata {
  return {
    ...emptyMetadata,
    'last-sequence-number': snapshots.length,
    'last-updated-ms': now,
    properties,
    'current-snapshot-id': BigInt(refs.main?.at ?? 0),
    refs: Object.fromEntries(
      Object.entries(refs).map(([name, { at, ...ref }]) => [
        name,
        { ...ref, 'snapshot-id': BigInt(at) },
      ]),
    ),
    snapshots: snapshots.map(([id, parent, time]): Snapshot => ({
      'sequence-number': id,
      'snapshot-id': BigInt(id),
      ...(parent === null ? {} : { 'parent-snapshot-id': BigInt(parent) }),
      'timestamp-ms': time,
      summary: { operation: 'append' },
      'manifest-list': `list-${id}`,
    })),
  };
}

const line = [
  [1, null, 100],
  [2, 1, 200],
  [3, 2, 300],
  [4, 3, 400],
] as const;
const main = { type: 'branch', at: 4 } as const;

function expiredOf(metadata: TableMetadata, expiry: Expiry = {}) {
  const { expired, expiredRefs } = decideRetention(metadata, expiry, now);
  return { expired: [...expired].map(Number), expiredRefs };
}

describe('a branch keeps', () => {
  it('snapshots from the given moment on, that moment included', () => {
    const metadata = tableOf(line, { main });
    expect(expiredOf(metadata, { olderThan: 200 }).expired).toEqual([1]);
    expect(expiredOf(metadata, { olderThan: 201 }).expired).toEqual([1, 2]);
  });

  it('so many of the newest, its head in any case', () => {
    const metadata = tableOf(line, { main });
    expect(expiredOf(metadata, { olderThan: now, retainLast: 2 }).expired).toEqual([1, 2]);
    expect(expiredOf(metadata, { olderThan: now }).expired).toEqual([1, 2, 3]);
  });

  it('no snapshot behind one that goes, however young', () => {
    const unsorted = [
      [1, null, 900],
      [2, 1, 200],
      [3, 2, 900],
    ] as const;
    const metadata = tableOf(unsorted, { main: { type: 'branch', at: 3 } });
    expect(expiredOf(metadata, { olderThan: 500 }).expired).toEqual([1, 2]);
  });

  it('what the table says, where nothing else is said', () => {
    const metadata = tableOf(line, { main }, { 'history.expire.max-snapshot-age-ms': '700' });
    expect(expiredOf(metadata).expired).toEqual([1, 2]);
    const few = { ...metadata.properties, 'history.expire.min-snapshots-to-keep': '3' };
    expect(expiredOf({ ...metadata, properties: few }).expired).toEqual([1]);
    expect(expiredOf(tableOf(line, { main })).expired).toEqual([]);
  });

  it('what it says itself, whatever the table or the caller says', () => {
    const few = tableOf(line, { main: { ...main, 'min-snapshots-to-keep': 3 } });
    expect(expiredOf(few, { olderThan: now, retainLast: 1 }).expired).toEqual([1]);
    const old = tableOf(line, { main: { ...main, 'max-snapshot-age-ms': 700 } });
    expect(expiredOf(old, { olderThan: 0 }).expired).toEqual([1, 2]);
    expect(expiredOf(old, { olderThan: now }).expired).toEqual([1, 2]);
  });
});

describe('a branch or tag goes', () => {
  const audit = { type: 'branch', at: 2, 'max-ref-age-ms': 800 } as const;

  it('once it is older than it says, and with it the snapshots that only it held', () => {
    const forked = [...line, [5, 1, 200]] as const;
    const ref = { ...audit, at: 5 };
    const expiry = { olderThan: now, retainLast: 4 };
    const kept = tableOf(forked, { main, audit: ref });
    expect(expiredOf(kept, expiry)).toEqual({ expired: [], expiredRefs: [] });
    const gone = tableOf(forked, { main, audit: { ...ref, 'max-ref-age-ms': 799 } });
    expect(expiredOf(gone, expiry)).toEqual({ expired: [5], expiredRefs: ['audit'] });
  });

  it('once it is older than the table says, but never main', () => {
    const properties = { 'history.expire.max-ref-age-ms': '100' };
    const metadata = tableOf(line, { main, v1: { type: 'tag', at: 2 } }, properties);
    expect(expiredOf(metadata, { olderThan: 0 })).toEqual({ expired: [], expiredRefs: ['v1'] });
  });
});

describe('a snapshot on no branch', () => {
  it('goes if it is from before the given moment', () => {
    const forked = [...line, [5, 1, 200], [6, 1, 250]] as const;
    const metadata = tableOf(forked, { main });
    expect(expiredOf(metadata, { olderThan: 250, retainLast: 4 }).expired).toEqual([5]);
  });
});

it('lets a snapshot go that is named, unless a branch or tag stands on it', () => {
  const metadata = tableOf(line, { main, v1: { type: 'tag', at: 1 } });
  expect(expiredOf(metadata, { olderThan: 0, ids: [2n, 9n] }).expired).toEqual([2]);
  expect(() => expiredOf(metadata, { ids: [1n] })).toThrow(
    'Cannot expire 1. Still referenced by refs: [v1]',
  );
});

it('refuses to keep nothing', () => {
  expect(() => expiredOf(tableOf(line, { main }), { retainLast: 0 })).toThrow(
    'Number of snapshots to retain must be at least 1, cannot be: 0',
  );
});
