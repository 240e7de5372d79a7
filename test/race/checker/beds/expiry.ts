import { expect } from 'vitest';
import { stops } from '../../../../src/iceberg/stop.ts';
import { writersOf } from '../../../../src/race/explorer/explored-jobs.ts';
import { appends, overwrites, replaces } from '../../../../src/race/explorer/writers.ts';
import { raceByFiles } from '../../stage.ts';
import { type Bed, type FaultBed, odd, there } from './bed.ts';

const { four: expires } = writersOf([
  { name: 'four', operation: 'expire-snapshots', partition: 'a' },
]);

const forgotten = ({ history }: Bed) => there(history.forgotten);

/** Takes a data file of a job out of what the table has, as if it had been lost before the expiry. */
function loseFileOf(bed: Bed, job: string): void {
  const paths = bed.stop(job, 'data-written').files.map(({ path }) => path);
  const { history } = bed;
  history.live = history.live.filter(({ path }) => !paths.includes(path));
  history.before.files = history.before.files.filter(({ path }) => !paths.includes(path));
}

/** An expiry has made the table forget what the race did before, and has deleted the manifests that told of it. */
export const forgottenByExpiry = {
  of: 'of two jobs whose commits were expired,',
  race: async () => {
    const writers = {
      one: appends({ a: 1 }),
      two: replaces({ b: 2 }),
      three: appends({ a: 3 }),
      four: there(expires),
    };
    const raced = await raceByFiles(writers);
    expect(raced.history).toMatchObject({ reach: 'expired', forgotten: { reach: 'whole' } });
    expect(raced.history.forgotten?.changes).toHaveLength(2);
    return raced;
  },
  faults: [
    [
      'missingRows',
      'a file that is gone',
      (bed) => loseFileOf(bed, 'one'),
      /one was told that 1 row was committed; 1 of them is not in the table/,
    ],
    [
      'vanished',
      'a file that is gone',
      (bed) => loseFileOf(bed, 'two'),
      /With three \S+\.parquet \(2 rows\) vanished from the table/,
    ],
    [
      'otherRows',
      'a file with other rows',
      (bed) => Object.assign(there(bed.stop('one', 'data-written').files[0]), { rows: 9 }),
      /The table counts other rows in \S+ than one wrote/,
    ],
    [
      'wrongFiles',
      'a commit with fewer files than its job wrote',
      (bed) => {
        const [first, ...others] = forgotten(bed).changes;
        for (const { totals } of [there(first), ...others]) totals.dataFiles = 2;
      },
      /one counts 2 files in the table, but it has 3 files/,
    ],
    [
      'forked',
      'a commit that does not build on the one before',
      (bed) => (there(forgotten(bed).changes[1]).parentId = '42'),
      /two does not build on the commit before it/,
    ],
    [
      'forgottenOthers',
      'a commit by somebody else',
      (bed) => bed.drop('one', ...stops),
      /rows has forgotten 1 snapshot from outside this race, and the manifests that told which files it changed were deleted/,
    ],
    [
      'forgottenUntold',
      'a commit of which the log does not tell the files',
      (bed) => bed.drop('one', 'data-written'),
      /rows has forgotten the commit of one, whose manifests were deleted, and the log does not tell/,
    ],
    [
      'forgottenUntold',
      'a commit of several snapshots',
      (bed) => {
        const { detail, ...event } = bed.event('one', 'list-written');
        if (detail.stop !== 'list-written') throw new Error('There is no list');
        bed.add({ ...event, detail: { ...detail, snapshotId: '42' } });
      },
      /rows has forgotten the commit of one/,
    ],
    [
      'forgottenUntold',
      'a file whose path does not tell its partition',
      (bed) => {
        const [file] = bed.stop('two', 'validated').removes;
        there(file).partition = 'p=null';
      },
      /rows has forgotten the commit of two/,
    ],
    [
      'forgottenRows',
      'rows that nobody accounts for',
      (bed) => (forgotten(bed).since.totals.records = 19),
      /rows had 19 rows when the race began, but what is left of them and what jobs say that they removed are 12 rows/,
    ],
    [
      'forgottenUntold',
      'a file in one of two partitions of one path',
      (bed) => {
        const [file] = bed.history.before.files.filter(({ partition }) => partition === 'p=b');
        bed.history.before.files.push({ ...odd(there(file)), partitionKey: 'of another spec' });
      },
      /rows has forgotten the commit of two/,
    ],
    [
      'forgottenUntold',
      'a file of which nobody tells the rows',
      (bed) => delete there(bed.stop('two', 'validated').removes[0]).rows,
      /rows has forgotten the commit of two/,
    ],
    [
      'leftInPartition',
      'an overwrite that left something where it wrote',
      (bed) => {
        const { history } = bed;
        const [own] = bed.stop('two', 'data-written').files;
        const file = there(history.live.find(({ path }) => path === own?.path));
        const [left] = bed.stop('two', 'validated').removes.splice(0);
        const kept = { ...file, ...there(left) };
        history.before.files = [...history.before.files, kept];
        history.live = [...history.live, kept];
      },
      /two overwrites what is in p=b, but leaves \S+ \(7 rows\)/,
    ],
    [
      'forgotten',
      'that no metadata file is left that knew its snapshots',
      ({ history }) => delete history.forgotten,
      /rows has forgotten snapshots .* no metadata file that still knew them is left/,
    ],
  ],
} as const satisfies FaultBed;

/** What was expired are an append, a delete of it, and a delete of what the table began with. */
export const forgottenDeletes = {
  of: 'of a job whose rows were deleted before its commit was expired,',
  race: async () => {
    const writers = {
      one: appends({ c: 1 }),
      two: overwrites('a', {}),
      three: overwrites('c', {}),
      four: there(expires),
    };
    const raced = await raceByFiles(writers);
    expect(raced.history.forgotten?.changes).toHaveLength(2);
    return raced;
  },
  faults: [
    [
      'otherRows',
      'a file with other rows that the oldest commit which is left has removed',
      (bed) => Object.assign(there(bed.stop('one', 'data-written').files[0]), { rows: 9 }),
      /The table counts other rows in \S+ than one wrote/,
    ],
    [
      'forgottenUntold',
      'a delete of which the log does not tell all that it removed',
      (bed) => void bed.stop('two', 'validated').removes.pop(),
      /rows has forgotten the commit of two/,
    ],
    [
      'forgottenUntold',
      'an append in a partition that its path does not tell',
      (bed) => {
        const [file] = bed.stop('one', 'data-written').files;
        Object.assign(there(file), { path: 'memory:///odd.parquet', partition: 'p=null' });
      },
      /rows has forgotten the commit of one/,
    ],
  ],
} as const satisfies FaultBed;
