import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { consoleOf } from '../../src/lab/console.ts';
import { RaceView } from '../../src/lab/race-view.svelte.ts';
import { Races } from '../../src/lab/races.svelte.ts';
import { Session } from '../../src/lab/session.ts';
import type { Race } from '../../src/race/runner.ts';
import { tripsFile } from './trips.ts';

const perVendor =
  'select vendor_id, count(*) as n from icebase.raw01.ny_taxi_04 group by 1 order by 1';

const session = new Session();
const app = consoleOf(session);
const view = new RaceView((flush) => flush());
const races = new Races(session, view);
const append = await (await fetch('/workflows/append.yaml')).text();
const started: Race[] = [];
session.onRace((race, workflow) => {
  started.push(race);
  view.begin(workflow.jobs);
  void race.finished.then((report) => view.end(report));
  return { onEvent: (event) => view.record(event) };
});

beforeEach(async () => {
  await app.reset();
  await app.drop('dataos://thirdparty01:none/ny-taxi-data', [tripsFile(5)]);
  await races.refresh();
});

afterAll(() => session.close());

/** Resolves when a judged race is in the list. */
async function kept(count: number): Promise<void> {
  await expect.poll(() => races.refresh().then(() => races.list.length)).toBe(count);
}

const orderOf = (race: Race | undefined) =>
  race?.events.map(({ job, attempt, detail }) => `${job} ${attempt} ${detail.stop}`);

describe('a judged race', () => {
  it('is kept, replayed over its script to the same rows, and compared', async () => {
    await app.run(append);
    const before = (await app.query(perVendor)).rows;
    await kept(1);
    const [first] = races.list;
    expect(first).toMatchObject({
      protocol: 'queued',
      verdict: 'holds',
      tables: ['icebase:raw01/ny_taxi_04'],
    });
    await app.run(append);
    await kept(2);
    await races.replay(first?.id ?? '');
    expect(races.error).toBeNull();
    expect((await app.query(perVendor)).rows).toEqual(before);
    await kept(3);
    await races.replay(races.list[0]?.id ?? '');
    expect(orderOf(started.at(-1))).toEqual(orderOf(started.at(-2)));
    await kept(4);
    for (const { id } of races.list.slice(0, 2)) races.choose(id, true);
    await races.compare();
    expect(races.comparison?.difference).toContain('Both went the same way');
    races.endComparison();
    await races.remove(first?.id ?? '');
    expect(races.list).toHaveLength(3);
  });

  it('is forked at the cursor: another future follows the same past', async () => {
    await app.run(append);
    await kept(1);
    await races.open(races.list[0]?.id ?? '');
    const past = started.at(-1)?.events ?? [];
    const seq = past.findIndex(
      ({ detail, attempt }) => detail.stop === 'before-swap' && attempt > 0,
    );
    expect(races.canFork).toBe(false);
    view.select(seq);
    expect(races.canFork).toBe(true);
    const count = started.length;
    const forked = races.fork();
    await expect
      .poll(() => started.length > count && started.at(-1)?.state.script, { timeout: 30_000 })
      .toBeNull();
    const race = started.at(-1);
    expect(race?.paused).toBe(true);
    // Whose worker is up first is not part of what is repeated.
    const steps = (order: string[] = []) => order.filter((step) => !step.endsWith(' start')).sort();
    expect(steps(orderOf(race))).toEqual(steps(orderOf(started.at(-2))?.slice(0, seq + 1)));
    race?.kill(past[seq]?.job ?? '');
    race?.resume();
    await forked;
    expect(view.report?.jobs.map(({ outcome }) => outcome).sort()).toEqual([
      'committed',
      'unknown',
    ]);
  });

  it('of another version is left alone and counted', async () => {
    const race = { id: 'old', startedAt: 1, summary: { version: 0 }, log: { version: 0 } };
    await session.workbench.call('saveRace', { race });
    await races.refresh();
    expect([races.list.length, races.others]).toEqual([0, 1]);
    await races.open('old');
    expect(races.error?.message).toBe('This race is not kept any more.');
  });

  it('is not replayed when its table cannot be set back', async () => {
    const tables = [{ table: 'icebase:raw01/ny_taxi_04', location: 'opfs:///warehouse/gone' }];
    await expect(session.workbench.call('setBack', { tables })).rejects.toMatchObject({
      kind: 'IllegalState',
      message: expect.stringContaining('cannot be set back') as string,
    });
  });
});
