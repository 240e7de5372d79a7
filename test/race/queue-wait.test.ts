import { expect, test } from 'vitest';
import type { RaceEvent } from '../../src/race/event.ts';
import { historyOf } from '../../src/race/history.ts';
import { queueWaitOf } from '../../src/race/queue-wait.ts';
import { RaceLog } from '../ui/fixture/race-log.ts';

const queued = (log: RaceLog, job: string, attempt: number, expected: number, found: number) =>
  log.add(job, attempt, { stop: 'swap-lost', expected, found, next: { do: 'queue' } });

/** One wins; two and three lose and queue, two comes first. */
function twoInTheQueue(): RaceEvent[] {
  const log = new RaceLog().won('one', 1, 2, 10);
  queued(log, 'two', 1, 1, 2);
  queued(log, 'three', 1, 1, 2);
  return log
    .attempt('two', 2, 2, 10)
    .won('two', 2, 3, 20)
    .attempt('three', 2, 3, 20)
    .won('three', 2, 4, 30).events;
}

const waitAt = (events: readonly RaceEvent[], job: string, stop: string, attempt: number) => {
  const event = events.find(
    (each) => each.job === job && each.detail.stop === stop && each.attempt === attempt,
  );
  if (event === undefined) throw new Error(`${job} never came to ${stop}.`);
  return queueWaitOf(event, historyOf(events));
};

test('who waits for the queue is told how long, and who had the lock', () => {
  const events = twoInTheQueue();
  expect(waitAt(events, 'three', 'swap-lost', 1)).toEqual({ ms: 140, holders: ['two'] });
  expect(waitAt(events, 'three', 'base-read', 2)).toEqual({ ms: 140, holders: ['two'] });
  expect(waitAt(events, 'two', 'swap-lost', 1)).toEqual({ ms: 40, holders: [] });
});

test('while a job waits, its wait has no end', () => {
  const events = twoInTheQueue().slice(0, 6);
  expect(waitAt(events, 'three', 'swap-lost', 1)).toEqual({ ms: null, holders: ['two'] });
});

test('a first attempt has waited for nobody, nor has one that waits by the clock', () => {
  const events = new RaceLog().attempt('one', 1, 1, 0).lost('one', 1, 1, 2).attempt('one', 2, 2, 0);
  expect(waitAt(events.events, 'one', 'base-read', 1)).toBeNull();
  expect(waitAt(events.events, 'one', 'base-read', 2)).toBeNull();
});
