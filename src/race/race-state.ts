import type { Stop, StopDetail } from '../iceberg/stop.ts';
import { type Holds, holdsAt } from './holds.ts';

/** Where a job is. */
export type Whereabouts =
  /** Not started: jobs that it depends on have not committed yet. */
  | { is: 'waiting' }
  | { is: 'running' }
  /** Waits at a stop to be let go on. `since`: ms on the clock of `performance.now()`. */
  | { is: 'held'; detail: StopDetail; table: string | null; attempt: number; since: number }
  /** Waits for its turn to commit to a table. `behind`: the job that has the turn; `null`: none of this race. */
  | { is: 'queued'; table: string; behind: string | null }
  | { is: 'ended' };

/** How a job is steered, and where it is. */
export interface LaneState {
  where: Whereabouts;
  /** The stops at which it waits until it is released. */
  breakpoints: Holds;
  /** The stops at which it will be killed. */
  kills: readonly Stop[];
}

/** How a race is steered at a moment: plain data. */
export interface RaceState {
  paused: boolean;
  /** 1: as fast as it goes; down to 1/100. */
  pace: number;
  /** How many steps of the script have been taken; `null` if there is none or it is over. */
  script: { taken: number; steps: number } | null;
  lanes: Readonly<Record<string, LaneState>>;
}

/** Whether a job waits at a breakpoint of its own, and not only because all jobs wait or go slowly. */
export function isHeld({ where, breakpoints }: LaneState): boolean {
  return where.is === 'held' && holdsAt(breakpoints, where.detail.stop);
}
