import { expect, test } from 'vitest';
import { tellingEvent } from '../../src/race/telling-event.ts';
import { RaceLog, twoAppends } from '../ui/fixture/race-log.ts';

test('of a race that is over the lost swap tells most, and of one that is on the latest', () => {
  const events = twoAppends();
  expect(tellingEvent(events, true)?.detail.stop).toBe('swap-lost');
  expect(tellingEvent(events, false)?.detail.stop).toBe('swap-won');
  expect(tellingEvent([], true)).toBe(null);
});

test('a refusal tells most, until the job is run again', () => {
  const error = {
    kind: 'Validation',
    message: 'refused',
    context: {},
    retryable: false,
  } as const;
  const log = new RaceLog().work('vendor-one', 901).won('vendor-one', 1, 2, 901);
  log.work('vendor-two', 972).add('vendor-two', 2, { stop: 'failed', error });
  expect(tellingEvent(log.events, true)?.detail.stop).toBe('failed');
  log.work('vendor-two', 972).won('vendor-two', 1, 3, 972);
  expect(tellingEvent(log.events, true)).toBe(log.events.at(-1));
});
