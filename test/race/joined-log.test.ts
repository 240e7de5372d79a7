import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RaceEvent } from '../../src/race/event.ts';
import { historyOf } from '../../src/race/history.ts';
import { joinLogs } from '../../src/race/joined-log.ts';
import { narrate } from '../../src/race/narrate.ts';
import { RaceLog, twoAppends } from '../ui/fixture/race-log.ts';
import { toldRace } from './two-tabs.ts';

/** Who came to which stop, in order. */
const told = (events: readonly RaceEvent[]) =>
  events.map(({ job, detail }) => `${job} ${detail.stop}`);

const ownOf = (log: RaceLog, startedAt = 0) => ({ startedAt, events: log.events });

describe('a log that is joined with those of other tabs', () => {
  it('is the very same while there is no other tab', () => {
    const events = twoAppends();
    expect(joinLogs({ startedAt: 5, events }, []).events).toBe(events);
  });

  it('has all events by their times on the common clock, numbered afresh, jobs named after their tabs', () => {
    const own = ownOf(new RaceLog().attempt('one', 1, 3, 0), 1000);
    const other = toldRace(new RaceLog().attempt('one', 1, 3, 0).events, { startedAt: 1010 });
    const { events, origins } = joinLogs(own, [other]);
    expect(told(events).slice(0, 4)).toEqual([
      'one base-read',
      'Tab B’s one base-read',
      'one validated',
      'Tab B’s one validated',
    ]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => at));
    expect(events.slice(0, 3).map(({ at }) => at)).toEqual([20, 30, 40]);
    expect(origins[1]).toBe(other.events[0]);
  });

  it('counts from the beginning of the first race, whichever tab it was in', () => {
    const own = ownOf(new RaceLog().attempt('one', 1, 3, 0), 2000);
    const other = toldRace(new RaceLog().attempt('two', 1, 3, 0).events, { startedAt: 1000 });
    const { events } = joinLogs(own, [other]);
    expect(events.find(({ job }) => job === 'one')?.at).toBe(1020);
  });

  it('has who reads a version after who made it, though its clock is behind', () => {
    const own = ownOf(new RaceLog().won('one', 1, 4, 10), 1000);
    const other = toldRace(new RaceLog().attempt('two', 1, 4, 10).events, { startedAt: 900 });
    expect(told(joinLogs(own, [other]).events).slice(0, 2)).toEqual([
      'one swap-won',
      'Tab B’s two base-read',
    ]);
  });

  it('has who reads a version before who makes the next, though its clock is ahead', () => {
    const own = ownOf(new RaceLog().attempt('one', 1, 3, 10), 1000);
    const other = toldRace(new RaceLog().won('two', 1, 4, 10).events, { startedAt: 900 });
    expect(told(joinLogs(own, [other]).events).slice(0, 2)).toEqual([
      'one base-read',
      'Tab B’s two swap-won',
    ]);
  });

  it('stays in the order of the clock where versions contradict each other', () => {
    const back = (job: string) => new RaceLog().won(job, 1, 5, 0).attempt(job, 1, 3, 0);
    const { events } = joinLogs(ownOf(back('one')), [toldRace(back('two').events)]);
    expect(events).toHaveLength(12);
  });

  it('names the tab that a swap was lost to', () => {
    const own = ownOf(new RaceLog().attempt('one', 1, 3, 10).lost('one', 1, 3, 4), 1000);
    const other = toldRace(new RaceLog().won('two', 1, 4, 10).events, { startedAt: 1100 });
    const { events } = joinLogs(own, [other]);
    const lost = events.at(-1);
    expect(lost && narrate(lost, historyOf(events))).toContain(
      'It had read version 3, but Tab B’s two made version 4 first.',
    );
  });

  it('keeps what has not moved the same object when the logs grow', () => {
    const own = ownOf(new RaceLog().attempt('one', 1, 3, 10), 1000);
    const log = new RaceLog().attempt('two', 1, 3, 10);
    const before = joinLogs(own, [toldRace([...log.events], { startedAt: 1000 })]);
    log.won('two', 1, 4, 20);
    const after = joinLogs(own, [toldRace(log.events, { startedAt: 1000 })]);
    expect(after.events.length).toBe(before.events.length + 1);
    for (const [at, event] of before.events.entries()) expect(after.events[at]).toBe(event);
  });

  it('has the same order in both tabs', () => {
    const one = new RaceLog().attempt('one', 1, 3, 10).lost('one', 1, 3, 4);
    const two = new RaceLog().attempt('two', 1, 3, 10).won('two', 1, 4, 20);
    const starts = { one: 1000.3, two: 1004.1 };
    const inA = joinLogs(ownOf(one, starts.one), [toldRace(two.events, { startedAt: starts.two })]);
    const inB = joinLogs(ownOf(two, starts.two), [
      toldRace(one.events, { startedAt: starts.one, tab: 'A' }),
    ]);
    expect(inA.origins).toEqual(inB.origins);
  });

  it('keeps each race’s own order and loses nothing, whatever the clocks say', () => {
    const turns = fc.array(fc.constantFrom('one', 'two'), { maxLength: 30 });
    fc.assert(
      fc.property(turns, fc.integer({ min: -500, max: 500 }), (winners, skew) => {
        const logs = { one: new RaceLog(), two: new RaceLog() };
        for (const [at, job] of winners.entries()) {
          logs[job].attempt(job, 1, at, 0).won(job, 1, at + 1, 0);
        }
        const own = ownOf(logs.one, 1000);
        const other = toldRace(logs.two.events, { startedAt: 1000 + skew });
        const { events, origins } = joinLogs(own, [other]);
        expect(origins.filter(({ job }) => job === 'one')).toEqual(logs.one.events);
        expect(origins.filter(({ job }) => job === 'two')).toEqual(logs.two.events);
        const made = events.flatMap(({ detail }) =>
          detail.stop === 'swap-won' ? detail.version : [],
        );
        expect(made).toEqual(winners.map((_, at) => at + 1));
      }),
    );
  });
});
