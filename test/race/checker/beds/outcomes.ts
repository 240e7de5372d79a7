import { expect } from 'vitest';
import { appends, overwrites, replaces, worldWith } from '../../../../src/race/explorer/writers.ts';
import { type Cue, losesAnswers, losesOne, race, within } from '../../stage.ts';
import { type Bed, type FaultBed, odd } from './bed.ts';

/** The last of three replaces what the others have left. */
export const deleteBetween = {
  of: 'of a delete between two overwrites,',
  race: async () => {
    const writers = {
      one: replaces({ a: 1 }),
      two: overwrites('a', {}),
      three: replaces({ a: 3 }),
    };
    return race(writers, [
      ['three', 'before-swap'],
      ['one', 'end'],
      ['two', 'end'],
    ]);
  },
  faults: [
    [
      'conflict',
      'an overwrite under snapshot isolation of what was removed meanwhile',
      (bed) => (bed.stop('three', 'validated').isolation = 'snapshot'),
      /three asked for snapshot isolation and was committed, although one had removed \S+ \(5 rows\) in p=a/,
    ],
    [
      'conflict',
      'a serializable overwrite of what was removed meanwhile',
      (bed) => (bed.stop('three', 'validated').isolation = 'serializable'),
      /three asked for serializable isolation and was committed, although one had removed \S+ \(5 rows\) in p=a/,
    ],
    [
      'conflict',
      'a serializable delete of what was added meanwhile',
      (bed) => {
        const validation = bed.stop('two', 'validated');
        Object.assign(validation, {
          isolation: 'serializable',
          since: bed.history.before.snapshotId,
        });
      },
      /two asked for serializable isolation and was committed, although one had added \S+ \(1 row\) in p=a/,
    ],
    [
      'deleteAdded',
      'a delete that adds',
      (bed) => bed.change('two').added.push(...bed.change('three').added.map(odd)),
      /two deletes, but adds odd\.parquet \(3 rows\)/,
    ],
    [
      'lostCommit',
      'a delete that is gone',
      (bed) => bed.forget('two'),
      /two was told “committed”, but its commit is not in the history of rows/,
    ],
    [
      'refusedYetThere',
      'a delete that failed and is there',
      (bed) => {
        const { snapshotId } = bed.change('two');
        bed.reject('two');
        expect(bed.stop('two', 'list-written').snapshotId).toBe(snapshotId);
      },
      /two failed, but its commit is in the history of the table/,
    ],
  ],
} as const satisfies FaultBed;

/** The answer to a swap got lost. */
export const unknownOutcome = {
  of: 'of a job that does not know whether it committed,',
  race: async () => {
    return race({
      one: within(appends({ a: 1, b: 1 }), losesAnswers),
      two: appends({ a: 2 }),
    });
  },
  faults: [
    [
      'torn',
      'half of its commit',
      (bed) => {
        const [lost] = bed.history.changes[0]?.added.splice(0, 1) ?? [];
        bed.history.live = bed.history.live.filter(({ path }) => path !== lost?.path);
      },
      /The commit of one is not whole: \S+ of its 2 files is missing/,
    ],
    [
      'abandoned',
      'a table that was moved back behind a commit',
      abandonTwo,
      /two was told “committed”, but rows was moved back behind its commit/,
    ],
    [
      'committedAgain',
      'two of its commits',
      (bed) => bed.change('two').added.push(...(bed.history.changes[0]?.added ?? [])),
      /\S+ and \S+ of one came into the table a second time, by two/,
    ],
  ],
} as const satisfies FaultBed;

/** The swap of one never reached the catalog. */
export const neverAsked = {
  of: 'of a job whose swap was lost on the way,',
  race: () => race({ one: within(appends({ a: 1 }), losesOne('request')), two: appends({ a: 2 }) }),
  faults: [
    [
      'abandoned',
      'a table that was moved back behind a commit',
      abandonTwo,
      /two was told “committed”, but rows was moved back behind its commit/,
    ],
    [
      'unreadable',
      'a table whose files cannot be read',
      (bed) => {
        bed.reject('two');
        bed.hide();
      },
      /The files of lab:explorer\/rows could not be read/,
    ],
  ],
} as const satisfies FaultBed;

/** Main left the commit of two. */
function abandonTwo(bed: Bed): void {
  bed.history.abandoned.push(bed.change('two').snapshotId);
  bed.forget('two');
}

const unbeaten = /one gave up on rows although it had not lost every swap/;

/** A writer without retries left. */
export const gaveUp = {
  of: 'of a job that gave up,',
  race: async () => {
    const world = await worldWith([{ a: 5 }], { 'commit.retry.num-retries': '1' });
    const writers = { one: appends({ a: 1 }), two: appends({ a: 2 }), three: appends({ a: 3 }) };
    const cues: Cue[] = [
      ['one', 'before-swap'],
      ['two', 'end'],
      ['one', 'swap-lost'],
      ['one', 'before-swap'],
      ['three', 'end'],
    ];
    const raced = await race(writers, cues, { world });
    expect(raced.jobs[0]).toMatchObject({ outcome: 'rejected', attempts: 2 });
    return raced;
  },
  faults: [
    ['gaveUpUnbeaten', 'that it gave up unbeaten', (bed) => bed.drop('one', 'swap-lost'), unbeaten],
    [
      'gaveUpUnbeaten',
      'a swap that another has lost in its stead',
      (bed) => (bed.event('one', 'swap-lost', 1).job = 'two'),
      unbeaten,
    ],
    [
      'gaveUpUnbeaten',
      'a swap of another table that it has lost',
      (bed) => (bed.event('one', 'swap-lost', 1).table = 'lab:explorer/other'),
      unbeaten,
    ],
    [
      'gaveUpUnbeaten',
      'a swap that it has lost when it created the table',
      (bed) => (bed.event('one', 'swap-lost', 1).attempt = 0),
      unbeaten,
    ],
  ],
} as const satisfies FaultBed;
