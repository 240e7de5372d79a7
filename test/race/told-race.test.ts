import { describe, expect, it } from 'vitest';
import type { LaneState } from '../../src/race/race-state.ts';
import { cutOff, racesBeside, racesTouching, tabsMet, withNews } from '../../src/race/told-race.ts';
import { RaceLog, table } from '../ui/fixture/race-log.ts';
import { toldRace } from './two-tabs.ts';

const running: LaneState = { where: { is: 'running' }, breakpoints: 'none', kills: [] };

describe('news of a race', () => {
  const log = new RaceLog().work('one', 10);
  const race = toldRace(log.events.slice(0, 2), { endedAt: null });

  it('go behind what was told before', () => {
    const news = { id: race.id, endedAt: null, events: log.events.slice(2), after: 2 };
    const told = withNews(race, { ...news, reports: {}, lanes: { one: running } });
    expect(told?.events).toEqual(log.events);
    expect(told?.lanes).toEqual({ one: running });
  });

  it('are of no use if some before them were missed', () => {
    const news = { id: race.id, endedAt: null, events: log.events.slice(3), after: 3 };
    expect(withNews(race, { ...news, reports: {}, lanes: {} })).toBeNull();
  });
});

describe('the jobs of a tab that was closed', () => {
  const outcomes = (log: RaceLog, lane: LaneState) => {
    const race = toldRace(log.events, { endedAt: null, lanes: { one: lane } });
    const { reports } = cutOff(race, 500);
    return reports.one?.outcome;
  };
  const heldAt = (log: RaceLog): LaneState => {
    const last = log.events.at(-1);
    if (last === undefined) throw new Error('It has no event');
    const { detail, attempt } = last;
    return { ...running, where: { is: 'held', detail, table, attempt, since: 0 } };
  };

  it('were killed if they were at their own work', () => {
    expect(outcomes(new RaceLog().work('one', 10), running)).toBe('killed');
  });

  it('may have committed if they were on the way to their swap', () => {
    const log = new RaceLog().work('one', 10).attempt('one', 1, 3, 10);
    log.events.pop();
    expect(outcomes(log, running)).toBe('unknown');
  });

  it('were killed where they were held, as nothing is done there', () => {
    const log = new RaceLog().work('one', 10).attempt('one', 1, 3, 10);
    log.events.pop();
    expect(outcomes(log, heldAt(log))).toBe('killed');
  });

  it('keep the report of those that had ended, and of a race that was over all', () => {
    const log = new RaceLog().work('one', 10);
    const race = toldRace(log.events, { endedAt: null, lanes: { one: running } });
    expect(cutOff(race, 500)).toMatchObject({ isCutOff: true, endedAt: 500, lanes: {} });
    const over = toldRace(log.events, { endedAt: 90 });
    expect(cutOff(over, 500)).toBe(over);
  });
});

describe('beside a race stand', () => {
  const race = (id: string, startedAt: number, endedAt: number | null, tab = 'B') =>
    toldRace([], { id, startedAt, endedAt, tab });
  const beside = (races: ReturnType<typeof race>[], from: number, to: number | null) =>
    racesBeside(races, { from, to }).map(({ id }) => id);

  it('those that met it in time', () => {
    const races = [race('before', 0, 90), race('across', 50, 150), race('within', 110, null)];
    expect(beside(races, 100, null)).toEqual(['across', 'within']);
  });

  it('once it is over, of each tab the latest as well', () => {
    const races = [
      race('met', 50, 150),
      race('later', 210, 220),
      race('latest', 230, 240),
      race('other', 215, 225, 'C'),
    ];
    expect(beside(races, 100, 200)).toEqual(['met', 'latest', 'other']);
  });
});

describe('a race has met another tab', () => {
  const own = new RaceLog()
    .attempt('one', 1, 3, 0)
    .lost('one', 1, 3, 4)
    .attempt('one', 2, 4, 0)
    .won('one', 2, 5, 0);
  const other = (version: number) => toldRace(new RaceLog().won('two', 1, version, 0).events);

  it('that moved its table on while it was at it', () => {
    expect(tabsMet(own.events, [other(4)])).toEqual(['B']);
  });

  it('but not by what was there before, or came after', () => {
    expect(tabsMet(own.events, [other(3), other(6)])).toEqual([]);
  });

  it('nor by commits to other tables', () => {
    const elsewhere = new RaceLog().won('two', 1, 4, 0).events.map((event) => ({
      ...event,
      table: 'icebase:raw01/other',
    }));
    expect(tabsMet(own.events, [toldRace(elsewhere)])).toEqual([]);
    expect(racesTouching(own.events, [toldRace(elsewhere)])).toEqual([]);
    expect(racesTouching(own.events, [other(9)])).toHaveLength(1);
  });
});
