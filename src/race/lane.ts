import { exhaustive } from '../exhaustive.ts';
import type { Stop } from '../iceberg/stop.ts';
import type { Holds } from './holds.ts';
import type { StopMessage } from './message.ts';
import type { Whereabouts } from './race-state.ts';
import type { Step } from './script.ts';

/** One job under the conductor's hand. */
export interface Lane {
  where: Exclude<Whereabouts, { is: 'queued' }> | { is: 'queued'; table: string };
  /** The stop that it waits at or was at last. */
  last: StopMessage | null;
  breakpoints: Holds;
  kills: ReadonlySet<Stop>;
  /** Is to wait at its next stop, whichever that is. */
  steps: boolean;
  /** Waits until it is told to go on, even if the race is not paused. */
  stays: boolean;
  /** Is to go on from where it is held, even if the race is paused. */
  goes: boolean;
}

/** A job that has not started. */
export function newLane(breakpoints: Holds): Lane {
  return {
    where: { is: 'waiting' },
    last: null,
    breakpoints,
    kills: new Set(),
    steps: false,
    stays: false,
    goes: false,
  };
}

/** Whether a job that goes on from this stop asks for its turn to commit. */
export function isBeforeQueue(message: StopMessage | null): boolean {
  return message?.detail.stop === 'swap-lost' && message.detail.next.do === 'queue';
}

/** Whether a job waits at the stop that a step names. */
export function isAt({ at, attempt }: Step, where: Lane['where']): boolean {
  if (where.is !== 'held' || where.detail.stop !== at) return false;
  return attempt === undefined || attempt === where.attempt;
}

/** Where a job is, as the end of a sentence. */
export function whereText(where: Lane['where'], last: StopMessage | null): string {
  switch (where.is) {
    case 'waiting':
      return 'it has not started, as a job that it depends on has not committed';
    case 'running':
      return 'it is at work';
    case 'held':
      return `it waits at ${where.detail.stop}${where.attempt > 0 ? ` of attempt ${where.attempt}` : ''}`;
    case 'queued':
      return `it waits for its turn to commit to ${where.table}`;
    case 'ended':
      return last === null ? 'it never started' : `it ended at ${last.detail.stop}`;
    default:
      return exhaustive(where);
  }
}
