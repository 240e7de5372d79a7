import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Workflow } from '../../src/flare/workflow.ts';
import { readHistory } from '../../src/iceberg/history.ts';
import { memoryContext, SeededRandom } from '../../src/iceberg/memory.ts';
import { type FileSummary, type Protocol, stops } from '../../src/iceberg/stop.ts';
import { loadTable } from '../../src/iceberg/table.ts';
import type { Steering } from '../../src/race/conductor.ts';
import type { Schedule } from '../../src/race/explorer/exploration.ts';
import { toRaceScript, type Writers } from '../../src/race/explorer/script.ts';
import { sample } from '../../src/race/explorer/walk.ts';
import { World } from '../../src/race/explorer/world.ts';
import { appends, creates, exploredTable, replaces } from '../../src/race/explorer/writers.ts';
import type { JobReport } from '../../src/race/report.ts';
import type { WorkerPool } from '../../src/race/pool.ts';
import { Race } from '../../src/race/runner.ts';
import { MemoryLine, MemoryWorker } from './memory-worker.ts';

const writers: Writers = {
  one: creates(appends({ a: 1 })),
  two: creates(appends({ b: 2 })),
  three: creates(replaces({ a: 4, c: 8 })),
};

beforeAll(() => {
  // Nobody waits for a worker's lock here: workers in memory do not crash.
  vi.stubGlobal('navigator', { locks: { request: () => new Promise(() => undefined) } });
  return () => vi.unstubAllGlobals();
});

interface Run {
  protocol?: Protocol;
  chance: number;
  steering?: Steering;
  /** Steers the race as it goes on. */
  meddle?: (race: Race) => void;
  onJob?: (race: Race, job: JobReport) => void;
}

/** Runs the writers as a race over storage in memory. */
async function run({ protocol = 'queued', chance, steering = {}, meddle, onJob }: Run) {
  const world = memoryContext();
  const storage = { ...world, line: new MemoryLine(), writers, chance: new SeededRandom(chance) };
  const jobs = Object.keys(writers).map((name) => ({ name, dependencies: [] }));
  const race: Race = new Race({ name: 'race', jobs } as unknown as Workflow, {
    ...steering,
    protocol,
    seed: 'seed',
    pool: {
      take: () => new MemoryWorker(storage),
      refill: () => undefined,
    } as unknown as WorkerPool,
    check: () => Promise.resolve({ result: 'holds', sentences: [], ledger: [] }),
    onEvent: () => meddle?.(race),
    onJob: (job) => onJob?.(race, job),
  });
  const report = await race.finished;
  const table = await loadTable(world, exploredTable);
  const { live } = await readHistory(world.io, table, null);
  return {
    race,
    script: race.script,
    order: race.events.map(({ job, attempt, detail }) => `${job} ${attempt} ${detail.stop}`),
    outcomes: report.jobs.map(({ name, outcome, attempts }) => ({ name, outcome, attempts })),
    version: table.pointer.version,
    rows: rowsOf(live),
  };
}

const rowsOf = (files: readonly FileSummary[]) =>
  files.map(({ partition = '', rows = 0 }) => `${partition} ${rows}`).sort();

type Result = Awaited<ReturnType<typeof run>>;
const cameTo = ({ outcomes, version, rows }: Result) => ({ outcomes, version, rows });
const seeds = Array.from({ length: 16 }, (_, seed) => seed);

describe.each(['queued', 'optimistic', 'unsafe'] as const)('a %s race', (protocol) => {
  it('comes out the same over its script, whatever takes how long', async () => {
    for (const chance of seeds) {
      const free = await run({ protocol, chance });
      const steering = { script: free.script };
      const first = await run({ protocol, chance: chance + 1000, steering });
      expect(cameTo(first), `chance ${chance}`).toEqual(cameTo(free));
      const second = await run({ protocol, chance, steering: { script: first.script } });
      expect(second.order).toEqual(first.order);
      expect(second.script).toEqual(first.script);
    }
  }, 30_000);

  it('repeats the very same order of events fifty times of fifty', async () => {
    const { script } = await run({ protocol, chance: 7 });
    const orders = new Set<string>();
    for (let chance = 0; chance < 50; chance += 1) {
      orders.add((await run({ protocol, chance, steering: { script } })).order.join('\n'));
    }
    expect(orders.size).toBe(1);
  }, 30_000);

  it('with kills and restarts comes out the same over its script', async () => {
    for (const chance of seeds) {
      const stop = stops[chance % stops.length] ?? 'start';
      const free = await run({
        protocol,
        chance,
        meddle: (race) => {
          if (race.events.length === 1) race.killAt('two', stop);
        },
        onJob: (race, job) => {
          if (job.outcome !== 'committed' && job.earlier === undefined) void race.restart(job.name);
        },
      });
      const steering = { script: free.script };
      const first = await run({ protocol, chance: chance + 1000, steering });
      const told = `chance ${chance}, killed at ${stop}`;
      expect(cameTo(first), told).toEqual(cameTo(free));
      const second = await run({ protocol, chance: chance + 2000, steering });
      expect(second.order, told).toEqual(first.order);
      expect(second.script, told).toEqual(first.script);
    }
  }, 30_000);
});

describe('a script that does not fit', () => {
  it('ends the race with a sentence that says where', async () => {
    const { script } = await run({ chance: 3 });
    const at = script.findIndex(({ at: stop }) => stop === 'base-read');
    const other = script.map((step, index) =>
      index < at ? step : { ...step, at: 'start' as const },
    );
    await expect(run({ chance: 4, steering: { script: other } })).rejects.toThrow(
      `Step ${at + 1} of the script cannot release ${script[at]?.job} at start: it waits at base-read`,
    );
  });
});

describe('an explored schedule', () => {
  it.each(['queued', 'optimistic'] as const)(
    'comes out the same as a %s race',
    async (protocol) => {
      const schedules: Schedule[] = [];
      const options = { protocol, table: exploredTable, world: new World() };
      const onSchedule = (schedule: Schedule) => schedules.push(schedule);
      await sample(writers, { ...options, onSchedule, schedules: 25, seed: 1 });
      for (const [chance, { script, jobs, history }] of schedules.entries()) {
        const raceScript = toRaceScript(script);
        if (raceScript === null) throw new Error('Nobody was killed');
        const race = await run({ protocol, chance, steering: { script: raceScript } });
        expect(race.rows).toEqual(rowsOf(history?.live ?? []));
        expect(race.outcomes).toEqual(
          jobs.map(({ name, outcome, attempts }) => ({ name, outcome, attempts })),
        );
      }
    },
    30_000,
  );
});
