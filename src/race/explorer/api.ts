import type { Protocol } from '../../iceberg/stop.ts';
import type { Exploration } from './exploration.ts';
import type { Judgement } from './judge.ts';
import type { ExploredJob } from './operations.ts';
import type { OutcomeKind } from './outcome-kinds.ts';
import type { Script } from './script.ts';

/** What to explore: these jobs over `exploredWorld`. */
export interface ExplorationPlan {
  jobs: readonly ExploredJob[];
  protocol: Protocol;
  /** Whether every job may also be killed, wherever it waits. */
  kills: boolean;
  /** The exploration ends after so many schedules. */
  limit: number;
}

/** What an exploration has found; while it goes on, so far. */
export interface ExplorationReport extends Omit<Exploration, 'violation'> {
  protocol: Protocol;
  kinds: OutcomeKind[];
}

/** One schedule as a race: its log, its jobs and its verdict. */
export type ReplayedSchedule = Pick<Judgement, 'events' | 'jobs' | 'verdict'>;

/** What the explorer's worker answers. */
export interface ExplorerMethods {
  [method: string]: (argument: never, progress: (value: unknown) => void) => Promise<unknown>;
  /** Tells {@link ExplorationReport} on the way. */
  explore(
    argument: ExplorationPlan,
    progress: (value: unknown) => void,
  ): Promise<ExplorationReport>;
  /** Runs a schedule of a plan again. Throws `IllegalState` for a script of another plan. */
  replay(argument: { plan: ExplorationPlan; script: Script }): Promise<ReplayedSchedule>;
}
