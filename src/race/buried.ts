import type { RaceEvent } from './event.ts';
import type { History } from './history.ts';
import { pastOf } from './past.ts';

/**
 * The jobs whose commits a put without comparing buried: those that moved the table between the base of its attempt and
 * the put. Empty for any other event.
 */
export function buriedBy(event: RaceEvent, history: History): string[] {
  const { detail, job, table } = event;
  if (detail.stop !== 'swap-won') return [];
  const { latest } = pastOf(event, history);
  if (latest('start')?.protocol !== 'unsafe') return [];
  const base = latest('base-read')?.base.version ?? detail.version - 1;
  const between = (history.versions.get(table ?? '') ?? []).filter(
    ({ version }) => version > base && version < detail.version,
  );
  const jobs = between.flatMap((made) => (made.event === null ? [] : [made.event.job]));
  return [...new Set(jobs)].filter((other) => other !== job);
}
