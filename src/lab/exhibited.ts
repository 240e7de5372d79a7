import type { Stop } from '../iceberg/stop.ts';
import { touchOf } from '../race/causal-order.ts';
import type { JoinedLog } from '../race/joined-log.ts';
import type { Exhibit } from '../race/report.ts';
import { laneOf } from '../race/runs.ts';

/** Events of the log that a verdict points at, in its order, and what they show. */
export interface Exhibited {
  of: Exhibit['of'];
  events: readonly Deed[];
}

/** What a job did at an event: the versions that it read, and the one that it made. */
export interface Deed {
  seq: number;
  job: string;
  stop: Stop;
  reads: readonly number[];
  made: number | null;
}

/** Finds in the log what a verdict points at; `null` if it points at nothing that is there. Pure. */
export function exhibitedIn(log: JoinedLog, exhibit: Exhibit | undefined): Exhibited | null {
  if (exhibit === undefined) return null;
  const events = exhibit.events.flatMap(({ job, seq }): Deed[] => {
    const isIt = (at: number) => log.origins[at]?.seq === seq;
    const event = log.events.find((each, at) => each.job === laneOf(job) && isIt(at));
    if (event === undefined) return [];
    const { reads, makes } = touchOf(event);
    return [
      {
        seq: event.seq,
        job: event.job,
        stop: event.detail.stop,
        reads: reads.map(({ version }) => version),
        made: makes?.version ?? null,
      },
    ];
  });
  return events.length === 0 ? null : { of: exhibit.of, events };
}
