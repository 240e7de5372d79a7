import { rowsOf } from '../history.ts';
import type { JobReport, LedgerRow } from '../report.ts';
import type { Commit } from './commits.ts';
import type { Evidence } from './evidence.ts';
import { whereaboutsOf } from './outcomes.ts';

/**
 * The rows that a job was told were committed, and where they are now; `null` if it was told of none. Rows on another
 * branch than main are not counted: readers of main are not meant to see them.
 */
export function ledgerOf(job: JobReport, evidences: readonly Evidence[]): LedgerRow | null {
  const row: LedgerRow = { job: job.name, told: 0, found: 0, replaced: 0, missing: 0 };
  let toldOf = 0;
  for (const evidence of evidences) {
    const own = evidence.commits.filter((commit) => commit.job === job && isTold(commit, evidence));
    toldOf += own.length;
    for (const commit of own) addCommit(row, commit, evidence);
  }
  return toldOf === 0 ? null : row;
}

/** Whether a job was told that its commit changed main. */
function isTold(commit: Commit, evidence: Evidence): boolean {
  const { files, outcome, win } = commit;
  const isChange = files.length > 0 || typeof win?.snapshotId === 'string';
  return outcome === 'committed' && isChange && whereaboutsOf(evidence, commit) !== 'elsewhere';
}

function addCommit(row: LedgerRow, commit: Commit, evidence: Evidence): void {
  const { live, changes } = evidence.history;
  const livePaths = new Set(live.map(({ path }) => path));
  const removed = new Set(changes.flatMap((change) => change.removed.map(({ path }) => path)));
  const isUndone = evidence.mover === 'race' && whereaboutsOf(evidence, commit) === 'abandoned';
  const told = rowsOf(commit.files);
  const found = rowsOf(commit.files.filter(({ path }) => livePaths.has(path)));
  const replaced = rowsOf(
    commit.files.filter(({ path }) => !livePaths.has(path) && (isUndone || removed.has(path))),
  );
  row.told += told;
  row.found += found;
  row.replaced += replaced;
  row.missing += told - found - replaced;
}
