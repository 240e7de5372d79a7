import { describe, expect, it } from 'vitest';
import { checkRace } from '../../../src/race/checker/check-race.ts';
import type { RaceEvent } from '../../../src/race/event.ts';
import { worldWith } from '../../../src/race/explorer/writers.ts';
import { type Cue, race } from '../stage.ts';
import { appends } from '../../../src/race/explorer/writers.ts';
import { Bed } from './beds/bed.ts';
import { believed } from './beds/believed.ts';
import { threeJobs } from './beds/three-jobs.ts';

describe('the checker accuses nobody', () => {
  it.each(believed)('for %s', async (_, run, edit) => {
    const bed = new Bed(await run());
    edit(bed);
    const { result, sentences } = bed.verdict;
    expect(result, sentences.join('\n')).toBe('holds');
  });

  it.each(['before', 'after'])('for what jobs did to another table %s', async (when) => {
    const rows = await threeJobs.race();
    const world = await worldWith([{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }, { a: 5 }]);
    const writers = { one: appends({ a: 6 }), three: appends({ b: 8 }) };
    const cues: Cue[] = [
      ['three', 'before-swap'],
      ['one', 'end'],
    ];
    const other = await race(writers, cues, { world });
    const table = 'lab:explorer/other';
    const others = other.events
      .filter(({ detail }) => detail.stop !== 'start')
      .map((event) => ({ ...event, table }));
    const isStart = ({ detail }: RaceEvent) => detail.stop === 'start';
    const at = when === 'after' ? rows.events.length : rows.events.findLastIndex(isStart) + 1;
    const events = rows.events.toSpliced(at, 0, ...others).map((event, seq) => ({ ...event, seq }));
    const histories = [rows.history, { ...other.history, table }];
    const { ledger, result, sentences } = checkRace(events, rows.jobs, histories);
    expect(result, sentences.join('\n')).toBe('holds');
    expect(ledger.map(({ job, told }) => [job, told])).toEqual([
      ['one', 1 + 6],
      ['two', 2],
      ['three', 3 + 8],
    ]);
  });

  it('for a table that cannot be read and to which nothing was committed', async () => {
    const bed = new Bed(await race({ one: appends({}) }));
    bed.hide();
    expect(bed.verdict.result).toBe('cannot-tell');
  });
});
