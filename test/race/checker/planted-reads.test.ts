import { beforeAll, describe, expect, it } from 'vitest';
import { appends, overwrites, replaces, worldWith } from '../../../src/race/explorer/writers.ts';
import { copies, reads } from '../readers.ts';
import { type Cue, race, type Race } from '../stage.ts';
import { findsFaults, there } from './planted.ts';

const bothRead: readonly Cue[] = [
  ['one', 'inputs-read'],
  ['two', 'inputs-read'],
];

describe('the checker, of a reader between two commits,', () => {
  let raced: Race;
  beforeAll(async () => {
    const writers = {
      one: appends({ a: 1 }),
      two: replaces({ a: 2 }),
      three: reads(appends({ b: 3 })),
      four: replaces({ b: 4 }, 'serializable'),
    };
    raced = await race(writers, [
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
  });

  findsFaults(
    () => raced,
    [
      [
        'a scan of parts of two snapshots',
        (bed) => {
          const { files } = bed.scan('three');
          files.splice(0, 1, ...bed.change('two').added);
        },
        /three read rows as version 3, but without \S+\.parquet \(\d rows?\) and with \S+\.parquet \(2 rows\): it saw parts of different versions/,
      ],
      [
        'a scan that left a file out',
        (bed) => void bed.scan('three').files.pop(),
        /three read rows as version 3, but without \S+\.parquet \(\d rows?\): it saw parts of different versions/,
      ],
      [
        'a scan of another version than it says',
        (bed) => {
          const { files } = bed.scan('three');
          files.splice(0, files.length, ...bed.history.before.files);
        },
        /three read rows as version 3, but saw it as it was when the race began/,
      ],
      [
        'a scan of a file whose job failed',
        (bed) => void bed.scan('three').files.push(...bed.stop('four', 'data-written').files),
        /three read \S+\.parquet \(4 rows\) in rows, but four, which wrote it, failed/,
      ],
      [
        'other rows than its files hold',
        (bed) => (there(bed.stop('three', 'inputs-read').inputs[0]).rows = 12),
        /three read 12 rows of rows, but the files that it read hold 13 rows/,
      ],
      [
        'a scan of a version that never was',
        (bed) => (bed.scan('three').base.version = 9),
        /three read version 9 of rows, but the table is at version 5/,
      ],
      [
        'a version that was scanned as something else',
        (bed) => (bed.scan('three').base.location = 'memory:///odd.metadata.json'),
        /three read something else as version 3 of rows than what one had made/,
      ],
      [
        'a scan that missed what was committed before the job began',
        (bed) => {
          bed.scan('three').base.version = 2;
        },
        /three began after one had been told that version 3 of rows was committed, but read version 2/,
      ],
      [
        'a base that is older than what the job has scanned',
        (bed) => (bed.stop('three', 'base-read').base.version = 2),
        /three began after one had been told that version 3 of rows was committed, but read version 2/,
      ],
    ],
  );
});

describe('the checker, of two overwrites of what the other has read,', () => {
  const skewed = (validatesReads: boolean) =>
    race(
      {
        one: copies('a', 'b', 'serializable', { validatesReads }),
        two: copies('b', 'a', 'serializable', { validatesReads }),
      },
      bothRead,
    );

  it('says that both were allowed, that it is write skew, and who read what', async () => {
    const { verdict } = await skewed(false);
    expect(verdict.result).toBe('holds');
    expect(verdict.sentences).toContain(
      'one had read what two changed in rows afterwards and two had read what one changed in rows afterwards: write skew, as in any order of them one would have seen what another did. Iceberg allows it under every isolation level, as it looks at what a job writes; validate-reads: true refuses it.',
    );
  });

  it('is silent where the second has seen what the first did, or was refused', async () => {
    const inTurn = await race({
      one: copies('a', 'b', 'serializable'),
      two: copies('b', 'a', 'serializable'),
    });
    expect(inTurn.verdict.sentences.join()).not.toContain('write skew');
    const { jobs, verdict } = await skewed(true);
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['committed', 'rejected']);
    expect(verdict.result).toBe('holds');
    expect(verdict.sentences.join()).not.toContain('write skew');
  });

  it('finds a circle of three, and the shortest among more', async () => {
    const world = await worldWith([{ a: 5, b: 7, c: 2 }]);
    const { verdict } = await race(
      {
        one: copies('a', 'b', 'snapshot'),
        two: copies('b', 'c', 'snapshot'),
        three: copies('c', 'a', 'snapshot'),
      },
      [...bothRead, ['three', 'inputs-read']],
      { world },
    );
    expect(verdict.result).toBe('holds');
    expect(verdict.sentences.join()).toMatch(
      /one had read what three changed .*three had read what two changed .*two had read what one changed .*: write skew/,
    );
    const seeded = await race(
      {
        one: copies('a', 'b', 'snapshot'),
        two: copies('b', 'a', 'snapshot'),
        three: reads(appends({ c: 1 })),
      },
      [...bothRead, ['three', 'inputs-read']],
    );
    expect(seeded.verdict.sentences.join()).toContain(
      'one had read what two changed in rows afterwards and two had read what one changed',
    );
  });

  describe('of which the second was to be refused,', () => {
    let raced: Race;
    beforeAll(async () => {
      raced = await skewed(false);
    });

    findsFaults(
      () => raced,
      [
        [
          'a change of what it had read',
          (bed) => (bed.stop('two', 'validated').validatesReads = true),
          /two asked that what it reads be validated and was committed, although one had changed what it had read of rows/,
        ],
      ],
    );
  });
});

describe('the verdict on an overwrite of what was committed unseen', () => {
  const cues: readonly Cue[] = [
    ['two', 'before-swap'],
    ['one', 'end'],
  ];

  it('calls it a lost update, and says which isolation would have refused it', async () => {
    const none = await race({ one: appends({ a: 1 }), two: replaces({ a: 2 }) }, cues);
    expect(none.verdict.sentences).toContain(
      'two had started before one committed, and replaced it unseen: a lost update, which is allowed as no isolation was asked for and serializable refuses.',
    );
    const snapshot = await race(
      { one: appends({ a: 1 }), two: replaces({ a: 2 }, 'snapshot') },
      cues,
    );
    expect(snapshot.verdict.sentences).toContain(
      'two had started before one committed, and replaced it unseen: a lost update, which snapshot isolation allows and serializable refuses.',
    );
  });

  it('says nothing of one that had seen it, of a delete, and of another partition', async () => {
    const seen = await race({ one: appends({ a: 1 }), two: replaces({ a: 2 }) });
    const elsewhere = await race({ one: appends({ b: 1 }), two: replaces({ a: 2 }) }, cues);
    const deleted = await race({ one: appends({ a: 1 }), two: overwrites('a', {}) }, cues);
    for (const { verdict } of [seen, elsewhere, deleted]) {
      expect(verdict.result).toBe('holds');
      expect(verdict.sentences.join()).not.toContain('lost update');
    }
  });
});
