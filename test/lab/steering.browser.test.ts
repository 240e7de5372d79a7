import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parseWorkflows } from '../../src/flare/parse.ts';
import type { Workflow } from '../../src/flare/workflow.ts';
import type { Protocol } from '../../src/iceberg/stop.ts';
import { type Console, consoleOf } from '../../src/lab/console.ts';
import { Session } from '../../src/lab/session.ts';
import type { Race } from '../../src/race/runner.ts';
import type { Script } from '../../src/race/script.ts';
import { tripsFile } from './trips.ts';

const [one, two] = ['nytaxi-vendor-one', 'nytaxi-vendor-two'] as const;
const table = 'dataos://icebase:raw01/ny_taxi_04';
const perVendor =
  'select vendor_id, count(*) as n from icebase.raw01.ny_taxi_04 group by 1 order by 1';

const session = new Session();
const app: Console = consoleOf(session);
const append = await (await fetch('/workflows/append.yaml')).text();

const workflowOf = (yaml: string): Workflow => {
  const [workflow] = parseWorkflows(yaml).workflows;
  if (workflow === undefined) throw new Error('The workflow does not parse');
  return workflow;
};

beforeEach(async () => {
  await app.reset();
  await app.drop('dataos://thirdparty01:none/ny-taxi-data', [tripsFile(5)]);
});

afterAll(() => session.close());

/** What happened, event by event. */
const orderOf = ({ events }: Race) =>
  events.map(({ job, attempt, detail }) => `${job} ${attempt} ${detail.stop}`);

async function runScript(script: Script, protocol: Protocol) {
  const race = session.start(workflowOf(append), { protocol, script, seed: 'seed' });
  const { jobs, verdict } = await race.finished;
  return { order: orderOf(race), outcomes: jobs.map(({ outcome }) => outcome), verdict };
}

describe('a script', () => {
  it.each(['queued', 'optimistic'] as const)(
    'of a %s race gives the same order every time',
    async (protocol) => {
      const free = session.start(workflowOf(append), { protocol });
      await free.finished;
      const results = new Set<string>();
      for (let time = 0; time < 3; time += 1) {
        await app.reset();
        await app.drop('dataos://thirdparty01:none/ny-taxi-data', [tripsFile(5)]);
        const { order, outcomes, verdict } = await runScript(free.script, protocol);
        expect(outcomes).toEqual(['committed', 'committed']);
        expect(verdict.result).toBe('holds');
        results.add(order.join('\n'));
      }
      expect(results.size).toBe(1);
    },
  );

  it('makes vendor one win and vendor two lose its swap, whoever is quicker', async () => {
    await app.run(append);
    const { workflows } = await app.run(append, {
      protocol: 'optimistic',
      script: `
        run ${two} to before-swap
        run ${one} to before-swap
        release ${one} at before-swap
        release ${two} at before-swap`,
    });
    expect(workflows[0]?.jobs.map(({ attempts }) => attempts)).toEqual([1, 2]);
    expect(workflows[0]?.script.length).toBeGreaterThan(20);
  });

  it('that does not fit ends the race, and says where', async () => {
    const script = [{ do: 'release', job: one, at: 'before-swap' }] as const;
    await expect(app.run(append, { script })).rejects.toThrow(
      `Step 1 of the script cannot release ${one} at before-swap: it waits at start.`,
    );
    // No worker is left that would keep the storage busy.
    await app.reset();
  });
});

describe('a restarted job', () => {
  it('commits once when it had been killed before its swap', async () => {
    const race = session.start(workflowOf(append), { protocol: 'queued' });
    race.killAt(one, 'metadata-written');
    await race.finished;
    expect((await app.query(perVendor)).rows).toEqual([{ vendor_id: 2, n: 10 }]);
    const { jobs, verdict } = await race.restart(one);
    expect(jobs[0]).toMatchObject({ outcome: 'committed', earlier: [{ outcome: 'killed' }] });
    expect(verdict.result).toBe('holds');
    expect((await app.query(perVendor)).rows.map(({ n }) => n)).toEqual([10, 10]);
  });

  it('does not write twice what it had committed before it was killed', async () => {
    const race = session.start(workflowOf(append), { protocol: 'queued' });
    race.killAt(one, 'swap-won');
    await race.finished;
    const { jobs, verdict } = await race.restart(one);
    expect(jobs[0]).toMatchObject({ outcome: 'committed', rows: 10 });
    expect(verdict).toMatchObject({ result: 'holds', ledger: [{ told: 10 }, { told: 10 }] });
    expect((await app.query(perVendor)).rows.map(({ n }) => n)).toEqual([10, 10]);
    expect(await app.snapshots(table)).toHaveLength(2);
  });
});

describe('a running race', () => {
  it('is paused, stepped and resumed', async () => {
    const race = session.start(workflowOf(append), { protocol: 'queued', paused: true });
    await race.reached(one, 'start');
    await race.reached(two, 'start');
    expect(race.heldAt(one)?.stop).toBe('start');
    race.step(one);
    await race.reached(one, 'inputs-read');
    expect(race.heldAt(one)?.stop).toBe('inputs-read');
    expect(race.heldAt(two)?.stop).toBe('start');
    race.resume();
    const { jobs } = await race.finished;
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
  });
});
