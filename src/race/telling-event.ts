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
 * the most telling one, the last of its kind, when it has ended, else the last. What a job came to before it was run
 * again is told no more. `null` for an empty log. Pure.
 */
export function tellingEvent(events: readonly RaceEvent[], ended: boolean): RaceEvent | null {
  const told = events.filter((event) => rank(event) >= 0);
  if (!ended) return told.at(-1) ?? events.at(-1) ?? null;
  const starts = events.filter(({ detail }) => detail.stop === 'start');
  const isPast = ({ job, seq }: RaceEvent) =>
    starts.some((start) => start.job === job && start.seq > seq);
  const best = Math.max(...told.filter((event) => !isPast(event)).map(rank));
  return told.findLast((event) => !isPast(event) && rank(event) === best) ?? events.at(-1) ?? null;
}
