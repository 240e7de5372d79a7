import type { RaceView } from '../../lab/race-view.svelte.ts';
import { heldSentence } from './lane-status.ts';

/** The sentence under the diagram; empty while there is nothing to tell. */
export function captionOf(race: RaceView): string {
  return heldCaption(race) ?? race.sentence;
}

/** A job that waits at its breakpoint is the news, until somebody looks at something else. */
function heldCaption(race: RaceView): string | null {
  const { held, cursor, history } = race;
  if (held?.where?.is !== 'held' || cursor !== null) return null;
  const versions = history.versions.get(held.where.table ?? '') ?? [];
  return heldSentence(held.name, held.where, {
    current: Math.max(0, ...versions.map(({ version }) => version)),
    unsafe: race.protocolOf(held.name) === 'unsafe',
  });
}
