import { describe, expect, it } from 'vitest';
import { checkRace } from '../../../src/race/checker/check-race.ts';
import type { Writer, Writers } from '../../../src/race/explorer/script.ts';
import {
  appends,
  commitChange,
  compacts,
  creates,
  exploredTable,
  overwrites,
  replaces,
  writes,
} from '../../../src/race/explorer/writers.ts';
import { World } from '../../../src/race/explorer/world.ts';
import { append } from '../../../src/iceberg/append.ts';
import { ManifestReader } from '../../../src/iceberg/manifest-reader.ts';
import { rewriteFiles } from '../../../src/iceberg/rewrite-files.ts';
import { liveFiles } from '../../../src/iceberg/scan.ts';
import { currentSnapshot, loadTable } from '../../../src/iceberg/table.ts';
import { expireSnapshots } from '../../../src/iceberg/expire-snapshots.ts';
import { type Cue, losesAnswers, race, within } from '../stage.ts';
import { undoes } from '../undoer.ts';

const twoAppends: Writers = { one: appends({ a: 1 }), two: appends({ a: 2 }) };

const verdictOf = async (writers: Writers, cues: readonly Cue[] = []) =>
  (await race(writers, cues)).verdict;

describe('the verdict says of a race that holds', () => {
  it('that every row that was told is in the table once', async () => {
    expect(
      await verdictOf(twoAppends, [
        ['one', 'before-swap'],
        ['two', 'end'],
      ]),
    ).toEqual({
      result: 'holds',
      sentences: [
        'Both jobs were told “committed”, and every row of both is in the table exactly once.',
      ],
      ledger: [
        { job: 'one', told: 1, found: 1, replaced: 0, missing: 0 },
        { job: 'two', told: 2, found: 2, replaced: 0, missing: 0 },
      ],
    });
    expect((await verdictOf({ only: appends({ a: 4696 }) })).sentences).toEqual([
      'only was told “committed”, and each of its 4,696 rows is in the table exactly once.',
    ]);
  });

  it('whose rows a later overwrite replaced, and where', async () => {
    const { sentences, ledger } = await verdictOf({
      one: appends({ a: 1, b: 2 }),
      two: replaces({ a: 3 }),
      three: overwrites('b', {}),
    });
    expect(sentences).toEqual([
      'two committed later and replaced 1 row of one in p=a: an overwrite replaces what it writes, and the last committer wins.',
      'three committed later and deleted 2 rows of one in p=b.',
    ]);
    expect(ledger).toEqual([
      { job: 'one', told: 3, found: 0, replaced: 3, missing: 0 },
      { job: 'two', told: 3, found: 3, replaced: 0, missing: 0 },
      { job: 'three', told: 0, found: 0, replaced: 0, missing: 0 },
    ]);
  });

  it('that rows which a compaction put into another file are still in the table', async () => {
    const { result, sentences, ledger } = await verdictOf(
      { one: appends({ a: 1 }), two: compacts('a'), three: replaces({ b: 3 }) },
      [['one', 'end']],
    );
    expect(result).toBe('holds');
    expect(ledger).toEqual([
      { job: 'one', told: 1, found: 1, replaced: 0, missing: 0 },
      { job: 'three', told: 3, found: 3, replaced: 0, missing: 0 },
    ]);
    expect(sentences).toContain(
      'two compacted 1 row of one: they are in the table as before, in another file.',
    );
  });

  it('that an overwrite removed the rows which a compaction had put into another file', async () => {
    const { ledger } = await verdictOf({
      one: appends({ a: 1 }),
      two: compacts('a'),
      three: replaces({ a: 3 }),
    });
    expect(ledger[0]).toEqual({ job: 'one', told: 1, found: 0, replaced: 1, missing: 0 });
  });

  it('where the rows are that one compaction of several partitions had moved', async () => {
    const all: Writer = async (context, protocol) => {
      const { metadata } = await loadTable(context, exploredTable);
      const head = currentSnapshot(metadata);
      const { data } = await liveFiles(new ManifestReader(context.io), metadata, head);
      const options = { since: head?.['snapshot-id'] ?? null };
      return writes({ b: 9, a: 6 }, (written) =>
        commitChange(written, rewriteFiles({ remove: data, add: written.files }, options)),
      )(context, protocol);
    };
    const writers = { one: appends({ a: 1, b: 2 }), two: all, three: replaces({ a: 3 }) };
    const { history, verdict } = await race(writers);
    expect(history.changes[1]?.operation).toBe('replace');
    expect(verdict.ledger[0]).toEqual({ job: 'one', told: 3, found: 2, replaced: 1, missing: 0 });
  });

  it('who was refused, and that nothing of it is there', async () => {
    const writers = { one: replaces({ a: 1 }, 'serializable'), two: appends({ a: 2 }) };
    const { result, sentences } = await verdictOf(writers, [
      ['one', 'before-swap'],
      ['two', 'end'],
    ]);
    expect(result).toBe('holds');
    expect(sentences).toEqual([
      'two was told “committed”, and each of its 2 rows is in the table exactly once.',
      'one was rejected: none of its rows are in the table.',
    ]);
  });

  it('who was killed, and whether its rows are there', async () => {
    const before = await verdictOf(twoAppends, [
      ['one', 'before-swap'],
      ['one', 'kill'],
    ]);
    expect(before.sentences).toContain(
      'one does not know whether it committed: it did not, and none of its rows are in the table.',
    );
    const early = await verdictOf(twoAppends, [
      ['one', 'validated'],
      ['one', 'kill'],
    ]);
    expect(early.sentences).toContain('one was killed: none of its rows are in the table.');
    const after = await verdictOf(twoAppends, [
      ['one', 'swap-won'],
      ['one', 'kill'],
    ]);
    expect(after.sentences).toContain(
      'one was killed after its swap was won: its 1 row came into the table, though it never said so.',
    );
    expect(after.ledger).toHaveLength(2);
  });

  it('what became of a commit whose answer was lost', async () => {
    const { result, sentences } = await verdictOf({
      one: within(appends({ a: 1 }), losesAnswers),
      two: appends({ a: 2 }),
    });
    expect(result).toBe('holds');
    expect(sentences).toContain(
      'one does not know whether it committed: it did, and its 1 row came into the table whole.',
    );
  });

  it('which of a rejected job’s commits were made before', async () => {
    const partly = writes({ a: 1 }, async (written) => {
      await commitChange(written, append(written.files));
      return replaces({ a: 2 }, 'serializable')(written.context, written.protocol);
    });
    const { result, sentences, ledger } = await verdictOf({ partly, two: appends({ a: 3 }) }, [
      ['partly', 'swap-won'],
      ['partly', 'manifests-written'],
      ['two', 'end'],
    ]);
    expect(result).toBe('holds');
    expect(sentences).toContain('partly was rejected after it had committed 1 row.');
    expect(ledger[0]).toEqual({ job: 'partly', told: 1, found: 1, replaced: 0, missing: 0 });
  });

  it('that there was nothing to commit', async () => {
    const { result, sentences, ledger } = await verdictOf({ one: replaces({}) });
    expect({ result, sentences, ledger }).toEqual({
      result: 'holds',
      sentences: ['No job had rows to commit.'],
      ledger: [],
    });
  });

  it('that a rollback of the race undid a commit, also if it does not know of it', async () => {
    for (const two of [undoes, within(undoes, losesAnswers)]) {
      const { result, ledger } = await verdictOf({ one: appends({ a: 1 }), two });
      expect(result).toBe('holds');
      expect(ledger).toEqual([{ job: 'one', told: 1, found: 0, replaced: 1, missing: 0 }]);
    }
  });

  it('that an expiry made the table forget what a rollback had undone', async () => {
    const writers = {
      none: creates(overwrites(null, {})),
      one: appends({ a: 1 }),
      two: undoes,
      three: writes({}, (written) =>
        commitChange(written, expireSnapshots({ olderThan: Number.MAX_SAFE_INTEGER })),
      ),
    };
    const { verdict } = await race(writers, [], { world: new World() });
    expect(verdict.result).toBe('holds');
    expect(verdict.ledger).toContainEqual({
      job: 'one',
      told: 1,
      found: 0,
      replaced: 1,
      missing: 0,
    });
  });

  it('how many commits came from elsewhere', async () => {
    const { events, jobs, history } = await race(twoAppends);
    const own = events.filter(({ job }) => job === 'one');
    const { result, sentences } = checkRace(own, jobs.slice(0, 1), [history]);
    expect(result).toBe('holds');
    expect(sentences.at(-1)).toBe('1 commit to rows came from outside this race.');
  });
});

it('is violated if something is certainly wrong, whatever else it cannot tell', async () => {
  const { events, history, jobs } = await race(twoAppends);
  history.reach = 'expired';
  history.live.push(...history.live);
  expect(checkRace(events, jobs, [history]).result).toBe('violated');
});
