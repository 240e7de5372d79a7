import type { Stop, StopDetail } from '../iceberg/stop.ts';

/** One event of a race: a job reached a stop. Plain data; `seq` counts from 0 in the order of arrival. */
export interface RaceEvent {
  seq: number;
  /** ms since the race began. */
  at: number;
  job: string;
  /** The table that the stop is about, `null` before the first sink. */
  table: string | null;
  /** Tries of one commit from 1; 0 outside a try and for the commit that creates the table. */
  attempt: number;
  detail: StopDetail;
}

/** A job's worker was ended before the job. */
export interface Kill {
  job: string;
  /** The last stop that it told of. */
  at: Stop;
  /** How many events of the race had been logged. */
  after: number;
}
