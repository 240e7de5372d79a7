import { expect, test } from 'vitest';
import { witnessOf } from '../../src/race/witness.ts';
import { RaceLog, twoAppends } from '../ui/fixture/race-log.ts';

test('a put that never saw the version it was put upon is the witness of a lost update', () => {
  const log = new RaceLog()
    .add('one', 0, { stop: 'start', protocol: 'unsafe' })
    .add('two', 0, { stop: 'start', protocol: 'unsafe' })
    .attempt('one', 1, 1, 0)
    .attempt('two', 1, 1, 0)
    .won('one', 1, 2, 901)
    .won('two', 1, 3, 972);
  const seqOf = (job: string) =>
    log.events.find((event) => event.job === job && event.detail.stop === 'swap-won')?.seq;
  expect(witnessOf(log.events)).toEqual({
    buried: { seq: seqOf('one'), job: 'one', version: 2 },
    by: { seq: seqOf('two'), job: 'two', version: 3, base: 1 },
  });
});

test('a race that compares has no witness', () => {
  expect(witnessOf(twoAppends())).toBe(null);
});
