import type { RaceEvent } from './event.ts';

/** Stops that a viewer should see without asking, the most telling last. */
const telling = ['swap-won', 'swap-lost', 'unknown', 'failed'] as const;

/** Creating a table is no more than a beginning, and losing that race costs nothing. */
function rank({ attempt, detail }: RaceEvent): number {
  if (attempt === 0 && detail.stop === 'swap-lost') return 0;
  return telling.findIndex((stop) => stop === detail.stop);
}

/**
 * The event to look at when nobody chose one: the latest telling one while the race is on,
 * the most telling one, the last of its kind, when it has ended, else the last. `null` for an empty log. Pure.
 */
export function tellingEvent(events: readonly RaceEvent[], ended: boolean): RaceEvent | null {
  const candidates = events.filter((event) => rank(event) >= 0);
  if (candidates.length === 0) return events.at(-1) ?? null;
  if (!ended) return candidates.at(-1) ?? null;
  return candidates.reduce((best, event) => (rank(event) >= rank(best) ? event : best));
}
