import { expect, test } from 'vitest';
import type { RaceEvent } from '../../src/race/event.ts';
import { historyOf } from '../../src/race/history.ts';
import { narrate } from '../../src/race/narrate.ts';
import { RaceLog, table, twoAppends } from '../ui/fixture/race-log.ts';

const last = (events: RaceEvent[]) => {
  const event = events.at(-1);
  if (event === undefined) throw new Error('The log is empty.');
  return narrate(event, historyOf(events));
};
const nth = (events: RaceEvent[], index: number) => last(events.slice(0, index + 1));
const at = (events: RaceEvent[], job: string, stop: string, attempt: number) => {
  const event = events.find(
    (each) => each.job === job && each.detail.stop === stop && each.attempt === attempt,
  );
  if (event === undefined) throw new Error(`${job} never reached ${stop}.`);
  return narrate(event, historyOf(events));
};

test('a lost swap names who was first, and what was expected and made', () => {
  expect(at(twoAppends(), 'vendor-two', 'swap-lost', 1)).toBe(
    'vendor-two lost the swap. It had read version 1, but vendor-one made version 2 first. ' +
      'It waits 104 ms, reads again and tries once more, with the data files it already has.',
  );
});

test('a swap that somebody outside this race won names nobody', () => {
  const log = new RaceLog().attempt('vendor-two', 1, 1, 0).lost('vendor-two', 1, 1, 7);
  expect(last(log.events)).toContain('but somebody else made version 7 first');
});

test('a job whose table was created by another one meanwhile uses that table', () => {
  const log = new RaceLog().won('vendor-one', 0, 1, 0, 'create');
  log.add('vendor-two', 0, {
    stop: 'swap-lost',
    expected: null,
    found: 1,
    next: { do: 'wait', ms: 0 },
  });
  expect(last(log.events)).toBe(
    'vendor-two did not create ny_taxi_04. Vendor-one created it first, so it uses that table.',
  );
});

test('an overwrite says how many rows it replaces, and where', () => {
  const removes = [
    { path: 'a', bytes: 1, rows: 2283, partition: 'month=2016-01' },
    { path: 'b', bytes: 1, rows: 2413, partition: 'month=2016-02' },
  ];
  const log = new RaceLog()
    .add('vendor-two', 1, { stop: 'validated', isolation: 'none', since: null, removes })
    .won('vendor-two', 1, 3, 5304, 'overwrite');
  expect(nth(log.events, 0)).toContain(
    'will replace 4,696 rows of ny_taxi_04 in month=2016-01 and month=2016-02',
  );
  expect(nth(log.events, 1)).toContain('It replaced 4,696 rows that were there.');
});

test('a put without comparing names the jobs whose commits it buried', () => {
  const log = new RaceLog()
    .add('vendor-two', 0, { stop: 'start', protocol: 'unsafe' })
    .attempt('vendor-two', 1, 1, 0)
    .won('vendor-one', 1, 2, 4696)
    .won('vendor-two', 1, 3, 5304);
  expect(last(log.events)).toContain('what vendor-one committed in between is gone');
});

test('a put without comparing that buried nothing is a swap like any other', () => {
  const log = new RaceLog()
    .add('vendor-two', 0, { stop: 'start', protocol: 'unsafe' })
    .attempt('vendor-two', 1, 1, 0)
    .won('vendor-two', 1, 2, 5304);
  expect(last(log.events)).toContain('vendor-two won the swap');
});

test('a refusal carries the reason, and a kill is no failure of the job', () => {
  const error = { message: 'Found conflicting files.', context: {}, retryable: false };
  const log = new RaceLog()
    .add('one', 1, { stop: 'failed', error: { kind: 'Validation', ...error } })
    .add('two', 1, { stop: 'failed', error: { kind: 'WorkerKilled', ...error } });
  expect(nth(log.events, 0)).toBe('one was refused. Found conflicting files.');
  expect(nth(log.events, 1)).toContain('two was killed.');
});

test('who gave up hears how many swaps it lost, and no paths', () => {
  const gaveUp = (attempts: number) => {
    const message =
      'Cannot commit to table a:b/c metadata location from opfs:///1 to opfs:///2 because it has been concurrently modified to opfs:///3';
    const context = { table: 'a:b/c', attempts: String(attempts) };
    const error = { kind: 'CommitFailed', message, context, retryable: true } as const;
    return nth(new RaceLog().add('one', attempts, { stop: 'failed', error }).events, 0);
  };
  expect(gaveUp(3)).toBe('one gave up. It lost all of its 3 swaps, and may not try again.');
  expect(gaveUp(1)).toBe('one gave up. It lost its swap, and may not try again.');
});

test('no sentence shows a path, an id or an address', () => {
  const events = twoAppends();
  for (const event of events) {
    expect(narrate(event, historyOf(events))).not.toMatch(/[/]|metadata\.json|avro|4799|icebase/);
    expect(narrate(event, historyOf(events))).toMatch(/^vendor-.*\.$/);
  }
  expect(table).toContain('/');
});
