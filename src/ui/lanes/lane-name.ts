import type { Elsewhere } from '../../lab/lanes-beside.ts';
import type { LaneJob } from '../../lab/race-view.svelte.ts';
import { strings } from '../strings.ts';

/** What stands before a lane: the job, and its tab if that is another one. */
export function laneName({ elsewhere, name }: LaneJob): string {
  return elsewhere === null ? name : `${laneTab(elsewhere)}${elsewhere.job}`;
}

/** What stands before the name of a job of another tab. */
export function laneTab({ isCutOff, tab }: Elsewhere): string {
  return (isCutOff ? strings.tabs.closedLane : strings.tabs.lane)(tab);
}
