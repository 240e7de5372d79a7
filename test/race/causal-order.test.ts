import { expect, test } from 'vitest';
import { causalOrder } from '../../src/race/causal-order.ts';
import type { RaceEvent } from '../../src/race/event.ts';
import { RaceLog, table } from '../ui/fixture/race-log.ts';

const base = (version: number) => ({
  version,
  location: `v${version}.metadata.json`,
  snapshotId: null,
  rows: 0,
});

const scans = (version: number): RaceEvent['detail'] => ({
  stop: 'inputs-read',
  inputs: [
    { name: 'own', dataset: table, rows: 0, bytes: 0, scan: { base: base(version), files: [] } },
  ],
});

const writes = (version: number): RaceEvent['detail'] => ({
  stop: 'data-written',
  base: base(version),
  files: [],
  ms: 0,
});

const orderOf = (log: RaceLog) =>
  causalOrder(log.events, []).flatMap(({ event }) =>
    event === undefined ? [] : [`${event.job} ${event.detail.stop}`],
  );

test.each([
  ['scanned', scans],
  ['found before its files', writes],
])('a version that a job has %s is older than the next one', (_, reads) => {
  const log = new RaceLog().won('writer', 1, 2, 0).won('writer', 1, 3, 0).add('job', 0, reads(2));
  const stop = reads(2).stop;
  expect(orderOf(log)).toEqual(['writer swap-won', `job ${stop}`, 'writer swap-won']);
});

test.each([
  ['scanned', scans],
  ['found before its files', writes],
])('a version that a job has %s was made before', (_, reads) => {
  const log = new RaceLog().add('job', 0, reads(2)).won('writer', 1, 2, 0);
  expect(orderOf(log)).toEqual(['writer swap-won', `job ${reads(2).stop}`]);
});

test('inputs of other tables and logs that do not tell stay where they are', () => {
  const log = new RaceLog()
    .won('writer', 1, 3, 0)
    .add('job', 0, { stop: 'inputs-read', inputs: [] })
    .add('job', 0, { stop: 'data-written', files: [], ms: 0 });
  expect(orderOf(log)).toEqual(['writer swap-won', 'job inputs-read', 'job data-written']);
});
