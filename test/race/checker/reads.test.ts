import { describe, expect, it } from 'vitest';
import { firstReads } from '../../../src/race/checker/reads.ts';
import { appends, exploredTable } from '../../../src/race/explorer/writers.ts';
import { reads } from '../readers.ts';
import { type Cue, raceByFiles } from '../stage.ts';

/** The reader scans the table before another commits, and writes on top of that. */
const readThenWrite = () => {
  const cues: Cue[] = [
    ['reader', 'inputs-read'],
    ['other', 'end'],
  ];
  return raceByFiles({ reader: reads(appends({ a: 1 })), other: appends({ b: 2 }) }, cues);
};

describe('the history of a table', () => {
  it('begins at the first scan, which is older than the base of any attempt', async () => {
    const { events, history } = await readThenWrite();
    const scan = events.find(({ detail }) => detail.stop === 'inputs-read')?.detail;
    const base = scan?.stop === 'inputs-read' ? scan.inputs[0]?.scan?.base : undefined;
    expect(history.before.snapshotId).toBe(base?.snapshotId);
    expect(history.changes).toHaveLength(2);
  });

  it('begins at the oldest version that was read, whoever was heard first', async () => {
    const { events } = await readThenWrite();
    const oldest = firstReads(events).get(exploredTable);
    expect(firstReads(events.toReversed()).get(exploredTable)).toEqual(oldest);
    expect(oldest?.version).toBe(2);
  });

  it('begins before there was a table if a job found none', async () => {
    const { events } = await readThenWrite();
    const [first] = events;
    if (first === undefined) throw new Error('Nothing happened');
    const none = { version: null, location: null, snapshotId: null, rows: 0 };
    const created = { ...first, table: exploredTable, detail: { stop: 'base-read', base: none } };
    const all = [...events, created as typeof first];
    expect(firstReads(all).get(exploredTable)).toEqual(none);
  });
});
