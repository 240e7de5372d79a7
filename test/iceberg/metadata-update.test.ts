import { describe, expect, it } from 'vitest';
import {
  addSnapshot,
  commitTime,
  editProperties,
  expiredMetadataFiles,
  removeSnapshots,
  setBranchSnapshot,
  setRef,
  succeed,
} from '../../src/iceberg/metadata-update.ts';
import type { Snapshot, TableMetadata } from '../../src/iceberg/table-metadata.ts';
import { emptyMetadata } from './empty-metadata.ts';

function metadataOf(snapshots: Snapshot[], formatVersion: 1 | 2 | 3 = 2): TableMetadata {
  const empty: TableMetadata = {
    ...emptyMetadata,
    'format-version': formatVersion,
    ...(formatVersion === 3 ? { 'next-row-id': 10 } : {}),
  };
  return snapshots.reduce(
    (metadata, snapshot) =>
      setBranchSnapshot(
        addSnapshot(metadata, snapshot),
        'main',
        snapshot['snapshot-id'],
        snapshot['timestamp-ms'],
      ),
    empty,
  );
}

function snapshot(id: bigint, sequenceNumber: number, more: Partial<Snapshot> = {}): Snapshot {
  return {
    'sequence-number': sequenceNumber,
    'snapshot-id': id,
    'timestamp-ms': sequenceNumber,
    summary: { operation: 'append' },
    'manifest-list': `list-${id}`,
    ...(sequenceNumber > 1 ? { 'parent-snapshot-id': 1n } : {}),
    ...more,
  };
}

const two = metadataOf([snapshot(1n, 1), snapshot(2n, 2)]);

describe('adding a snapshot', () => {
  it('raises the last sequence number and moves no branch', () => {
    const staged = addSnapshot(two, snapshot(3n, 3));
    expect(staged['last-sequence-number']).toBe(3);
    expect(staged['current-snapshot-id']).toBe(2n);
    expect(two.snapshots).toHaveLength(2);
  });

  it('refuses an id that is taken', () => {
    expect(() => addSnapshot(two, snapshot(2n, 3))).toThrow('Snapshot already exists for id: 2');
  });

  it('refuses a sequence number that has passed, but for a root and in v1', () => {
    expect(() => addSnapshot(two, snapshot(3n, 2))).toThrow(
      'Cannot add snapshot with sequence number 2 older than last sequence number 2',
    );
    expect(addSnapshot(two, snapshot(3n, 1))['last-sequence-number']).toBe(2);
    const v1 = metadataOf([], 1);
    const added = [snapshot(1n, 0), snapshot(2n, 0, { 'parent-snapshot-id': 1n })].reduce(
      addSnapshot,
      v1,
    );
    expect(added.snapshots).toHaveLength(2);
  });

  it('takes row ids from where the table is, in v3', () => {
    const v3 = metadataOf([], 3);
    const rows = { 'first-row-id': 10, 'added-rows': 5 };
    expect(addSnapshot(v3, snapshot(1n, 1, rows))['next-row-id']).toBe(15);
    expect(() => addSnapshot(v3, snapshot(1n, 1, { ...rows, 'first-row-id': 9 }))).toThrow(
      'Cannot add a snapshot, first-row-id is behind table next-row-id: 9 < 10',
    );
  });
});

describe('moving a ref', () => {
  it('logs main and nothing else', () => {
    const moved = setBranchSnapshot(two, 'main', 1n, 7);
    expect(moved['current-snapshot-id']).toBe(1n);
    expect(moved['snapshot-log'].at(-1)).toEqual({ 'timestamp-ms': 7, 'snapshot-id': 1n });
    const branched = setBranchSnapshot(two, 'audit', 1n, 7);
    expect(branched['snapshot-log']).toEqual(two['snapshot-log']);
    expect(branched.refs.audit).toEqual({ type: 'branch', 'snapshot-id': 1n });
  });

  it('keeps the retention of a branch', () => {
    const ref = { 'snapshot-id': 1n, type: 'branch', 'min-snapshots-to-keep': 3 } as const;
    const moved = setBranchSnapshot(setRef(two, 'audit', ref, 7), 'audit', 2n, 8);
    expect(moved.refs.audit).toEqual({ ...ref, 'snapshot-id': 2n });
  });

  it('writes a retention of its own, and logs nothing if main stays where it is', () => {
    for (const name of ['main', 'audit']) {
      const young = { 'snapshot-id': 2n, type: 'branch', 'max-ref-age-ms': 5 } as const;
      const changed = setRef(
        setRef(two, name, young, 7),
        name,
        { ...young, 'max-ref-age-ms': 6 },
        8,
      );
      expect(changed.refs[name]?.['max-ref-age-ms']).toBe(6);
      expect(changed['snapshot-log']).toEqual(two['snapshot-log']);
    }
  });

  it('refuses unknown snapshots and tags', () => {
    expect(() => setBranchSnapshot(two, 'main', 9n, 7)).toThrow(
      'Cannot set main to unknown snapshot: 9',
    );
    const tagged = setRef(two, 'v1', { 'snapshot-id': 1n, type: 'tag' }, 7);
    expect(() => setBranchSnapshot(tagged, 'v1', 2n, 7)).toThrow(
      'Cannot update branch: v1 is a tag',
    );
  });
});

describe('forgetting snapshots', () => {
  it('cuts the log behind the last of them, with refs and statistics', () => {
    const many = metadataOf([1n, 2n, 3n, 4n].map((id, index) => snapshot(id, index + 1)));
    const tagged = setRef(many, 'v2', { 'snapshot-id': 2n, type: 'tag' }, 7);
    const left = removeSnapshots(
      {
        ...tagged,
        statistics: [{ 'snapshot-id': 2 }, { 'snapshot-id': 4 }],
        'partition-statistics': [{ 'snapshot-id': 2 }, { 'snapshot-id': 3 }],
      },
      new Set([2n]),
    );
    expect(left.snapshots.map((each) => each['snapshot-id'])).toEqual([1n, 3n, 4n]);
    expect(left['snapshot-log'].map((each) => each['snapshot-id'])).toEqual([3n, 4n]);
    expect(Object.keys(left.refs)).toEqual(['main']);
    expect(left.statistics).toEqual([{ 'snapshot-id': 4 }]);
    expect(left['partition-statistics']).toEqual([{ 'snapshot-id': 3 }]);
  });

  it('cuts the log behind an entry of a snapshot that somebody else has forgotten', () => {
    const many = metadataOf([1n, 2n, 3n, 4n].map((id, index) => snapshot(id, index + 1)));
    const gone = {
      ...many,
      snapshots: many.snapshots.filter((each) => each['snapshot-id'] !== 2n),
    };
    const left = removeSnapshots(gone, new Set([1n]));
    expect(left['snapshot-log'].map((each) => each['snapshot-id'])).toEqual([3n, 4n]);
  });
});

describe('succeeding a version', () => {
  const base = (metadata: TableMetadata) => ({
    name: 't',
    pointer: { version: 1, location: 'v1' },
    metadata,
  });

  it('logs the predecessor with its own time', () => {
    const next = succeed(base({ ...two, 'last-updated-ms': 5 }), two, 9);
    expect(next['metadata-log']).toEqual([{ 'timestamp-ms': 5, 'metadata-file': 'v1' }]);
    expect(next['last-updated-ms']).toBe(9);
  });

  it('keeps at least one predecessor and names those that may go', () => {
    const properties = {
      'write.metadata.previous-versions-max': '0',
      'write.metadata.delete-after-commit.enabled': 'TRUE',
    };
    const first = { ...two, properties };
    const second = succeed(base(first), first, 1);
    const third = succeed({ ...base(second), pointer: { version: 2, location: 'v2' } }, second, 2);
    expect(third['metadata-log'].map((entry) => entry['metadata-file'])).toEqual(['v2']);
    expect(expiredMetadataFiles(base(second), third)).toEqual(['v1']);
    expect(expiredMetadataFiles(base(second), { ...third, properties: {} })).toEqual([]);
  });

  it('leaves snapshots out of the log that never were current', () => {
    const inner = metadataOf([snapshot(1n, 1), snapshot(2n, 2), snapshot(3n, 3)]);
    const next = succeed(base(metadataOf([snapshot(1n, 1)])), inner, 9);
    expect(next['snapshot-log'].map((entry) => entry['snapshot-id'])).toEqual([1n, 3n]);
  });

  it('keeps the log entry of a snapshot that others have forgotten without cutting the log', () => {
    const left = { ...two, snapshots: two.snapshots.slice(1) };
    const next = succeed(base(left), left, 9);
    expect(next['snapshot-log'].map((entry) => entry['snapshot-id'])).toEqual([1n, 2n]);
  });
});

it('never goes back in time', () => {
  const logged = { ...two, 'last-updated-ms': 5 };
  expect([1, 5, 6].map((now) => commitTime(logged, now))).toEqual([5, 5, 6]);
  expect(commitTime({ ...two, 'last-updated-ms': 0 }, 1)).toBe(2);
});

it('sets and removes properties, but no reserved ones', () => {
  const edited = editProperties({ ...two, properties: { a: '1', b: '1' } }, { a: '2' }, ['b']);
  expect(edited.properties).toEqual({ a: '2' });
  expect(() => editProperties(two, { uuid: 'x' })).toThrow(
    'Cannot set reserved table property: uuid',
  );
});
