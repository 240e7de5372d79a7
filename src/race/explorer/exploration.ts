import type { Judgement } from './judge.ts';
import type { Run } from './run.ts';
import type { Script } from './script.ts';

/** What many schedules of some writers came to. */
export interface Exploration {
  /** Schedules that were run to their end. */
  schedules: number;
  /** Moments at which all that had not ended were taken for killed. */
  crashes: number;
  /** Schedules and crashes by verdict; `undecided` cannot be told. */
  holds: number;
  violated: number;
  undecided: number;
  /** Schedules in which a writer was rejected. */
  rejected: number;
  /** Whether there is no schedule beside these, but for the order of steps that commute. */
  complete: boolean;
  /** The first schedule that is violated; a crash only if there is no other. */
  violation: Schedule | null;
}

/** A schedule and what it came to. Taking its script again gives the same. */
export interface Schedule extends Judgement {
  script: Script;
}

/** Who wants to know more than the sums at the end. */
export interface Observer {
  /** Called for each schedule that was run to its end, with the sums so far. */
  onSchedule?: (schedule: Schedule, soFar: Exploration) => void;
  /** Called for each moment that is taken for a crash. */
  onCrash?: (crash: Schedule) => void;
}

/** An exploration that has seen nothing. */
export function emptyExploration(): Exploration {
  return {
    schedules: 0,
    crashes: 0,
    holds: 0,
    violated: 0,
    undecided: 0,
    rejected: 0,
    complete: true,
    violation: null,
  };
}

/** Adds what a run came to: at its end, or at a moment that is taken for a crash of all that have not ended. */
export function addRun(
  exploration: Exploration,
  run: Run,
  judgement: Judgement,
  { onSchedule, onCrash }: Observer,
): void {
  const schedule = { ...judgement, script: [...run.script, ...run.lastKills] };
  const isEnd = run.hasEnded;
  exploration[isEnd ? 'schedules' : 'crashes'] += 1;
  if (isEnd && judgement.jobs.some(({ outcome }) => outcome === 'rejected')) {
    exploration.rejected += 1;
  }
  exploration[sums[judgement.verdict.result]] += 1;
  if (isEnd) onSchedule?.(schedule, exploration);
  else onCrash?.(schedule);
  if (judgement.verdict.result !== 'violated') return;
  const known = exploration.violation;
  const isKnownCrash = known?.script.at(-1)?.do === 'kill';
  if (known === null || (isEnd && isKnownCrash)) exploration.violation = schedule;
}

const sums = { holds: 'holds', violated: 'violated', 'cannot-tell': 'undecided' } as const;
