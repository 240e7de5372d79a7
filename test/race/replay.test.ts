import { beforeAll, describe, expect, it, vi } from 'vitest';
import { stops } from '../../src/iceberg/stop.ts';
import type { RaceEvent } from '../../src/race/event.ts';
import { scriptUpTo } from '../../src/race/race-record.ts';
import { run } from './memory-race.ts';

beforeAll(() => {
  // Nobody waits for a worker's lock here: workers in memory do not crash.
  vi.stubGlobal('navigator', { locks: { request: () => new Promise(() => undefined) } });
  return () => vi.unstubAllGlobals();
});

type Result = Awaited<ReturnType<typeof run>>;
const cameTo = ({ outcomes, version, rows }: Result) => ({ outcomes, version, rows });
const stepsOf = (events: readonly RaceEvent[]) =>
  events.map(({ job, attempt, detail }) => `${job} ${attempt} ${detail.stop}`).sort();
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

describe.each(['queued', 'optimistic', 'unsafe'] as const)('a fork of a %s race', (protocol) => {
  it.each(seeds.slice(0, 6))(
    'has the past of the race up to any event of it, and goes on from there (chance %i)',
    async (chance) => {
      const { race } = await run({ protocol, chance });
      const isStep = ({ detail }: { detail: { stop: string } }) => detail.stop !== 'start';
      for (const { seq } of race.events.filter(isStep)) {
        let past: string[] | null = null;
        const fork = await run({
          protocol,
          chance: chance + seq,
          steering: { script: scriptUpTo(race, seq), afterScript: 'pause' },
          onState: (forked, { script, paused }) => {
            if (script !== null || !paused || past !== null) return;
            past = stepsOf(forked.events.filter(isStep));
            forked.resume();
          },
        });
        const shown = race.events.slice(0, seq + 1).filter(isStep);
        expect(past, `event ${seq}`).toEqual(expect.arrayContaining(stepsOf(shown)));
        expect(fork.outcomes).toHaveLength(3);
      }
    },
    30_000,
  );
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
