import type { TableHistory } from '../../iceberg/history.ts';
import type { FileSummary } from '../../iceberg/stop.ts';
import type { JobReport, LedgerRow } from '../report.ts';

/** What a job was told and what it wrote, from the event log. */
export interface JobFate {
  job: JobReport;
  /** The data files it wrote. */
  files: FileSummary[];
  /** The snapshots that it was told to have committed, decimal text. */
  wins: string[];
  /** The tables in which it won a swap. */
  tables: string[];
}

/** The rows that a job was told were committed, and where they are now. */
export function ledgerOf(fate: JobFate, histories: readonly TableHistory[]): LedgerRow {
  const live = new Set(histories.flatMap((history) => history.live.map(({ path }) => path)));
  const removed = new Set(
    histories.flatMap(({ changes }) =>
      changes.flatMap((change) => change.removed.map((f) => f.path)),
    ),
  );
  const told = rowsOf(fate.files);
  const found = rowsOf(fate.files.filter(({ path }) => live.has(path)));
  const replaced = rowsOf(fate.files.filter(({ path }) => !live.has(path) && removed.has(path)));
  return { job: fate.job.name, told, found, replaced, missing: told - found - replaced };
}

/** The rows of some files together. */
export const rowsOf = (files: readonly FileSummary[]): number =>
  files.reduce((sum, { rows = 0 }) => sum + rows, 0);
