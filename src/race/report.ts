import type { ErrorValue } from '../error.ts';
import type { Protocol } from '../iceberg/stop.ts';
import type { Script } from './script.ts';

/** How a job ended. `unknown`: the swap may or may not have happened. */
export type JobOutcome = 'committed' | 'rejected' | 'unknown' | 'skipped' | 'killed';

/** What a job could not keep to itself: where, what, and what to write instead. */
export interface Warning {
  message: string;
  context: Record<string, string>;
  remedy?: string;
}

/** What a job tells as a table. A cell without a value is empty text. */
export interface Told {
  /** The command that asked. */
  title: string;
  columns: string[];
  rows: (string | number)[][];
}

/**
 * What became of one job. `rows`, `files`: what it wrote; `ms`: from its start to its end. `committed` with an error: a
 * later sink or action failed, and what the job had committed by then stays.
 */
export interface JobReport {
  name: string;
  outcome: JobOutcome;
  attempts: number;
  /** Decimal text; `null` if the job made no snapshot. */
  snapshotId: string | null;
  rows: number;
  files: number;
  ms: number;
  warnings: Warning[];
  error: ErrorValue | null;
  /** What the job was to tell. */
  told?: Told;
  /** What became of the runs of the job before it was restarted, in their order. */
  earlier?: JobReport[];
}

/** Whether a job did all that it was asked to. */
export function hasSucceeded({ outcome, error }: JobReport): boolean {
  return outcome === 'committed' && error === null;
}

/** What the checker says of a race, in sentences. */
export interface Verdict {
  result: 'holds' | 'violated' | 'cannot-tell';
  sentences: string[];
  /** Rows told and rows found, per job that was told "committed". */
  ledger: LedgerRow[];
  /** What of it can be seen in the log; absent if nothing. */
  exhibit?: Exhibit;
}

/**
 * Events that a verdict points at. `write-skew`: by turns what a job read and the commit that changed it afterwards, in
 * the shortest circle. `scan`: what was read and who had made what was seen, as far as that is known.
 */
export interface Exhibit {
  of: 'write-skew' | 'scan';
  events: ExhibitedEvent[];
}

/** An event: its job as the sentences call it, and its number in the log of that job's own race. */
export interface ExhibitedEvent {
  job: string;
  seq: number;
}

/** One line of the ledger. `replaced`: rows that a later commit removed by rule; `missing`: rows that nothing explains. */
export interface LedgerRow {
  job: string;
  told: number;
  found: number;
  replaced: number;
  missing: number;
}

/** What became of one workflow: the shape of the command line's JSON. */
export interface WorkflowReport {
  name: string;
  protocol: Protocol;
  jobs: JobReport[];
  verdict: Verdict;
  seed: string;
  /** The order in which the jobs went on: a race over this script and seed comes out the same. */
  script: Script;
}
