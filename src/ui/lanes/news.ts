import type { RaceView } from '../../lab/race-view.svelte.ts';
import type { Stop } from '../../iceberg/stop.ts';
import type { RaceEvent } from '../../race/event.ts';

/** Stops at which something came out for a job, whoever looks. */
const outcomes: readonly Stop[] = ['swap-won', 'swap-lost', 'finished', 'failed', 'unknown'];

/**
 * What is to be said aloud: what came out in this tab's race since so many of its events were heard, then the caption, if
 * it says something else. A refusal is left to the verdict, which alerts to it. Pure.
 */
export function newsOf(
  race: Pick<RaceView, 'events' | 'isElsewhere' | 'sentenceOf'>,
  heard: number,
  caption: string,
): string[] {
  const own = race.events.filter(({ job }) => !race.isElsewhere(job));
  const telling = own.slice(heard).filter(({ detail }) => outcomes.includes(detail.stop));
  const said = (events: readonly RaceEvent[]) => events.map((event) => race.sentenceOf(event));
  const isNew = caption !== '' && !said(telling).includes(caption);
  return [...said(telling.filter((event) => !isRefusal(event))), ...(isNew ? [caption] : [])];
}

const isRefusal = ({ detail }: RaceEvent) =>
  detail.stop === 'failed' && detail.error.kind === 'Validation';
