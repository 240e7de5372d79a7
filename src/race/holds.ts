import type { Stop } from '../iceberg/stop.ts';

/** Where a job waits for a release: at no stop, at every stop, or at the named ones. */
export type Holds = 'none' | 'all' | readonly Stop[];

/** Whether a stop is among those at which a job waits. */
export function holdsAt(holds: Holds, stop: Stop): boolean {
  return holds === 'all' || (holds !== 'none' && holds.includes(stop));
}
