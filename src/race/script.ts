import { IcejamError } from '../error.ts';
import type { Stop } from '../iceberg/stop.ts';

/**
 * What a step does with its job, which waits at the step's stop: lets it go on, or kills it there. `run` lets it go on
 * from wherever it waits until it waits at that stop. `restart` runs a job again that has ended, uncommitted, after it
 * had been at that stop.
 */
export type Deed = 'release' | 'kill' | 'run' | 'restart';

/** One step of a script. */
export interface Step<At extends string = Stop, Do extends string = Deed> {
  do: Do;
  job: string;
  at: At;
  /** Which try the stop must belong to, from 1; 0 for the commit that creates the table. Any if absent. */
  attempt?: number;
}

/**
 * The order in which jobs are let go on, as plain data. Every job waits at every stop until a step is about it, and a
 * step is taken only when the one before has come to rest: taken over the same table it gives the same race.
 */
export type Script = readonly Step[];

/** The error for a step that cannot be taken; `where` says where its job is instead. */
export function stepDoesNotFit(step: Step, index: number, where: string): IcejamError {
  const attempt = step.attempt === undefined ? '' : ` of attempt ${step.attempt}`;
  return new IcejamError(
    'IllegalState',
    `Step ${index + 1} of the script cannot ${step.do} ${step.job} at ${step.at}${attempt}: ${where}.`,
    {
      context: { step: String(index + 1), job: step.job, stop: step.at },
      remedy:
        'Replay a script over the workflow, the protocol and the table that it was recorded with.',
    },
  );
}
