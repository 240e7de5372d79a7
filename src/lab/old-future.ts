import { type History, historyOf } from '../race/history.ts';
import type { PartedLog } from '../race/race-record.ts';
import type { LaneJob } from './lane-job.ts';

/** What a race came to before it was forked: what is beyond its past is drawn behind what it comes to now. */
export interface OldFuture extends PartedLog {
  /** Of the whole log, but with the segments of the old future alone. */
  history: History;
  lanes: readonly LaneJob[];
}

/** What lies behind the fork of a log, for the picture. */
export function oldFutureOf(log: PartedLog, lanes: readonly LaneJob[]): OldFuture {
  const { segments } = historyOf(log.events.slice(log.past));
  return { ...log, history: { ...historyOf(log.events), segments }, lanes };
}
