import type { History } from '../race/history.ts';
import { turnsOn } from '../race/queue-wait.ts';
import { isHeld, type LaneState, type Whereabouts } from '../race/race-state.ts';
import type { JobOutcome } from '../race/report.ts';

/** A job's place in another tab. */
export interface Elsewhere {
  tab: string;
  /** What it is called there. */
  job: string;
  /** Whether its race is on. */
  isOn: boolean;
  /** Whether the tab was closed before the race was over. */
  isCutOff: boolean;
}

/** A job as the diagram needs it: its name and what is known of it besides its events. */
export interface LaneJob {
  name: string;
  /** Jobs that must commit first. */
  dependencies: readonly string[];
  /** `null` while it has not ended. */
  outcome: JobOutcome | null;
  /** Where it is while the race is on. */
  where: Whereabouts | null;
  /** Whether it waits at a breakpoint of its own. */
  held: boolean;
  /** Whether it has ended uncommitted in a race that workers ran, so that it can be run again. */
  restartable: boolean;
  /** Where it runs, if that is another tab: it is seen here, and steered there. */
  elsewhere: Elsewhere | null;
}

const uncommitted: readonly JobOutcome[] = ['killed', 'rejected', 'unknown'];

interface LaneNews {
  lane: LaneState | undefined;
  outcome: JobOutcome | undefined;
  isLive: boolean;
}

/** A job of this tab. `isLive`: workers ran its race, and can run it again. */
export function laneJob(
  { name, dependencies }: Pick<LaneJob, 'name' | 'dependencies'>,
  { lane, outcome, isLive }: LaneNews,
): LaneJob {
  const isAtWork = lane !== undefined && lane.where.is !== 'ended';
  const ended = isAtWork ? null : (outcome ?? null);
  return {
    name,
    dependencies,
    outcome: ended,
    where: lane?.where ?? null,
    held: lane !== undefined && isHeld(lane),
    restartable: isLive && ended !== null && uncommitted.includes(ended),
    elsewhere: null,
  };
}

/** The lanes, each that waits for a table behind a job of another tab with that job's name: the log alone tells it. */
export function withHolders(lanes: readonly LaneJob[], history: History): LaneJob[] {
  return lanes.map((lane) => {
    const { name, where } = lane;
    if (where?.is !== 'queued' || where.behind !== null) return lane;
    const isAtWork = (job: string) =>
      lanes.some((other) => other.name === job && other.outcome === null);
    const behind = turnsOn(where.table, history).find((job) => job !== name && isAtWork(job));
    return behind === undefined ? lane : { ...lane, where: { ...where, behind } };
  });
}
