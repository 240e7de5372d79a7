import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { expireSnapshots } from '../../../src/iceberg/expire-snapshots.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import { rollbackTo } from '../../../src/iceberg/rollback.ts';
import { currentSnapshot } from '../../../src/iceberg/table.ts';
import { transaction } from '../../../src/iceberg/transaction.ts';
import { deletedFiles } from '../../../src/race/checker/files.ts';
import { explore } from '../../../src/race/explorer/explore.ts';
import type { Exploration, Schedule } from '../../../src/race/explorer/exploration.ts';
import { exploredWorld, writersOf } from '../../../src/race/explorer/explored-jobs.ts';
import {
  asksPartition,
  type Operation,
  operations,
  type Partition,
} from '../../../src/race/explorer/operations.ts';
import type { Writers } from '../../../src/race/explorer/script.ts';
import { replaySchedule, sample, walk } from '../../../src/race/explorer/walk.ts';
import {
  appends,
  commitChange,
  creates,
  overwrites,
  replaces,
  worldWith,
  writes,
} from '../../../src/race/explorer/writers.ts';
import { World } from '../../../src/race/explorer/world.ts';
import { first } from '../../iceberg/scenarios/fixture.ts';
import { losesAnswers, losesOne, stage, within } from '../stage.ts';

/** Each pair once: which of the two is called `one` makes no difference. */
const pairs = operations.flatMap((one, at) =>
  operations.slice(at).flatMap((two) =>
    partitionsFor(one, two).map((partition): [string, Writers] => [
      `${one} and ${two} of ${partition === 'a' ? 'the same' : 'another'} partition`,
      writersOf([
        { name: 'one', operation: one, partition: 'a' },
        { name: 'two', operation: two, partition },
      ]),
    ]),
  ),
);

function partitionsFor(...pair: Operation[]): Partition[] {
  return pair.every(asksPartition) ? ['a', 'b'] : ['a'];
}

/** Forgets all snapshots but the last, which is decided and done by one commit. */
const expires = writes({}, (written) =>
  commitChange(written, expireSnapshots({ olderThan: Number.MAX_SAFE_INTEGER })),
);

const sentences = ({ violation }: Exploration) => violation?.verdict.sentences ?? [];

describe('every schedule and every kill of two writers', () => {
  for (const protocol of ['queued', 'optimistic'] as const) {
    it.each(pairs)(`holds under ${protocol}: %s`, async (_, writers) => {
      const options = await stage({ protocol, world: await exploredWorld() });
      const found = await explore(writers, { ...options, kills: true });
      expect(sentences(found)).toEqual([]);
      expect(found).toMatchObject({ violated: 0, undecided: 0, complete: true });
      expect(found.schedules).toBeGreaterThanOrEqual(4);
      expect(found.crashes).toBeGreaterThan(50);
    });
  }

  it('loses rows without compare-and-swap, and shows in which order', async () => {
    const writers = { one: appends({ a: 1 }), two: appends({ a: 2 }) };
    const options = await stage({ protocol: 'unsafe' });
    const found = await explore(writers, { ...options, kills: false });
    expect(found).toMatchObject({ schedules: 6, violated: 2 });
    expect(sentences(found).slice(0, 2)).toEqual([
      'one was told that 1 row was committed; 1 of them is not in the table, and no commit removed them.',
      'two put version 4 of rows on top of version 2 and never saw what one committed in between. By the pointer one came first, by what it had read two did: no order of the two explains the table.',
    ]);
    const again = await replaySchedule(writers, found.violation?.script ?? [], options);
    expect({ ...again, script: found.violation?.script }).toEqual(found.violation);
  });

  it('holds if writers are killed between a swap and its answer', async () => {
    const found = new Set<string>();
    const onCrash = ({ jobs, history, script, verdict }: Schedule) => {
      const torn = script.filter((step) => step.do === 'kill' && step.at === 'swapped');
      const [outcome] = jobs.filter(({ name }) => name === torn[0]?.job);
      const rows = history?.live.map((file) => file.rows).sort();
      found.add(`${outcome?.outcome} ${rows?.join()} ${verdict.result}`);
    };
    const writers = { one: appends({ a: 1 }), two: appends({ a: 2 }) };
    const options = { ...(await stage()), kills: true, onCrash };
    expect(await explore(writers, options)).toMatchObject({ violated: 0, undecided: 0 });
    expect([...found]).toEqual(
      expect.arrayContaining(['unknown 1,5,7 holds', 'unknown 1,2,5,7 holds']),
    );
  });

  it('rejects a writer that may not try again, and leaves nothing of it', async () => {
    const world = await worldWith([{ a: 1 }], { 'commit.retry.num-retries': '0' });
    const writers = { one: appends({ a: 1 }), two: appends({ a: 2 }) };
    const found = await explore(writers, { ...(await stage({ world })), kills: true });
    expect(sentences(found)).toEqual([]);
    expect(found).toMatchObject({ schedules: 6, rejected: 2 });
  });

  it('holds when one deletes files that the other may be about to read', async () => {
    const world = await worldWith([{ a: 5 }, { b: 7 }]);
    const options = { ...(await stage({ world })), kills: true };
    const found = await explore({ one: expires, two: replaces({ a: 1 }) }, options);
    expect(sentences(found)).toEqual([]);
    expect(found).toMatchObject({ violated: 0, undecided: 0, complete: true });
  });

  it.each([
    ['the answer', losesOne('answer'), 'committed'],
    ['the request', losesOne('request'), 'unknown'],
    ['every answer', losesAnswers, 'unknown'],
  ] as const)('holds when an expiry loses %s of its catalog', async (_, loses, outcome) => {
    const ends = new Set<string | undefined>();
    const deleted = new Set<string>();
    const world = await worldWith([{ a: 5 }, { b: 7 }]);
    const onSchedule = ({ jobs, events }: Schedule) => {
      ends.add(jobs[0]?.outcome);
      for (const path of deletedFiles(events.filter(({ job }) => job === 'one'))) deleted.add(path);
    };
    const options = { ...(await stage({ world })), kills: true, onSchedule };
    const found = await explore({ one: within(expires, loses), two: appends({ a: 1 }) }, options);
    expect(sentences(found)).toEqual([]);
    expect(found).toMatchObject({ violated: 0, undecided: 0, complete: true });
    expect([...ends]).toContain(outcome);
    // Who learns that its swap was won deletes what only the forgotten snapshots reached.
    const lists = [...deleted].filter((path) => path.includes('/snap-'));
    expect(lists.length > 0).toBe(outcome === 'committed');
  });

  it('holds for transactions and for a rollback', async () => {
    const both = writes({ a: 1, b: 2 }, (written) => {
      const [one, two] = written.files;
      const changes = [
        replacePartitions(written.table, one ? [one] : []),
        append(two ? [two] : []),
      ];
      return commitChange(written, transaction(changes));
    });
    const back = writes({}, (written) => {
      const head = currentSnapshot(written.table.metadata)?.['snapshot-id'] ?? 0n;
      return commitChange(written, rollbackTo(written.table, head));
    });
    const options = { ...(await stage()), kills: true };
    for (const writers of [
      { one: both, two: replaces({ b: 3 }, 'serializable') },
      { one: back, two: appends({ a: 3 }) },
    ]) {
      const found = await explore(writers, options);
      expect(sentences(found)).toEqual([]);
      expect(found).toMatchObject({ violated: 0, undecided: 0, complete: true });
    }
  });

  it('holds when both create the table', async () => {
    const writers = { one: creates(appends({ a: 1 })), two: creates(appends({ b: 2 })) };
    for (const protocol of ['queued', 'optimistic'] as const) {
      const options = await stage({ protocol, world: new World() });
      const found = await explore(writers, { ...options, kills: true });
      expect(sentences(found)).toEqual([]);
      expect(found.complete).toBe(true);
    }
  });
});

describe('three writers', { timeout: 60_000 }, () => {
  const writers = {
    one: appends({ a: 1 }),
    two: replaces({ a: 2 }, 'serializable'),
    three: overwrites('a', {}),
  };

  it('hold in every schedule, with a queue whose holder may be killed, and chance finds no other', async () => {
    const options = await stage({ protocol: 'queued' });
    const explored = new Set<string>();
    const byChance = new Set<string>();
    const into = (seen: Set<string>) => ({
      onSchedule: (schedule: Schedule) => void seen.add(fingerprint(schedule)),
    });
    const found = await explore(writers, { ...options, kills: true, ...into(explored) });
    expect(sentences(found)).toEqual([]);
    expect(found).toMatchObject({ violated: 0, undecided: 0, complete: true });
    await sample(writers, { ...options, schedules: 80, seed: 1, ...into(byChance) });
    expect(byChance.size).toBeGreaterThan(10);
    expect([...byChance].filter((seen) => !explored.has(seen))).toEqual([]);
  });

  it('hold in a sample of schedules, the same for the same seed', async () => {
    const options = { ...(await stage()), schedules: 10, seed: 7 };
    const found = await sample(writers, options);
    expect(found).toMatchObject({ schedules: 10, violated: 0, complete: false });
    expect(await sample(writers, options)).toEqual(found);
  });

  it('are explored up to a limit', async () => {
    const found = await explore(writers, { ...(await stage()), kills: false, limit: 3 });
    expect(found).toMatchObject({ schedules: 3, complete: false });
  });
});

/** What a schedule came to, whatever the order of steps that commute. */
function fingerprint({ jobs, history }: Schedule): string {
  return JSON.stringify([
    jobs.map(({ name, outcome, attempts }) => [name, outcome, attempts]),
    history?.changes.map(({ added, removed, operation }) => [operation, added, removed]),
  ]);
}

describe('a schedule', () => {
  it('cannot be taken by other writers', async () => {
    const options = await stage();
    const { run } = await walk({ one: appends({ a: 1 }) }, options, first);
    const others = { two: appends({ a: 1 }) };
    await expect(replaySchedule(others, run.script, options)).rejects.toThrow(
      'The script cannot release one at start',
    );
  });
});
