import { expect, test } from 'vitest';
import { stops } from '../../../src/iceberg/stop.ts';
import type { RaceEvent } from '../../../src/race/event.ts';
import { historyOf } from '../../../src/race/history.ts';
import { pastOf } from '../../../src/race/past.ts';
import { inspect } from '../../../src/ui/protocol/inspection.ts';
import { strings } from '../../../src/ui/strings.ts';
import { RaceLog, twoAppends } from '../fixture/race-log.ts';

function inspection(events: RaceEvent[], which: (event: RaceEvent) => boolean) {
  const event = events.find(which);
  if (event === undefined) throw new Error('The log has no such event.');
  return inspect(event, pastOf(event, historyOf(events)));
}
const isLost = ({ detail }: RaceEvent) => detail.stop === 'swap-lost';

test('a lost swap shows the two versions that differ', () => {
  const { comparison, tone } = inspection(twoAppends(), isLost);
  expect(comparison).toEqual({ expected: 'v1', found: 'v2', same: false, becomes: null });
  expect(tone).toBe('lost');
});

test('a lost swap shows what the next attempt can use again and what was written for nothing', () => {
  const { files } = inspection(twoAppends(), isLost);
  expect(files).toEqual([
    { mark: 'kept', name: '2 data files', note: '82.0 kB' },
    { mark: 'kept', name: '1 manifest', note: '7,204 B' },
    { mark: 'gone', name: 'manifest list', note: '4,310 B' },
    { mark: 'gone', name: 'metadata file', note: '2,118 B' },
  ]);
});

test('a lost swap shows the snapshot that was there first beside the one that was wanted', () => {
  const { difference } = inspection(twoAppends(), isLost);
  expect(difference.map(({ sign, snapshot, version }) => [sign, snapshot, version])).toEqual([
    ['before', 'none', 'v1'],
    ['ours', '4799', 'ours'],
    ['theirs', '472', 'v2'],
  ]);
});

test('a won swap found what it expected, and says what the table is at now', () => {
  const { comparison } = inspection(
    twoAppends(),
    ({ detail }) => detail.stop === 'swap-won' && detail.version === 3,
  );
  expect(comparison).toEqual({ expected: 'v2', found: 'v2', same: true, becomes: 'now v3' });
});

test('a put that does not compare shows what it has found and buried', () => {
  const log = new RaceLog()
    .add('two', 0, { stop: 'start', protocol: 'unsafe' })
    .attempt('two', 1, 1, 0)
    .won('one', 1, 2, 10)
    .won('two', 1, 3, 5);
  const shown = inspection(
    log.events,
    ({ job, detail }) => job === 'two' && detail.stop === 'swap-won',
  );
  expect(shown.comparison).toMatchObject({ expected: 'v1', found: 'v2', same: false });
  expect(shown).toMatchObject({ headline: strings.inspector.buried, tone: 'refused' });
});

test('a commit that creates the table expected none', () => {
  const { comparison, headline } = inspection(
    twoAppends(),
    ({ detail }) => detail.stop === 'swap-won' && detail.version === 1,
  );
  expect(comparison?.expected).toBe('no table');
  expect(headline).toBe(strings.inspector.created);
});

test('the files that an overwrite removes are shown with partition, rows and size', () => {
  const removes = [
    { path: 'opfs:///a/b.parquet', bytes: 1200, rows: 7, partition: 'month=2016-01' },
  ];
  const log = new RaceLog().add('two', 1, {
    stop: 'validated',
    isolation: 'none',
    since: null,
    removes,
  });
  expect(inspection(log.events, () => true).files).toEqual([
    {
      mark: 'removed',
      name: 'month=2016-01/b.parquet',
      path: 'opfs:///a/b.parquet',
      note: '7 rows, 1,200 B',
    },
  ]);
});

test('the rows that an overwrite removes are told by partition and by who wrote them', () => {
  const log = new RaceLog().work('one', 4696);
  const own = { path: 'one-1.parquet', bytes: 61_000, rows: 3696, partition: 'month=2016-01' };
  const older = { path: 'old.parquet', bytes: 9000, rows: 7, partition: 'month=2016-01' };
  log.add('two', 1, { stop: 'validated', isolation: 'none', since: null, removes: [own, older] });
  log.won('two', 1, 3, 5304, 'overwrite');
  const removals = [
    { partition: 'month=2016-01', writer: 'one', files: 1, rows: 3696 },
    { partition: 'month=2016-01', writer: null, files: 1, rows: 7 },
  ];
  const at = (stop: string) => inspection(log.events, ({ detail }) => detail.stop === stop);
  expect(at('validated').removals).toEqual(removals);
  expect(at('swap-won').removals).toEqual(removals);
});

test('a job that queued says how long it waited, and who had the table', () => {
  const log = new RaceLog().won('one', 1, 2, 10);
  log.add('two', 1, { stop: 'swap-lost', expected: 1, found: 2, next: { do: 'queue' } });
  const waiting = inspection(log.events, isLost);
  expect(waiting.facts.slice(1)).toEqual([
    { label: strings.stopFiles.wait, value: strings.stopFiles.waiting },
    { label: strings.stopFiles.holder, value: strings.stopFiles.noHolder },
  ]);
  log.attempt('two', 2, 2, 10);
  expect(inspection(log.events, isLost).facts[1]?.value).toBe('20 ms');
});

test('who gave up shows the swap that was one too many, and Iceberg’s words to copy', () => {
  const message =
    'Cannot commit to table a:b/c metadata location from opfs:///1 to opfs:///2 because it has been concurrently modified to opfs:///3';
  const log = new RaceLog().won('one', 1, 2, 10).attempt('two', 1, 1, 0).lost('two', 1, 1, 2);
  log.add('two', 1, {
    stop: 'failed',
    error: { kind: 'CommitFailed', message, context: { attempts: '1' }, retryable: true },
  });
  const shown = inspection(log.events, ({ detail }) => detail.stop === 'failed');
  expect(shown).toMatchObject({ headline: 'Refused', tone: 'refused' });
  expect(shown.comparison).toMatchObject({ expected: 'v1', found: 'v2', same: false });
  expect(shown.facts).toMatchObject([{ label: 'Iceberg says', copy: message }]);
  expect(shown.facts[0]?.value).not.toContain('opfs');
});

test('a refusal, a failure and a kill are told apart', () => {
  const headline = (kind: 'Validation' | 'SqlInvalid' | 'WorkerKilled') =>
    inspection(
      new RaceLog().add('two', 0, {
        stop: 'failed',
        error: { kind, message: '', context: {}, retryable: false },
      }).events,
      () => true,
    ).headline;
  expect(headline('Validation')).toBe('Refused');
  expect(headline('SqlInvalid')).toBe('Failed');
  expect(headline('WorkerKilled')).toBe('Killed');
});

test('every stop has a name and a headline', () => {
  for (const stop of stops) {
    expect(strings.stop[stop].name).not.toBe('');
    expect(strings.stop[stop].headline).not.toBe('');
  }
});
