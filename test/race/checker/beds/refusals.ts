import { expect } from 'vitest';
import type { FileSummary } from '../../../../src/iceberg/stop.ts';
import { appends, compacts, overwrites, replaces } from '../../../../src/race/explorer/writers.ts';
import { race } from '../../stage.ts';
import { type Bed, type FaultBed, there } from './bed.ts';

/** Job one was refused for this file. */
export const blame = (bed: Bed, { path }: FileSummary, text = 'conflicting files') => {
  const error = bed.error('one');
  expect(error.message).toMatch(/^Found conflicting files .* partitions \[p=a\]: \[\S+\]$/);
  error.message = `Found ${text} that can contain records matching partitions [p=a]: [${path}]`;
};
/** What job one was refused for was committed by job two only after it had read. */
const commitLater = (bed: Bed) => {
  bed.stop('two', 'swap-won').version = 4;
  bed.stop('one', 'base-read').base.version = 3;
};

/** What job one was refused for had been committed by job two before it started. */
const commitEarlier = (bed: Bed) => {
  const { context } = bed.error('one');
  context.since = bed.change('two').snapshotId;
  bed.history.changes.push({ ...bed.change('two'), snapshotId: '42', added: [], removed: [] });
  context.head = '42';
};
const ofTwo = (bed: Bed, partition: string) =>
  there(bed.change('two').added.find((file) => file.partition === partition));

/** A file that was added while it was held is in the way of a serializable overwrite. */
export const refusedForAdded = {
  of: 'of an overwrite that was refused for what was added,',
  race: async () => {
    const writers = { one: replaces({ a: 1 }, 'serializable'), two: appends({ a: 2, b: 3 }) };
    return race(writers, [
      ['one', 'manifests-written'],
      ['two', 'end'],
    ]);
  },
  faults: [
    [
      'conflictWithSelf',
      'a conflict with a file of its own',
      (bed) => blame(bed, there(bed.stop('one', 'data-written').files[0])),
      /one was refused because of \S+\.parquet, which is its own/,
    ],
    [
      'conflictWithNothing',
      'a conflict with a file that nobody committed',
      (bed) => {
        blame(bed, ofTwo(bed, 'p=a'));
        bed.change('two').added.shift();
      },
      /one was refused because of \S+\.parquet, which nobody ever committed/,
    ],
    [
      'conflictFromLater',
      'a conflict with a file that was committed only afterwards',
      commitLater,
      /one was refused because of \S+\.parquet, which two committed only after what one had read/,
    ],
    [
      'conflictFromEarlier',
      'a conflict with what was committed before it started',
      commitEarlier,
      /one was refused because of \S+\.parquet, which had been committed before one started/,
    ],
    [
      'conflictFromEarlier',
      'a conflict with what was there when the race began',
      (bed) => blame(bed, there(bed.history.before.files.find((file) => file.partition === 'p=a'))),
      /one was refused because of \S+\.parquet, which had been committed before one started/,
    ],
    [
      'refusedForNothing',
      'a conflict in a table that was as it is at the beginning of the race',
      (bed) => {
        const { context } = bed.error('one');
        context.head = there(context.since);
      },
      /one was refused for a conflict, although nobody had committed to rows since it started/,
    ],
    [
      'refusedForNothing',
      'a conflict although nobody had committed since it started',
      (bed) => {
        const { context } = bed.error('one');
        context.since = there(context.head);
      },
      /one was refused for a conflict, although nobody had committed to rows since it started/,
    ],
    [
      'conflictElsewhere',
      'a conflict in a partition where it writes nothing',
      (bed) => blame(bed, ofTwo(bed, 'p=b')),
      /one was refused because of \S+\.parquet in p=b, where it writes nothing/,
    ],
    [
      'conflictNotDeleted',
      'a conflict with a deletion that nobody made',
      (bed) => blame(bed, ofTwo(bed, 'p=a'), 'conflicting deleted files'),
      /one was refused because \S+\.parquet had been deleted, but nobody deleted it/,
    ],
  ],
} as const satisfies FaultBed;

/** A file that was deleted while it was held is in the way of an overwrite under snapshot isolation. */
export const refusedForDeleted = {
  of: 'of an overwrite that was refused for what was deleted,',
  race: async () => {
    const writers = { one: replaces({ a: 1 }, 'snapshot'), two: overwrites('a', {}) };
    const raced = await race(writers, [
      ['one', 'manifests-written'],
      ['two', 'end'],
    ]);
    expect(raced.jobs[0]?.error?.message).toMatch(/^Found conflicting deleted files /);
    return raced;
  },
  faults: [
    [
      'conflictFromLater',
      'a conflict with a deletion that was committed only afterwards',
      commitLater,
      /one was refused because of \S+\.parquet, which two committed only after what one had read/,
    ],
    [
      'conflictFromEarlier',
      'a conflict with a deletion from before it started',
      commitEarlier,
      /one was refused because of \S+\.parquet, which had been committed before one started/,
    ],
  ],
} as const satisfies FaultBed;

/** What a compaction was to rewrite was replaced while it was held. */
export const refusedForMissing = {
  of: 'of a compaction that misses what it was to rewrite,',
  race: async () => {
    const writers = { one: compacts('a'), two: replaces({ a: 2 }) };
    const raced = await race(writers, [
      ['one', 'manifests-written'],
      ['two', 'end'],
    ]);
    expect(raced.jobs[0]?.error?.message).toMatch(/^Missing required files to delete: \S+$/);
    return raced;
  },
  faults: [
    [
      'notMissing',
      'that it was validated against a table that has the files',
      (bed) => {
        const { base } = bed.stop('one', 'base-read');
        Object.assign(base, bed.stop('one', 'data-written').base);
      },
      /one was refused because it missed \S+\.parquet, which was in the table/,
    ],
    [
      'missingFromBeginning',
      'that it began without them, on a table of which something is staged',
      (bed) => {
        bed.history.elsewhere.push('42');
        beginLate(bed);
      },
      /one was refused because it missed \S+\.parquet, which was not in the table when one began either/,
    ],
    [
      'missingFromBeginning',
      'that it began without them, and had no files to add',
      (bed) => {
        bed.stop('one', 'data-written').files = [];
        beginLate(bed);
      },
      /one was refused because it missed \S+\.parquet, which was not in the table when one began either/,
    ],
    [
      'missingFromBeginning',
      'that it began on a table that lacked the files',
      beginLate,
      /one was refused because it missed \S+\.parquet, which was not in the table when one began either/,
    ],
  ],
} as const satisfies FaultBed;

/** One began on the table that it found in the end. */
function beginLate(bed: Bed): void {
  const { base } = bed.stop('one', 'data-written');
  Object.assign(there(base), bed.stop('one', 'base-read').base);
}

/** The conflict is one only for the second attempt. */
export const refusedAtLast = {
  of: 'of an overwrite that lost a swap and was refused then,',
  race: async () => {
    const writers = {
      one: replaces({ a: 1 }, 'serializable'),
      two: appends({ b: 2 }),
      three: appends({ a: 3 }),
    };
    const raced = await race(writers, [
      ['one', 'before-swap'],
      ['two', 'end'],
      ['one', 'swap-lost'],
      ['three', 'end'],
    ]);
    expect(raced.jobs[0]).toMatchObject({ outcome: 'rejected', error: { kind: 'Validation' } });
    return raced;
  },
  faults: [
    [
      'conflictFromLater',
      'a conflict with a file that was committed only afterwards',
      (bed) => {
        bed.stop('three', 'swap-won').version = 5;
        bed.stop('one', 'base-read').base.version = 4;
      },
      /one was refused because of \S+\.parquet, which three committed only after what one had read/,
    ],
  ],
} as const satisfies FaultBed;
