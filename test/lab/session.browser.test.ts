import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type Console, consoleOf } from '../../src/lab/console.ts';
import { parseWorkflows } from '../../src/flare/parse.ts';
import type { Workflow } from '../../src/flare/workflow.ts';
import { Session } from '../../src/lab/session.ts';
import { textTripsFile, tripsFile } from './trips.ts';

const input = 'dataos://thirdparty01:none/ny-taxi-data';
const table = 'dataos://icebase:raw01/ny_taxi_04';
const perVendor =
  'select vendor_id, count(*) as n from icebase.raw01.ny_taxi_04 group by 1 order by 1';

const session = new Session();
const app: Console = consoleOf(session);

const [append, overwrite, setMetadata] = (await Promise.all(
  ['append', 'overwrite-dynamic', 'set-metadata'].map(async (name) =>
    (await fetch(`/workflows/${name}.yaml`)).text(),
  ),
)) as [string, string, string];

const workflowOf = (yaml: string): Workflow => {
  const [workflow] = parseWorkflows(yaml).workflows;
  if (workflow === undefined) throw new Error('The workflow does not parse');
  return workflow;
};

beforeEach(async () => {
  await app.reset();
  await app.drop(input, [tripsFile(50)]);
});

afterAll(() => session.close());

describe('a race', () => {
  it('appends the rows of both jobs, and the checker holds', async () => {
    const { workflows } = await app.run(append);
    expect(workflows[0]?.jobs.map(({ outcome, rows, error }) => [outcome, rows, error])).toEqual([
      ['committed', 100, null],
      ['committed', 100, null],
    ]);
    expect(workflows[0]?.verdict.result).toBe('holds');
    expect((await app.query(perVendor)).rows).toEqual([
      { vendor_id: 1, n: 100 },
      { vendor_id: 2, n: 100 },
    ]);
    expect((await app.snapshots(table)).map(({ operation }) => operation)).toEqual([
      'append',
      'append',
    ]);
  });

  it('leaves only the last committer in the months that both overwrite', async () => {
    const { workflows } = await app.run(overwrite);
    const last = (await app.snapshots(table)).at(-1)?.snapshotId;
    const winner = workflows[0]?.jobs.findIndex(({ snapshotId }) => snapshotId === last) ?? -1;
    expect((await app.query(perVendor)).rows).toEqual([{ vendor_id: winner + 1, n: 100 }]);
    expect(workflows[0]?.verdict.result).toBe('holds');
    expect(workflows[0]?.verdict.sentences.join(' ')).toContain('replaced 100 rows');
  });

  it('shows by the registered version what set-metadata registered', async () => {
    await app.run([append, setMetadata]);
    await app.run(append);
    const registered = await app.query(perVendor, { at: 'registered' });
    expect(registered.rows.map(({ n }) => n)).toEqual([100, 100]);
    expect((await app.query(perVendor)).rows.map(({ n }) => n)).toEqual([200, 200]);
  });

  it('loses acknowledged rows without the swap when both jobs read the same base', async () => {
    await app.run(append);
    const [one, two] = ['nytaxi-vendor-one', 'nytaxi-vendor-two'] as const;
    const race = session.start(workflowOf(append), {
      protocol: 'unsafe',
      holds: { [one]: ['before-swap'], [two]: ['before-swap'] },
    });
    await race.reached(one, 'before-swap');
    await race.reached(two, 'before-swap');
    race.release(one);
    await race.reached(one, 'finished');
    race.release(two);
    const { verdict } = await race.finished;
    expect(verdict.result).toBe('violated');
    expect(verdict.ledger).toEqual([
      { job: one, told: 100, found: 0, replaced: 0, missing: 100 },
      { job: two, told: 100, found: 100, replaced: 0, missing: 0 },
    ]);
    expect((await app.tables())[0]?.unsafe).toBe(true);
  });

  it('makes the second of two held jobs lose its swap, read again and win', async () => {
    await app.run(append);
    const [one, two] = ['nytaxi-vendor-one', 'nytaxi-vendor-two'] as const;
    const race = session.start(workflowOf(append), {
      protocol: 'optimistic',
      holds: { [one]: ['before-swap'], [two]: ['before-swap'] },
    });
    await race.reached(one, 'before-swap');
    await race.reached(two, 'before-swap');
    race.hold(two, 'none');
    race.release(one);
    await race.reached(one, 'finished');
    race.release(two);
    const { jobs, verdict } = await race.finished;
    expect(jobs.map(({ outcome, attempts }) => [outcome, attempts])).toEqual([
      ['committed', 1],
      ['committed', 2],
    ]);
    expect(verdict.result).toBe('holds');
  });

  it('goes on when a job is killed before its swap, and none of its rows arrive', async () => {
    const race = session.start(workflowOf(append), {
      protocol: 'queued',
      holds: { 'nytaxi-vendor-one': ['metadata-written'] },
    });
    await race.reached('nytaxi-vendor-one', 'metadata-written');
    race.kill('nytaxi-vendor-one');
    const { jobs, verdict } = await race.finished;
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['killed', 'committed']);
    expect(verdict.result).toBe('holds');
    expect((await app.query(perVendor)).rows).toEqual([{ vendor_id: 2, n: 100 }]);
  });

  it('ends a job whose statement fails with its class, place and remedy, and not the other', async () => {
    const broken = append.replace('where vendor_id = 1', 'where vendr_id = 1');
    const { workflows } = await app.run(broken);
    const [one, two] = workflows[0]?.jobs ?? [];
    expect(one?.outcome).toBe('rejected');
    expect(one?.error?.kind).toBe('SqlInvalid');
    expect(one?.error?.message).toContain('[UNRESOLVED_COLUMN.WITH_SUGGESTION]');
    const lines = broken.split('\n');
    const line = lines.findIndex((text) => text.includes('vendr_id'));
    expect(one?.error?.range).toMatchObject({
      line: line + 1,
      column: (lines[line]?.indexOf('vendr_id') ?? 0) + 1,
    });
    expect(one?.error?.remedy).toContain('vendor_id');
    expect(two?.outcome).toBe('committed');
    expect((await app.query(perVendor)).rows).toEqual([{ vendor_id: 2, n: 100 }]);
  });

  it('names the place of an input that was never dropped', async () => {
    const { workflows } = await app.run(append.replace('none/ny-taxi-data?', 'none/other?'));
    const error = workflows[0]?.jobs[0]?.error;
    expect(error?.message).toBe(
      '[PATH_NOT_FOUND] Path does not exist: dataos://thirdparty01:none/other.',
    );
    expect(error?.range?.line).toBeGreaterThan(1);
    expect(workflows[0]?.jobs[1]?.outcome).toBe('committed');
  });

  it('skips a job whose dependency failed and says which', async () => {
    const chained = append
      .replace('where vendor_id = 1', 'where vendr_id = 1')
      .replace(
        '- name: nytaxi-vendor-two',
        '- name: nytaxi-vendor-two\n    dependencies: [nytaxi-vendor-one]',
      );
    const { workflows } = await app.run(chained);
    expect(workflows[0]?.jobs.map(({ outcome }) => outcome)).toEqual(['rejected', 'skipped']);
    expect(workflows[0]?.jobs[1]?.error?.message).toContain('nytaxi-vendor-one');
  });

  it('says what Spark keeps to itself when text is divided: how many rows, and what to write', async () => {
    await app.reset();
    await app.drop(input, [textTripsFile(20)]);
    const { workflows } = await app.run(append);
    const [one] = workflows[0]?.jobs ?? [];
    expect(one?.outcome).toBe('committed');
    expect(one?.warnings).toHaveLength(1);
    expect(one?.warnings[0]?.context).toMatchObject({
      job: 'nytaxi-vendor-one',
      statement: 'ny_taxi_changed_dateformat',
      expression: 'to_timestamp(pickup_datetime/1000)',
      column: 'pickup_datetime',
      type: 'string',
      rows: '20',
    });
    expect(one?.warnings[0]?.remedy).toContain('to_timestamp(pickup_datetime)');
    const { rows } = await app.query(
      'select count(*) as n from icebase.raw01.ny_taxi_04 where date_col is null',
    );
    expect(rows).toEqual([{ n: 40 }]);
  });

  it('makes the same an error under ANSI rules, and changes no table', async () => {
    await app.reset();
    await app.drop(input, [textTripsFile(20)]);
    const strict = append.replaceAll(
      '      flare:\n        job:',
      '      flare:\n        sparkConf:\n        - spark.sql.ansi.enabled: "true"\n        job:',
    );
    const { workflows } = await app.run(strict);
    for (const job of workflows[0]?.jobs ?? []) {
      expect(job.outcome).toBe('rejected');
      expect(job.error?.message).toContain('[CAST_INVALID_INPUT]');
      expect(job.error?.range?.line).toBeGreaterThan(1);
    }
    expect(await app.tables()).toEqual([]);
  });
});
