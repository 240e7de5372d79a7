import type { Stop } from '../../iceberg/stop.ts';
import { strings } from '../strings.ts';

/** A stop at which it makes sense to hold or kill a job: not its end. */
export type SteerableStop = Exclude<Stop, 'finished' | 'failed' | 'unknown'>;

const ends: readonly string[] = ['finished', 'failed', 'unknown'] satisfies Stop[];

/** Whether a job can be held or killed at a stop. */
export const isSteerable = (stop: Stop): stop is SteerableStop => !ends.includes(stop);

/** The stops of a lane in the order in which a job meets them. */
export const steerableStops = (Object.keys(strings.stop) as Stop[]).filter(isSteerable);

/** What a stop is called where both ends of a swap stand side by side. */
export function stopName(stop: Stop): string {
  return stop === 'swap-won' || stop === 'swap-lost'
    ? strings.controls.stops[stop]
    : strings.stop[stop].name;
}
