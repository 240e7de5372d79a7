import { expect, test } from 'vitest';
import { historyOf } from '../../../src/race/history.ts';
import { narrate } from '../../../src/race/narrate.ts';
import type { RaceEvent } from '../../../src/race/event.ts';
import { newsOf } from '../../../src/ui/lanes/news.ts';
import { RaceLog, twoAppends } from '../fixture/race-log.ts';

const raceOf = (events: readonly RaceEvent[], elsewhere = '') => ({
  events,
  isElsewhere: (job: string) => job === elsewhere,
  sentenceOf: (event: RaceEvent) => narrate(event, historyOf(events)),
});

test('of a race each outcome is said once, and none of the stops between', () => {
  const sentences = newsOf(raceOf(twoAppends()), 0, 'Both appends are in.');
  expect(sentences.map((sentence) => sentence.split('. ')[0])).toEqual([
    'vendor-one created ny_taxi_04',
    'vendor-one won the swap',
    'vendor-two lost the swap',
    'vendor-one is done',
    'vendor-two won the swap',
    'vendor-two is done',
    'Both appends are in.',
  ]);
});

test('what was heard is not said again, nor a caption that says the same as an outcome', () => {
  const events = twoAppends();
  const race = raceOf(events);
  const [last] = events.slice(-1);
  if (last === undefined) throw new Error('There is no event.');
  expect(newsOf(race, events.length - 1, race.sentenceOf(last))).toHaveLength(1);
  expect(newsOf(race, events.length, '')).toEqual([]);
});

test('a refused commit is left to the verdict, which alerts to it', () => {
  const error = {
    kind: 'Validation',
    message: 'Found new files.',
    context: {},
    retryable: false,
  } as const;
  const race = raceOf(
    new RaceLog().work('vendor-one', 10).add('vendor-one', 1, { stop: 'failed', error }).events,
  );
  expect(newsOf(race, 0, 'vendor-one was refused. Found new files.')).toEqual([]);
});

test('what comes out for a job of another tab is left to the caption', () => {
  const race = raceOf(twoAppends(), 'vendor-two');
  expect(newsOf(race, 0, '').filter((each) => each.startsWith('vendor-two'))).toEqual([]);
});
