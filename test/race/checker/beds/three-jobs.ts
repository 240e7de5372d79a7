import { appends, replaces } from '../../../../src/race/explorer/writers.ts';
import { race } from '../../stage.ts';
import { type FaultBed, odd, there } from './bed.ts';

/** Two of them commit to a, one to b. */
export const threeJobs = {
  of: 'of three jobs of which one lost a swap,',
  race: async () => {
    const writers = {
      one: appends({ a: 1 }),
      two: replaces({ a: 2 }),
      three: appends({ b: 3 }),
    };
    return race(writers, [
      ['two', 'before-swap'],
      ['one', 'end'],
      ['two', 'end'],
    ]);
  },
  faults: [
    // Dirty writes: two snapshots out of one version.
    [
      'twoWinners',
      'two winners of one version',
      (bed) => (bed.stop('three', 'swap-won').version = bed.stop('two', 'swap-won').version),
      /two and three were both told that they made version 4 of rows/,
    ],
    [
      'cycle',
      'a swap that did not compare',
      (bed) => (bed.stop('two', 'before-swap').expected.version = 2),
      /two put version 4 of rows on top of version 2 and never saw what one committed in between/,
    ],
    [
      'cycle',
      'a swap that expected no table where there was one',
      (bed) => (bed.stop('three', 'before-swap').expected.version = null),
      /three put version 5 of rows on top of no table at all and never saw what one and two committed/,
    ],
    [
      'notCompared',
      'a swap that compared with a version which was gone',
      (bed) => (bed.stop('one', 'before-swap').expected.version = 1),
      /one replaced version 1 of rows and made version 3 of it: its swap did not compare/,
    ],
    [
      'forked',
      'a snapshot on top of another than the one before it',
      (bed) => (bed.change('three').parentId = bed.change('one').snapshotId),
      /three does not build on the commit before it: the history forked/,
    ],
    [
      'otherBase',
      'a commit on top of another base than it validated',
      (bed) => (bed.stop('three', 'base-read').base.snapshotId = bed.change('one').snapshotId),
      /three validated its commit against another state of rows/,
    ],
    // Order.
    [
      'sequenceFell',
      'a sequence number that does not rise',
      (bed) => (bed.change('three').sequenceNumber = bed.change('two').sequenceNumber),
      /three has sequence number 3 after 3: it does not rise/,
    ],
    [
      'sequenceFell',
      'a sequence number that is gone',
      (bed) => (bed.change('three').sequenceNumber = 0),
      /three has sequence number 0 after 3: it does not rise/,
    ],
    [
      'orderReversed',
      'snapshots in another order than the versions',
      (bed) => void bed.history.changes.reverse(),
      /By the pointer one committed to rows before two, by the snapshots after it/,
    ],
    [
      'otherVersion',
      'a version that another metadata file stands for',
      (bed) => bed.history.log.splice(-1, 1, 'memory:///odd.metadata.json'),
      /Version 4 of rows is not the one that two made/,
    ],
    [
      'otherVersion',
      'a current version that another metadata file stands for',
      ({ history }) => (history.location = 'memory:///odd.metadata.json'),
      /Version 5 of rows is not the one that three made/,
    ],
    [
      'versionAhead',
      'a version that the table never came to',
      (bed) => (bed.history.version = 4),
      /three was told that it made version 5 of rows, but the table is at version 4/,
    ],
    [
      'diverged',
      'a main that left its past',
      (bed) => (bed.history.reach = 'diverged'),
      /rows no longer builds on what it was when the race began/,
    ],
    [
      'otherCurrent',
      'a current snapshot that is not the last of the log',
      (bed) => void bed.history.snapshotLog.pop(),
      /The current snapshot of rows is not the last one of its snapshot log/,
    ],
    // Files.
    [
      'deletedNeeded',
      'a file that was deleted though the table refers to it',
      (bed) => {
        const { path } = there(bed.change('one').added[0]);
        bed.history.deletedYetNeeded.push(path);
        bed.stop('two', 'cleaned-up').deleted.push(path);
      },
      /two deleted \S+\.parquet, which rows refers to/,
    ],
    [
      'miscounted',
      'a manifest list that miscounts',
      (bed) => bed.change('two').miscounted.push('memory:///m0.avro'),
      /The manifest list of two says something else of m0\.avro than what is in it/,
    ],
    // Reads.
    [
      'readOther',
      'a version that was read as something else',
      (bed) => (bed.stop('three', 'base-read').base.location = 'memory:///odd.metadata.json'),
      /three read something else as version 4 of rows than what two had made/,
    ],
    [
      'readOther',
      'a version that was read with another snapshot',
      (bed) => (bed.stop('three', 'base-read').base.snapshotId = bed.change('one').snapshotId),
      /three read something else as version 4 of rows than what two had made/,
    ],
    [
      'wentBack',
      'a read that went back after a lost swap',
      (bed) => (bed.stop('two', 'base-read').base.version = 2),
      /two read version 2 of rows although it had seen version 3 before/,
    ],
    [
      'wentBack',
      'a read that missed what was committed before the job began',
      (bed) => (bed.stop('three', 'base-read').base.version = 3),
      /three began after two had been told that version 4 of rows was committed, but read version 3/,
    ],
    [
      'lostToNobody',
      'a swap that was lost to nobody',
      (bed) => (bed.stop('two', 'swap-lost').found = 2),
      /two was told that it lost a swap of rows, although version 2 was still the current one/,
    ],
    [
      'lostAhead',
      'a swap that was lost to a version which never was',
      (bed) => (bed.stop('two', 'swap-lost').found = 6),
      /two was told that it lost a swap of rows to version 6, but the table is at version 5/,
    ],
    // Aborted and intermediate reads, duplicates, losses.
    [
      'dirty',
      'rows of a job that failed',
      (bed) => {
        bed.reject('three');
      },
      /three failed, but its file \S+ is in the table/,
    ],
    [
      'dirty',
      'rows of a job that failed, which another has replaced',
      (bed) => {
        bed.reject('one');
      },
      /one failed, but its file \S+ is in the table/,
    ],
    [
      'missingRows',
      'a commit that is gone, of which its job heard only when it ran again',
      (bed) => {
        bed.forget('three');
        bed.drop('three', 'swap-won');
      },
      /three was told that 3 rows were committed; 3 of them are not in the table/,
    ],
    [
      'missingRows',
      'a table that was moved back behind a commit by nobody',
      (bed) => {
        bed.history.abandoned.push(bed.change('three').snapshotId);
        bed.forget('three');
      },
      /three was told that 3 rows were committed; 3 of them are not in the table/,
    ],
    [
      'missingRows',
      'a commit that is gone',
      (bed) => bed.forget('three'),
      /three was told that 3 rows were committed; 3 of them are not in the table, and no commit removed them/,
    ],
    [
      'abandoned',
      'a table that was moved back behind a commit',
      (bed) => {
        bed.history.abandoned.push(bed.change('three').snapshotId);
        bed.forget('three');
      },
      /three was told “committed”, but rows was moved back behind its commit/,
    ],
    [
      'sameSnapshot',
      'one snapshot that two jobs were told of',
      (bed) => (bed.stop('three', 'swap-won').snapshotId = bed.change('two').snapshotId),
      /two and three were told of the same commit to rows/,
    ],
    [
      'committedAgain',
      'a file that came into the table twice',
      (bed) => bed.change('three').added.push(...bed.change('two').added),
      /of two came into the table a second time, by three/,
    ],
    [
      'committedByOther',
      'a file that came into the table by another',
      (bed) => bed.change('one').added.push(...bed.change('three').added.splice(0)),
      /of three came into the table by one/,
    ],
    [
      'liveTwice',
      'a file that is live twice',
      (bed) => bed.history.live.push(...bed.change('three').added),
      /\(3 rows\) is in rows twice/,
    ],
    [
      'torn',
      'a commit of a part of the files',
      (bed) =>
        bed.stop('three', 'data-written').files.push({ path: '/x.parquet', bytes: 1, rows: 0 }),
      /The commit of three is not whole: x\.parquet of its 2 files is missing/,
    ],
    [
      'neverWritten',
      'a file in place of the one that its job wrote',
      (bed) =>
        void bed.change('three').added.splice(0, 1, odd(there(bed.change('three').added[0]))),
      /The commit of three holds odd\.parquet, which three never wrote/,
    ],
    [
      'neverWritten',
      'a file that its job never wrote',
      (bed) => bed.change('three').added.push(...bed.change('three').added.map(odd)),
      /The commit of three holds odd\.parquet, which three never wrote/,
    ],
    [
      'otherRows',
      'other rows than were written',
      (bed) => (there(bed.stop('three', 'data-written').files[0]).rows = 4),
      /The table counts other rows in \S+ than three wrote/,
    ],
    // The sequential specification.
    [
      'appendRemoved',
      'an append that removes',
      (bed) => bed.change('three').removed.push(...bed.change('two').added),
      /three appends, but removes \S+ \(2 rows\)/,
    ],
    [
      'leftInPartition',
      'a dynamic overwrite that leaves something',
      (bed) => void bed.change('two').removed.pop(),
      /two overwrites what is in p=a, but leaves \S+ \(\d rows?\)/,
    ],
    [
      'removedElsewhere',
      'a dynamic overwrite that removes more',
      (bed) =>
        bed
          .change('two')
          .removed.push(...bed.history.before.files.filter((f) => f.partition === 'p=b')),
      /two removes \S+ \(7 rows\) in p=b, where it writes nothing/,
    ],
    [
      'removedUnplanned',
      'a removal that was not planned',
      (bed) => void bed.stop('two', 'validated').removes.pop(),
      /two removes \S+ \(\d rows?\), which it was not going to remove/,
    ],
    [
      'leftPlanned',
      'a planned removal that was not made',
      (bed) => bed.stop('three', 'validated').removes.push(...bed.change('two').added),
      /three leaves \S+ \(2 rows\), which it was going to remove/,
    ],
    [
      'removedAbsent',
      'a removal of what is not there',
      (bed) => bed.change('two').removed.push(...bed.change('three').added.map(odd)),
      /two removes odd\.parquet, which was not in the table/,
    ],
    [
      'addedTwice',
      'a file that is added though it is there',
      (bed) => bed.change('three').added.push(...bed.history.before.files.slice(-1)),
      /three adds \S+\.parquet, which was in the table already/,
    ],
    [
      'addedTwice',
      'a file that one commit adds twice',
      (bed) => bed.change('three').added.push(...bed.change('three').added),
      /three adds \S+\.parquet, which was in the table already/,
    ],
    [
      'appeared',
      'a file that nothing adds',
      (bed) => bed.change('three').appeared.push(...bed.change('three').added.map(odd)),
      /With three odd\.parquet came into the table although nothing adds it/,
    ],
    [
      'vanished',
      'a file that nothing removes',
      (bed) => bed.change('three').vanished.push(...bed.change('two').added),
      /With three \S+ \(2 rows\) vanished from the table although nothing removes it/,
    ],
    [
      'unexplained',
      'live files that no change left',
      (bed) => bed.history.live.push(...bed.change('three').added.map(odd)),
      /odd\.parquet is in rows although no commit added it/,
    ],
    [
      'notLive',
      'files of before the race that are gone',
      (bed) =>
        void bed.history.live.splice(
          bed.history.live.findIndex((f) => f.rows === 7),
          1,
        ),
      /\(7 rows\) vanished from rows although no commit removed it/,
    ],
    [
      'wrongRows',
      'a wrong count of rows',
      (bed) => (bed.change('two').totals.records = 12),
      /two counts 12 rows in the table, but its files hold 9 rows/,
    ],
    [
      'wrongFiles',
      'a wrong count of files',
      (bed) => (bed.change('two').totals.dataFiles = 3),
      /two counts 3 files in the table, but it has 2 files/,
    ],
    [
      'rewriteChangedRows',
      'a rewrite that changes the rows',
      (bed) => (bed.change('three').operation = 'replace'),
      /three rewrites 0 rows as 3 rows/,
    ],
    // Lost updates that isolation forbids.
    [
      'conflict',
      'a serializable overwrite of what was added meanwhile',
      (bed) => (bed.stop('two', 'validated').isolation = 'serializable'),
      /two asked for serializable isolation and was committed, although one had added \S+ \(1 row\) in p=a/,
    ],
    [
      'conflict',
      'a serializable overwrite of a whole table without partitions',
      (bed) => {
        bed.stop('two', 'validated').isolation = 'serializable';
        for (const file of bed.change('two').added) {
          Object.assign(file, { partition: '', partitionKey: 'none' });
        }
      },
      /two asked for serializable isolation and was committed, although one had added \S+ \(1 row\) in p=a/,
    ],
    [
      'conflictFromBefore',
      'a serializable overwrite against the whole history',
      (bed) =>
        Object.assign(bed.stop('two', 'validated'), {
          isolation: 'serializable',
          since: null,
        }),
      /two asked for serializable isolation against the whole history and was committed, although \S+ \(5 rows\)/,
    ],
  ],
} as const satisfies FaultBed;
