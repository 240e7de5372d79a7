import { buriedBy } from './buried.ts';
import type { RaceEvent } from './event.ts';
import { historyOf } from './history.ts';
import { pastOf } from './past.ts';

/** The two events that contradict each other where an update was lost. */
export interface Witness {
  /** The swap whose version was buried. */
  buried: { seq: number; job: string; version: number };
  /** The put that buried it, and the version that it had read. */
  by: { seq: number; job: string; version: number; base: number };
}

/**
 * The first lost update of a race: a put that never saw the version it was put upon. By the pointer the one came first,
 * by what it had read the other did: no order of the two explains the table. `null` if there is none. Pure.
 */
export function witnessOf(events: readonly RaceEvent[]): Witness | null {
  const history = historyOf(events);
  for (const event of events) {
    const { detail, job, seq, table } = event;
    const [victim] = buriedBy(event, history);
    if (detail.stop !== 'swap-won' || victim === undefined) continue;
    const base = pastOf(event, history).latest('base-read')?.base.version ?? 0;
    const lost = (history.versions.get(table ?? '') ?? []).find(
      ({ event: made, version }) =>
        made?.job === victim && version > base && version < detail.version,
    );
    if (lost?.event === null || lost === undefined) continue;
    return {
      buried: { seq: lost.event.seq, job: victim, version: lost.version },
      by: { seq, job, version: detail.version, base },
    };
  }
  return null;
}
