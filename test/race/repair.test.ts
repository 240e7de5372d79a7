import { expect, test } from 'vitest';
import { planRepair } from '../../src/race/repair.ts';
import type { Verdict } from '../../src/race/report.ts';
import { RaceLog, table, twoAppends } from '../ui/fixture/race-log.ts';

const lostBy = (job: string, result: Verdict['result'] = 'violated'): Verdict => ({
  result,
  sentences: [],
  ledger: [{ job, told: 10, found: 0, replaced: 0, missing: 10 }],
});

test('the manifests of a job whose rows are missing say what to add again', () => {
  expect(planRepair(table, twoAppends(), lostBy('vendor-one'))).toEqual({
    table,
    base: 'v1.metadata.json',
    manifests: ['vendor-one-m0.avro'],
  });
});

test('a race that lost nothing has nothing to add again', () => {
  const holds: Verdict = { result: 'holds', sentences: [], ledger: [] };
  expect(planRepair(table, twoAppends(), holds)?.manifests).toEqual([]);
});

test('what an overwrite lost, what could not be judged, and another table are not repaired', () => {
  const log = new RaceLog().work('one', 10).attempt('one', 1, 1, 0);
  const events = log.events.map((event) =>
    event.detail.stop === 'list-written'
      ? { ...event, detail: { ...event.detail, operation: 'overwrite' } }
      : event,
  );
  expect(planRepair(table, events, lostBy('one'))).toBeNull();
  expect(planRepair(table, twoAppends(), lostBy('vendor-one', 'cannot-tell'))).toBeNull();
  expect(planRepair('icebase:raw01/other', twoAppends(), lostBy('vendor-one'))).toBeNull();
});
