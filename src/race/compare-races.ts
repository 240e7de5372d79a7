import { counted } from '../words.ts';
import { causalOrder } from './causal-order.ts';
import type { RaceEvent } from './event.ts';
import { historyOf } from './history.ts';
import { narrate } from './narrate.ts';

/** The first difference of two races in a sentence; nothing that ids and times differ in. Pure. */
export function tellDifference(one: readonly RaceEvent[], other: readonly RaceEvent[]): string {
  const [first, second] = [stepsOf(one), stepsOf(other)];
  const parting = partingOf(first, second);
  if (parting === null) return `Both went the same way, through ${counted(one.length, 'event')}.`;
  const before =
    parting === 0
      ? 'They differ from the first step on. In'
      : `Both went the same way through ${counted(parting, 'step')}. Then in`;
  const tell = (events: readonly RaceEvent[], event: RaceEvent | undefined) =>
    event === undefined ? 'nothing more happened.' : narrate(event, historyOf(events));
  return `${before} the first race: ${tell(one, first[parting])} In the second: ${tell(other, second[parting])}`;
}

/** What happened, in the order in which it can have; whose worker was up first is nothing that a race is about. */
function stepsOf(events: readonly RaceEvent[]): RaceEvent[] {
  return causalOrder(events, []).flatMap(({ event }) =>
    event === undefined || event.detail.stop === 'start' ? [] : [event],
  );
}

/** The place of the first step that differs, `null` if there is none. */
function partingOf(one: readonly RaceEvent[], other: readonly RaceEvent[]): number | null {
  const length = Math.max(one.length, other.length);
  for (let index = 0; index < length; index += 1) {
    if (keyOf(one[index]) !== keyOf(other[index])) return index;
  }
  return null;
}

/** What makes two events the same step: who came to which stop of which try. */
function keyOf(event: RaceEvent | undefined): string {
  if (event === undefined) return 'end';
  const { job, table, attempt, detail } = event;
  return [job, table, attempt, detail.stop].join(' ');
}
