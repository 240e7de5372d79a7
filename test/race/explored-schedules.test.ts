import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Protocol } from '../../src/iceberg/stop.ts';
import type { Schedule } from '../../src/race/explorer/exploration.ts';
import { explore } from '../../src/race/explorer/explore.ts';
import { exploredWorld, writersOf } from '../../src/race/explorer/explored-jobs.ts';
import type { Operation } from '../../src/race/explorer/operations.ts';
import { type Script, toRaceScript, type Writers } from '../../src/race/explorer/script.ts';
import { sample } from '../../src/race/explorer/walk.ts';
import { World } from '../../src/race/explorer/world.ts';
import { exploredTable } from '../../src/race/explorer/writers.ts';
import { rowsOf, run, writers as creators } from './memory-race.ts';

beforeAll(() => {
  // Nobody waits for a worker's lock here: workers in memory do not crash.
  vi.stubGlobal('navigator', { locks: { request: () => new Promise(() => undefined) } });
  return () => vi.unstubAllGlobals();
});

const writing = (...does: Operation[]): Writers =>
  writersOf(
    does.map((operation, index) => ({
      name: ['one', 'two', 'three'][index] ?? '',
      operation,
      partition: 'a',
    })),
  );

interface Told {
  job: string;
  attempt: number;
  detail: { stop: string };
}

/** The order of what jobs did to the table; what a real job does before, no explored one does. */
const orderOf = (events: readonly Told[]) =>
  events
    .map(({ job, attempt, detail }) => `${job} ${attempt} ${detail.stop}`)
    .filter((told) => !/ (start|inputs-read|rows-computed)$/.test(told));

const explored = ({ events, history, jobs }: Schedule) => ({
  order: orderOf(events),
  outcomes: jobs.map(({ name, outcome, attempts }) => ({ name, outcome, attempts })),
  rows: rowsOf(history?.live ?? []),
});

/** What the same comes to as a race of workers in memory. */
async function raced(
  jobs: Writers,
  world: World,
  { protocol, script, chance }: { protocol: Protocol; script: Script; chance: number },
) {
  const steps = toRaceScript(script);
  if (steps === null) throw new Error(`Not to be run: ${JSON.stringify(script)}`);
  const steering = { script: steps };
  const { race, outcomes, rows } = await run({ protocol, chance, jobs, world, steering });
  return { order: orderOf(race.events), outcomes, rows };
}

/** Schedules by where jobs were killed in them, or else by the order in which they swapped: one of each. */
async function oneOfEach(jobs: Writers, world: World, protocol: Protocol): Promise<Schedule[]> {
  const kinds = new Map<string, Schedule>();
  const keep = (schedule: Schedule) => {
    const kills = schedule.script.filter((step) => step.do === 'kill');
    const swaps = schedule.events.filter(({ detail }) => detail.stop.startsWith('swap-'));
    const key = JSON.stringify(
      kills.length > 0 ? kills.map(({ job, at }) => [job, at]) : swaps.map(({ job }) => job),
    );
    if (!kinds.has(key)) kinds.set(key, schedule);
  };
  const options = { protocol, world, table: exploredTable, kills: true };
  await explore(jobs, { ...options, onSchedule: keep, onCrash: keep });
  return [...kinds.values()];
}

describe('an explored schedule', () => {
  it.each<[Protocol, Operation, Operation]>([
    ['queued', 'append', 'append'],
    ['queued', 'expire-snapshots', 'append'],
    ['optimistic', 'compaction', 'dynamic-overwrite'],
    ['unsafe', 'dynamic-overwrite-serializable', 'append'],
  ])(
    'with a kill anywhere or without comes out the same as a %s race, in the same order: %s and %s',
    async (protocol, ...does) => {
      const jobs = writing(...does);
      const world = await exploredWorld();
      const schedules = await oneOfEach(jobs, world, protocol);
      // Where no worker can be held.
      const isTorn = ({ script }: Schedule) =>
        script.some((step) => step.do === 'kill' && step.at === 'swapped');
      const torn = schedules.filter(isTorn);
      expect(torn.length).toBeGreaterThan(0);
      for (const { script } of torn) expect(toRaceScript(script)).toBeNull();
      const whole = schedules.filter((schedule) => !isTorn(schedule));
      expect(whole.length).toBeGreaterThan(60);
      for (const [chance, schedule] of whole.entries()) {
        const { script } = schedule;
        const race = await raced(jobs, world.fork(), { protocol, script, chance });
        expect(race, JSON.stringify(script)).toEqual(explored(schedule));
      }
    },
    30_000,
  );

  it.each(['queued', 'optimistic'] as const)(
    'in which an expiry takes away a base comes out the same as a %s race',
    async (protocol) => {
      const jobs = writing('compaction', 'append', 'expire-snapshots');
      const world = await exploredWorld();
      const schedules: Schedule[] = [];
      const onSchedule = (schedule: Schedule) => schedules.push(schedule);
      const options = { protocol, world, table: exploredTable, kills: false, limit: 90 };
      await explore(jobs, { ...options, onSchedule });
      const beaten = schedules.filter(({ events }) => lostUnasked(events));
      expect(beaten.length).toBeGreaterThan(0);
      for (const [chance, schedule] of beaten.entries()) {
        const { script } = schedule;
        const race = await raced(jobs, world.fork(), { protocol, script, chance });
        expect(race, JSON.stringify(script)).toEqual(explored(schedule));
      }
    },
  );

  it.each(['queued', 'optimistic'] as const)(
    'of jobs that create their table is the same as a %s race, but for what comes in between two looks at the catalog',
    async (protocol) => {
      const schedules: Schedule[] = [];
      const options = { protocol, table: exploredTable, world: new World() };
      const onSchedule = (schedule: Schedule) => schedules.push(schedule);
      await sample(creators, { ...options, onSchedule, schedules: 25, seed: 1 });
      const [inBetween, others] = [true, false].map((is) =>
        schedules.filter(({ script }) => isInterrupted(script) === is),
      );
      expect(inBetween?.map(({ script }) => toRaceScript(script))).toContain(null);
      for (const [chance, schedule] of (others ?? []).entries()) {
        const { script } = schedule;
        const race = await raced(creators, new World(), { protocol, script, chance });
        expect(race, JSON.stringify(script)).toEqual(explored(schedule));
      }
      for (const { script } of inBetween ?? []) expect(toRaceScript(script)).toBeNull();
    },
    30_000,
  );

  it('is no race if a job is killed between two looks at the catalog', () => {
    const looks = (what: 'release' | 'kill'): Script => [
      { do: 'release', job: 'one', at: 'before-swap' },
      { do: what, job: 'one', at: 'catalog' },
    ];
    expect(toRaceScript(looks('kill'))).toBeNull();
    expect(toRaceScript(looks('release'))).toEqual([
      { do: 'release', job: 'one', at: 'before-swap' },
    ]);
  });
});

/** Whether somebody lost a swap that was never asked for, as the files of the base were gone. */
const lostUnasked = (events: Schedule['events']): boolean =>
  events.some(({ job, detail, seq }) => {
    const before = events.findLast((event) => event.job === job && event.seq < seq);
    return detail.stop === 'swap-lost' && before?.detail.stop === 'base-read';
  });

/** Whether others did something while a job was about to look at the catalog a second time. */
const isInterrupted = (script: Script): boolean =>
  script.some(({ at, job }, index) => at === 'catalog' && script[index - 1]?.job !== job);
