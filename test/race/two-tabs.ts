import type { RaceEvent } from '../../src/race/event.ts';
import type { ToldRace } from '../../src/race/told-race.ts';

/** A race that Tab B tells of: over, unless said otherwise. */
export function toldRace(events: readonly RaceEvent[], more: Partial<ToldRace> = {}): ToldRace {
  const { startedAt = 0 } = more;
  const jobs = [...new Set(events.map(({ job }) => job))];
  return {
    id: 'a race of Tab B',
    tab: 'B',
    startedAt,
    endedAt: startedAt + (events.at(-1)?.at ?? 0),
    isCutOff: false,
    jobs: jobs.map((name) => ({ name, dependencies: [] })),
    events,
    reports: {},
    lanes: {},
    ...more,
  };
}
