import type { Elsewhere, LaneJob } from '../../lab/lane-job.ts';
import { strings } from '../strings.ts';

/** What stands before a lane: the job, and its tab if that is another one. */
export function laneName({ elsewhere, name }: LaneJob): string {
  return elsewhere === null ? name : `${laneTab(elsewhere)}${elsewhere.job}`;
}

/** What stands before the name of a job of another tab. */
export function laneTab({ isCutOff, tab }: Elsewhere): string {
  return (isCutOff ? strings.tabs.closedLane : strings.tabs.lane)(tab);
}
