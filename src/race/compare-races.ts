import { counted } from '../words.ts';
import type { RaceEvent } from './event.ts';
import { historyOf } from './history.ts';
import { narrate } from './narrate.ts';

/** Where two logs part: the place of the first event that differs; `null` if they are the same but for ids and times. */
export function partingOf(one: readonly RaceEvent[], other: readonly RaceEvent[]): number | null {
  const length = Math.max(one.length, other.length);
  for (let index = 0; index < length; index += 1) {
    if (keyOf(one[index]) !== keyOf(other[index])) return index;
  }
  return null;
}

/** The first difference of two races in a sentence. Pure. */
export function tellDifference(one: readonly RaceEvent[], other: readonly RaceEvent[]): string {
  const parting = partingOf(one, other);
  if (parting === null) return `Both went the same way, through ${counted(one.length, 'event')}.`;
  const before =
    parting === 0
      ? 'They differ from the first event on.'
      : `Both went the same way through ${counted(parting, 'event')}.`;
  return `${before} Then in the first race: ${next(one, parting)} In the second: ${next(other, parting)}`;
}

function next(events: readonly RaceEvent[], index: number): string {
  const event = events[index];
  return event === undefined ? 'nothing more happened.' : narrate(event, historyOf(events));
}

/** What makes two events the same step of a race: who did what, in which try, and on which version. */
function keyOf(event: RaceEvent | undefined): string {
  if (event === undefined) return 'end';
  const { job, table, attempt, detail } = event;
  return [job, table, attempt, detail.stop].join(' ');
}
