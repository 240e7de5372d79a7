import type { TableHistory } from '../../iceberg/history.ts';
import { rowsOf } from '../history.ts';
import type { JobReport, LedgerRow } from '../report.ts';
import type { Commit } from './commits.ts';
import type { Evidence } from './evidence.ts';
import { leftOf, whereaboutsOf } from './outcomes.ts';

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

/** Whether a job was told that its commit changed main. A compaction has no rows of its own to tell of. */
function isTold(commit: Commit, evidence: Evidence): boolean {
  const { files, outcome, win } = commit;
  if (win?.operation === 'replace') return false;
  const isChange = files.length > 0 || typeof win?.snapshotId === 'string';
  return outcome === 'committed' && isChange && whereaboutsOf(evidence, commit) !== 'elsewhere';
}

function addCommit(row: LedgerRow, commit: Commit, evidence: Evidence): void {
  const isUndone = evidence.mover === 'race' && leftOf(evidence, commit).length > 0;
  const fates = new Map(commit.files.map(({ path }) => [path, fateOf(path, evidence.history)]));
  const rowsThat = (fate: Fate) =>
    rowsOf(commit.files.filter(({ path }) => fates.get(path) === fate));
  const gone = rowsThat('gone');
  row.told += rowsOf(commit.files);
  row.found += rowsThat('found');
  row.replaced += rowsThat('replaced') + (isUndone ? gone : 0);
  row.missing += isUndone ? 0 : gone;
}

/** Where the rows of a file are now: in the table, removed by a later commit, or gone though nobody removed them. */
type Fate = 'found' | 'replaced' | 'gone';

/** Follows the rows of a file through the compactions that put them into other files. */
function fateOf(path: string, history: TableHistory): Fate {
  if (history.live.some((file) => file.path === path)) return 'found';
  const change = history.changes.find(({ removed }) => removed.some((file) => file.path === path));
  if (change?.operation !== 'replace') return change === undefined ? 'gone' : 'replaced';
  const partition = change.removed.find((file) => file.path === path)?.partitionKey;
  const successor =
    change.added.find(({ partitionKey }) => partitionKey === partition) ?? change.added[0];
  return successor === undefined ? 'replaced' : fateOf(successor.path, history);
}
