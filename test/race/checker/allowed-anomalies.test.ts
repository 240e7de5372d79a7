import { describe, expect, it } from 'vitest';
import type { Writers } from '../../../src/race/explorer/script.ts';
import {
  appends,
  compacts,
  overwrites,
  replaces,
  worldWith,
} from '../../../src/race/explorer/writers.ts';
import { copies, reads } from '../readers.ts';
import { type Cue, pointedAt, race } from '../stage.ts';

const bothRead: readonly Cue[] = [
  ['one', 'inputs-read'],
  ['two', 'inputs-read'],
];

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
    const raced = await skewed(false);
    const { verdict } = raced;
    expect(pointedAt(raced)).toEqual([
      'one inputs-read',
      'two swap-won',
      'two inputs-read',
      'one swap-won',
    ]);
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

  it.each<[string, Writers, Cue[]?]>([
    [
      'one was killed before it committed',
      { one: copies('a', 'b', 'none'), two: copies('b', 'a', 'none') },
      [...bothRead, ['two', 'end'], ['one', 'kill']],
    ],
    [
      'one had replaced what it had read before the other read it',
      { one: copies('a', 'b', 'none'), two: reads(replaces({ a: 2 })) },
      [['one', 'end']],
    ],
    ['one compacted', { one: copies('a', 'b', 'none'), two: reads(compacts('a')) }, [...bothRead]],
    [
      'one replaced the other',
      { one: reads(appends({ a: 1 })), two: reads(replaces({ a: 2 })) },
      [...bothRead],
    ],
    [
      'the other replaced one',
      { one: reads(replaces({ a: 1 })), two: reads(appends({ a: 2 })) },
      [...bothRead, ['two', 'end']],
    ],
  ])('is silent where %s', async (_, writers, cues = []) => {
    const { verdict } = await race(writers, cues);
    expect(verdict.result).toBe('holds');
    expect(verdict.sentences.join()).not.toContain('write skew');
  });

  it('finds a circle of three, and the shortest among more', async () => {
    const world = await worldWith([{ a: 5, b: 7, c: 2 }]);
    const raced = await race(
      {
        one: copies('a', 'b', 'snapshot'),
        two: copies('b', 'c', 'snapshot'),
        three: copies('c', 'a', 'snapshot'),
      },
      [...bothRead, ['three', 'inputs-read']],
      { world },
    );
    const { verdict } = raced;
    expect(verdict.result).toBe('holds');
    expect(pointedAt(raced)).toEqual([
      'one inputs-read',
      'three swap-won',
      'three inputs-read',
      'two swap-won',
      'two inputs-read',
      'one swap-won',
    ]);
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
