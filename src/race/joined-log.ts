import { touchOf } from './causal-order.ts';
import type { RaceEvent } from './event.ts';
import { nameElsewhere, type ToldRace } from './told-race.ts';

/** The logs of races that several tabs ran at a time, as one. */
export interface JoinedLog {
  /** Numbered and timed from the beginning of the first race; jobs of other tabs are named after their tabs. */
  events: readonly RaceEvent[];
  /** What each event is in its own race's log. */
  origins: readonly RaceEvent[];
}

/** A log that is being joined, and how far it is. */
interface Strand {
  race: Pick<ToldRace, 'startedAt' | 'events'>;
  /** `null`: this tab. */
  tab: string | null;
  next: number;
  /** The oldest versions that its events from each place on make and read, by table. */
  makes: OldestVersions;
  reads: OldestVersions;
}

/**
 * Joins the log of this tab's race with those of others. Each keeps its own order; between them events stand in the order
 * of their times, but who reads a version comes after who made it and before who makes the next one, as clocks are not
 * that exact. Events that come out as before are the same objects as before. Pure.
 */
export function joinLogs(
  own: Pick<ToldRace, 'startedAt' | 'events'>,
  others: readonly ToldRace[],
): JoinedLog {
  if (others.length === 0) return { events: own.events, origins: own.events };
  const strands = [strandOf(own, null), ...others.map((race) => strandOf(race, race.tab))].filter(
    ({ race }) => race.events.length > 0,
  );
  const from = Math.min(...strands.map(({ race }) => race.startedAt));
  const events: RaceEvent[] = [];
  const origins: RaceEvent[] = [];
  for (let strand = nextOf(strands); strand !== undefined; strand = nextOf(strands)) {
    const { race, tab } = strand;
    const origin = race.events[strand.next++];
    if (origin === undefined) break;
    const time = Math.round((race.startedAt + origin.at - from) * 10) / 10;
    const at = Math.max(events.at(-1)?.at ?? 0, time);
    const job = tab === null ? origin.job : nameElsewhere(tab, origin.job);
    events.push(placed(origin, { seq: events.length, at, job }));
    origins.push(origin);
  }
  return { events, origins };
}

/** The strand whose next event comes next: the earliest that nothing must precede, or the earliest if all contradict. */
function nextOf(strands: readonly Strand[]): Strand | undefined {
  const open = strands
    .filter(({ race, next }) => next < race.events.length)
    .toSorted((one, other) => timeOf(one) - timeOf(other));
  return (
    open.find((strand) => !open.some((other) => other !== strand && precedes(other, strand))) ??
    open[0]
  );
}

function timeOf({ race, next }: Strand): number {
  return race.startedAt + (race.events[next]?.at ?? 0);
}

/** Whether something that is left of one strand must come before the next event of another. */
function precedes(one: Strand, other: Strand): boolean {
  const event = other.race.events[other.next];
  if (event === undefined) return false;
  const { reads, makes } = touchOf(event);
  if (reads.some(({ table, version }) => one.makes.from(one.next, table) <= version)) return true;
  if (makes === undefined) return false;
  const { table, version } = makes;
  return one.makes.from(one.next, table) < version || one.reads.from(one.next, table) < version;
}

function strandOf(race: Strand['race'], tab: string | null): Strand {
  const touches = race.events.map(touchOf);
  return {
    race,
    tab,
    next: 0,
    makes: new OldestVersions(touches.map(({ makes }) => (makes === undefined ? [] : [makes]))),
    reads: new OldestVersions(touches.map(({ reads }) => reads)),
  };
}

/** Tells the oldest version of a table that stands at or after a place of a list. */
class OldestVersions {
  /** By table, from the end of the list on: places, and the oldest version from there on. */
  readonly #steps = new Map<string, { at: number; version: number }[]>();

  constructor(versions: readonly (readonly { table: string; version: number }[])[]) {
    for (const [back, touched] of versions.toReversed().entries()) {
      for (const { table, version } of touched) {
        const steps = this.#steps.get(table) ?? [];
        const oldest = Math.min(version, steps.at(-1)?.version ?? Infinity);
        steps.push({ at: versions.length - 1 - back, version: oldest });
        this.#steps.set(table, steps);
      }
    }
  }

  /** `Infinity` if there is none. */
  from(place: number, table: string): number {
    return this.#steps.get(table)?.findLast(({ at }) => at >= place)?.version ?? Infinity;
  }
}

/** What an event came out as when it was joined last: equal ones are drawn once. */
const placedBefore = new WeakMap<RaceEvent, RaceEvent>();

function placed(origin: RaceEvent, place: Pick<RaceEvent, 'seq' | 'at' | 'job'>): RaceEvent {
  const before = placedBefore.get(origin);
  if (before?.seq === place.seq && before.at === place.at && before.job === place.job) {
    return before;
  }
  const event = { ...origin, ...place };
  placedBefore.set(origin, event);
  return event;
}
