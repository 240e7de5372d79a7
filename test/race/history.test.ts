import { expect, test } from 'vitest';
import { historyOf } from '../../src/race/history.ts';
import { RaceLog, table } from '../ui/fixture/race-log.ts';

test('a version that is read before its swap is heard of is one version, made by that swap', () => {
  const { events } = new RaceLog()
    .attempt('vendor-two', 1, 2, 10)
    .won('vendor-one', 1, 2, 10)
    .attempt('vendor-two', 2, 2, 10);
  const versions = historyOf(events).versions.get(table) ?? [];
  expect(versions.map(({ version, event }) => [version, event?.job])).toEqual([[2, 'vendor-one']]);
});

test('a version that two events tell as made is made by the first', () => {
  const { events } = new RaceLog().won('vendor-one', 1, 2, 10).won('vendor-one', 2, 2, 10);
  const versions = historyOf(events).versions.get(table) ?? [];
  expect(versions.map(({ version, event }) => [version, event?.seq])).toEqual([[2, 0]]);
});
