import type { RaceEvent } from './event.ts';
import type { History } from './history.ts';

/** A job's wait for a table's commit queue, as far as the log tells. */
export interface QueueWait {
  /** From the lost swap to the next attempt; `null` while it waits. */
  ms: number | null;
  /** The jobs of this race that had the lock meanwhile, in their order. */
  holders: string[];
}

/** A stretch of the log in which a job had the lock; it has no end while it goes on. */
interface Turn {
  job: string;
  table: string | null;
  /** Sequence number and time of the lost swap after which it asked. */
  asked: RaceEvent;
  /** The attempt with which its turn began, `null` while it waits. */
  began: RaceEvent | null;
  ended: RaceEvent | null;
}

/**
 * The wait that a lost swap leads to, or that came before an attempt; `null` for any other event. A job that has its
 * turn keeps it until its commit has ended, however many swaps it loses meanwhile.
 */
export function queueWaitOf(event: RaceEvent, history: History): QueueWait | null {
  const turns = allTurns(history);
  const turn = turns.find(
    ({ asked, began }) => asked.seq === event.seq || began?.seq === event.seq,
  );
  if (turn === undefined) return null;
  const { asked, began, job, table } = turn;
  const holders = turns
    .filter(
      (other) =>
        other.job !== job &&
        other.table === table &&
        other.began !== null &&
        other.began.seq < (began?.seq ?? Infinity) &&
        (other.ended?.seq ?? Infinity) > asked.seq,
    )
    .toSorted((one, other) => (one.began?.seq ?? 0) - (other.began?.seq ?? 0));
  return {
    ms: began === null ? null : began.at - asked.at,
    holders: [...new Set(holders.map((each) => each.job))],
  };
}

/** The jobs whose turn to commit to a table has begun and not ended, as far as the log tells. */
export function turnsOn(table: string, history: History): string[] {
  return allTurns(history)
    .filter((turn) => turn.table === table && turn.began !== null && turn.ended === null)
    .map(({ job }) => job);
}

function allTurns({ segments }: History): Turn[] {
  return [...segments.values()].flatMap((own) => turnsOf(own.flatMap(({ events }) => events)));
}

function turnsOf(events: readonly RaceEvent[]): Turn[] {
  const turns: Turn[] = [];
  for (const event of events) {
    const { detail, job, table } = event;
    const last = turns.at(-1);
    const open = last?.ended === null ? last : undefined;
    if (open === undefined) {
      if (detail.stop === 'swap-lost' && detail.next.do === 'queue') {
        turns.push({ job, table, asked: event, began: null, ended: null });
      }
    } else if (detail.stop === 'base-read') open.began ??= event;
    else if (['swap-won', 'cleaned-up', 'failed', 'unknown'].includes(detail.stop)) {
      open.ended = event;
    }
  }
  return turns;
}
