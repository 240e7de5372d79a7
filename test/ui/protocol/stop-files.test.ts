import { expect, test } from 'vitest';
import type { RaceEvent } from '../../../src/race/event.ts';
import { historyOf } from '../../../src/race/history.ts';
import { pastOf } from '../../../src/race/past.ts';
import { stopFilesOf } from '../../../src/ui/protocol/stop-files.ts';
import { table, twoAppends } from '../fixture/race-log.ts';

function filesAt(job: string, stop: string, attempt: number) {
  const events: RaceEvent[] = twoAppends();
  const event = events.find(
    (each) => each.job === job && each.detail.stop === stop && each.attempt === attempt,
  );
  if (event === undefined) throw new Error(`${job} never came to ${stop}.`);
  return stopFilesOf(event, pastOf(event, historyOf(events)));
}

test('a lost swap compares the base with what was written and with what was there first', () => {
  expect(filesAt('vendor-two', 'swap-lost', 1)?.pairs).toEqual([
    { whose: 'ours', before: 'v1.metadata.json', after: 'vendor-two-1.metadata.json' },
    { whose: 'theirs', before: 'v1.metadata.json', after: 'v2.metadata.json' },
  ]);
});

test('each attempt has its own list and metadata file, and keeps its manifests', () => {
  expect(filesAt('vendor-two', 'list-written', 2)).toEqual({
    table,
    base: null,
    pairs: [],
    list: 'vendor-two-snap-2.avro',
    manifests: ['vendor-two-m0.avro'],
  });
  expect(filesAt('vendor-two', 'before-swap', 2)?.pairs).toEqual([
    { whose: 'ours', before: 'v2.metadata.json', after: 'vendor-two-2.metadata.json' },
  ]);
});

test('a base is shown whole, and a job that has read no table has no file to show', () => {
  expect(filesAt('vendor-one', 'base-read', 1)).toMatchObject({
    base: 'v1.metadata.json',
    pairs: [],
  });
  expect(filesAt('vendor-one', 'rows-computed', 0)).toBeNull();
});
