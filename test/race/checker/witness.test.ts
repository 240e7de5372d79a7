import { describe, expect, it } from 'vitest';
import { checkRace } from '../../../src/race/checker/check-race.ts';
import { witnessOf } from '../../../src/race/checker/witness.ts';
import type { RaceEvent } from '../../../src/race/event.ts';
import type { Writers } from '../../../src/race/explorer/script.ts';
import { appends, overwrites, replaces } from '../../../src/race/explorer/writers.ts';
import { type Cue, losesOne, race, type Race, within } from '../stage.ts';
import { toldRace } from '../two-tabs.ts';

/** The verdict of the tab in which these jobs ran, while all others ran in Tab B. */
function judgedBy({ events, history, jobs }: Race, own: readonly string[], knows = true) {
  const isOwn = ({ job }: { job: string }) => own.includes(job);
  const others = jobs.filter(({ name }) => !own.includes(name));
  const told = toldRace(
    events.filter((event) => !isOwn(event)),
    { reports: Object.fromEntries(others.map((job) => [job.name, job])) },
  );
  return checkRace(
    events.filter(isOwn),
    jobs.filter(({ name }) => own.includes(name)),
    [history],
    knows ? [witnessOf(told)] : [],
  );
}

const heldOne: readonly Cue[] = [
  ['one', 'before-swap'],
  ['two', 'end'],
];

describe('the verdict on a race that met another tab', () => {
  const both: Writers = { one: appends({ a: 1 }), two: appends({ a: 2 }) };

  it('holds, has a ledger of its own jobs, and names whoever committed meanwhile', async () => {
    const raced = await race(both, heldOne);
    expect(judgedBy(raced, ['one'])).toEqual({
      result: 'holds',
      sentences: [
        'one was told “committed”, and its 1 row is in the table exactly once.',
        'Tab B’s two committed to rows meanwhile, which another tab judges.',
      ],
      ledger: [{ job: 'one', told: 1, found: 1, replaced: 0, missing: 0 }],
    });
    expect(judgedBy(raced, ['two']).ledger).toEqual([
      { job: 'two', told: 2, found: 2, replaced: 0, missing: 0 },
    ]);
  });

  it('says that the other tab replaced its rows, and that it replaced those of the other', async () => {
    const raced = await race({ one: appends({ a: 1 }), two: replaces({ a: 3 }) });
    expect(judgedBy(raced, ['one']).sentences[0]).toBe(
      'Tab B’s two committed later and replaced 1 row of one in p=a: an overwrite replaces what it writes, and the last committer wins.',
    );
    expect(judgedBy(raced, ['two']).sentences).toContain(
      'two committed later and replaced 1 row of Tab B’s one in p=a: an overwrite replaces what it writes, and the last committer wins.',
    );
  });

  it('is found wrong if the other tab buried it, and names who did', async () => {
    const raced = await race(both, heldOne, { protocol: 'unsafe' });
    const { result, sentences } = judgedBy(raced, ['two']);
    expect(result).toBe('violated');
    expect(sentences.join('\n')).toContain('Tab B’s one');
  });

  it('accuses nobody for what the jobs of another tab did to each other', async () => {
    const writers: Writers = {
      one: appends({ a: 1 }),
      two: appends({ a: 2 }),
      three: appends({ b: 3 }),
    };
    const raced = await race(writers, heldOne, { protocol: 'unsafe' });
    expect(judgedBy(raced, ['one', 'two', 'three']).result).toBe('violated');
    expect(judgedBy(raced, ['three']).result).toBe('holds');
  });

  it('accuses nobody for what another tab says of two jobs of its own', async () => {
    const writers = { one: appends({ a: 1 }), two: appends({ a: 2 }), three: appends({ b: 3 }) };
    const raced = await race(writers);
    const details = raced.events.map(({ detail }) => detail);
    const [first, second] = details.filter((detail) => detail.stop === 'swap-won');
    Object.assign(second ?? {}, { version: first?.version, snapshotId: first?.snapshotId });
    expect(judgedBy(raced, ['one', 'two', 'three']).result).toBe('violated');
    expect(judgedBy(raced, ['three']).result).toBe('holds');
  });

  it('accuses nobody for what another tab did to another table', async () => {
    const raced = await race({ one: appends({ a: 1 }) });
    const { events, jobs } = await race({ two: appends({ a: 2 }) });
    const told = toldRace(
      events.map((event) => ({ ...event, table: 'lab:explorer/other' })),
      { reports: Object.fromEntries(jobs.map((job) => [job.name, job])) },
    );
    const verdict = checkRace(raced.events, raced.jobs, [raced.history], [witnessOf(told)]);
    expect(verdict).toEqual(raced.verdict);
  });

  it('holds of a commit that never reached the catalog, if nothing was heard of the others', async () => {
    const raced = await race({
      one: within(appends({ a: 1 }), losesOne('request')),
      two: appends({ a: 2 }),
    });
    expect(judgedBy(raced, ['one'], false).result).toBe('holds');
  });

  it('is the same, but for the names, if nothing was heard of the other tab', async () => {
    const raced = await race({ one: overwrites('a', { a: 1 }), two: appends({ a: 2 }) }, heldOne);
    const deaf = judgedBy(raced, ['one'], false);
    const told = judgedBy(raced, ['one']);
    expect([deaf.result, deaf.ledger]).toEqual([told.result, told.ledger]);
    expect(deaf.sentences.join('\n')).toContain('from outside this race');
  });

  it('names the job of the other tab that dropped the table', async () => {
    const { events, history, jobs } = await race(both);
    const dropped = { table: history.table, purged: false };
    const other = events.filter(({ job }) => job === 'two');
    const telling = other.map((event): RaceEvent => {
      const { detail } = event;
      return detail.stop === 'finished' ? { ...event, detail: { ...detail, dropped } } : event;
    });
    const verdict = checkRace(
      events.filter(({ job }) => job === 'one'),
      jobs.filter(({ name }) => name === 'one'),
      [],
      [witnessOf(toldRace(telling, {}))],
    );
    expect(verdict.sentences).toEqual([
      'Tab B’s two dropped rows and all that was in it, so what jobs had committed to it before cannot be judged.',
    ]);
  });

  it('does not rest on a job of the other tab of which only the beginning was heard', async () => {
    const raced = await race(both, heldOne);
    const at = raced.events.findIndex(
      ({ job, detail }) => job === 'two' && detail.stop === 'list-written',
    );
    const { events, history, jobs } = raced;
    const told = toldRace(
      events.slice(0, at).filter(({ job }) => job === 'two'),
      { endedAt: null },
    );
    const verdict = checkRace(
      events.filter(({ job }) => job === 'one'),
      jobs.filter(({ name }) => name === 'one'),
      [history],
      [witnessOf(told)],
    );
    expect(verdict.result).toBe('holds');
  });
});
