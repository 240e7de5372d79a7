import { expect } from 'vitest';
import type { Writer } from '../../../../src/race/explorer/script.ts';
import { appends, overwrites, replaces } from '../../../../src/race/explorer/writers.ts';
import { copies, reads } from '../../readers.ts';
import { race } from '../../stage.ts';
import { type Bed, type FaultBed, there } from './bed.ts';

/** A reader between two commits, and one that was refused. */
export const readerBetween = {
  of: 'of a reader between two commits,',
  race: async () => {
    const writers = {
      one: appends({ a: 1 }),
      two: replaces({ a: 2 }),
      three: reads(appends({ b: 3 })),
      four: replaces({ b: 4 }, 'serializable'),
    };
    const raced = await race(writers, [
      ['one', 'end'],
      ['four', 'manifests-written'],
      ['three', 'inputs-read'],
      ['two', 'end'],
    ]);
    expect(raced.jobs.map(({ outcome }) => outcome)).toEqual([
      'committed',
      'committed',
      'committed',
      'rejected',
    ]);
    return raced;
  },
  faults: [
    [
      'readSkew',
      'a scan of parts of two snapshots',
      (bed) => {
        const { files } = bed.scan('three');
        files.splice(0, 1, ...bed.change('two').added);
      },
      /three read rows as version 3, but without \S+\.parquet \(\d rows?\) and with \S+\.parquet \(2 rows\): it saw parts of different versions/,
    ],
    [
      'readSkew',
      'a scan that left a file out',
      (bed) => void bed.scan('three').files.pop(),
      /three read rows as version 3, but without \S+\.parquet \(\d rows?\): it saw parts of different versions/,
    ],
    [
      'dirty',
      'a live file of a job that failed, which no commit added',
      (bed) => {
        const own = there(bed.stop('four', 'data-written').files[0]);
        bed.history.live.push({ ...there(bed.history.live[0]), ...own });
      },
      /four failed, but its file \S+ is in the table/,
    ],
    [
      'readOtherState',
      'a scan of another version than it says',
      (bed) => {
        const { files } = bed.scan('three');
        files.splice(0, files.length, ...bed.history.before.files);
      },
      /three read rows as version 3, but saw it as it was when the race began/,
    ],
    [
      'readDirty',
      'a scan of a file whose job failed',
      (bed) => void bed.scan('three').files.push(...bed.stop('four', 'data-written').files),
      /three read \S+\.parquet \(4 rows\) in rows, but four, which wrote it, failed/,
    ],
    [
      'readOtherRows',
      'other rows than its files hold',
      (bed) => (there(bed.stop('three', 'inputs-read').inputs[0]).rows = 12),
      /three read 12 rows of rows, but the files that it read hold 13 rows/,
    ],
    [
      'readAhead',
      'a scan of a version that never was',
      (bed) => (bed.scan('three').base.version = 9),
      /three read version 9 of rows, but the table is at version 5/,
    ],
    [
      'readOther',
      'a version that was scanned as something else',
      (bed) => (bed.scan('three').base.location = 'memory:///odd.metadata.json'),
      /three read something else as version 3 of rows than what one had made/,
    ],
    [
      'wentBack',
      'a scan that missed what was committed before the job began',
      (bed) => {
        bed.scan('three').base.version = 2;
      },
      /three began after one had been told that version 3 of rows was committed, but read version 2/,
    ],
    [
      'wentBack',
      'a base that is older than what the job has scanned',
      (bed) => (bed.stop('three', 'base-read').base.version = 2),
      /three read version 2 of rows although it had seen version 4 before/,
    ],
  ],
} as const satisfies FaultBed;

const changedMeanwhile = [
  'readChanged',
  'a change of what it had read',
  (bed: Bed) => (bed.stop('one', 'validated').validatesReads = true),
  /one asked that what it reads be validated and was committed, although two had changed what it had read of rows/,
] as const;

const readWhole = (two: Writer) => () =>
  race({ one: reads(replaces({ b: 1 }, 'serializable')), two }, [
    ['one', 'data-written'],
    ['two', 'end'],
  ]);

/** What is added to a table belongs to all of it. */
export const readBeforeAppend = {
  of: 'of an overwrite that has read a whole table before an append,',
  race: readWhole(appends({ c: 2 })),
  faults: [changedMeanwhile],
} as const satisfies FaultBed;

/** What is deleted from a table has belonged to all of it. */
export const readBeforeDelete = {
  of: 'of an overwrite that has read a whole table before a delete,',
  race: readWhole(overwrites('a', {})),
  faults: [changedMeanwhile],
} as const satisfies FaultBed;

/** Each overwrites what the other has read. */
export const skewedOverwrites = {
  of: 'of two overwrites of what the other has read,',
  race: () =>
    race({ one: copies('a', 'b', 'serializable'), two: copies('b', 'a', 'serializable') }, [
      ['one', 'inputs-read'],
      ['two', 'inputs-read'],
    ]),
  faults: [
    [
      'readChanged',
      'a change of what it had read',
      (bed) => (bed.stop('two', 'validated').validatesReads = true),
      /two asked that what it reads be validated and was committed, although one had changed what it had read of rows/,
    ],
  ],
} as const satisfies FaultBed;
