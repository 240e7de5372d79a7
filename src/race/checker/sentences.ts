import type { SnapshotChange, TableHistory } from '../../iceberg/history.ts';
import type { FileSummary } from '../../iceberg/stop.ts';
import type { LedgerRow } from '../report.ts';
import { type JobFate, rowsOf } from './ledger.ts';

const count = (rows: number): string =>
  `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`;
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;

export const unreadable = (table: string): string =>
  `The files of ${table} could not be read, so nothing can be said of its rows.`;
export const missingRows = ({ job, told, missing }: LedgerRow): string =>
  `${job} was told that ${count(told)} were committed; ${missing.toLocaleString('en-US')} of them are not in the table, and no commit removed them.`;
export const lostSnapshot = (job: string, id: string): string =>
  `${job} was told that snapshot ${id} was committed, but it is not in the history of the table.`;
export const writtenTwice = (job: string, { path }: FileSummary): string =>
  `${nameOf(path)} of ${job} is in the table twice.`;
export const dirtyFile = (job: string, { path }: FileSummary): string =>
  `${job} failed, but its file ${nameOf(path)} is in the table.`;
export const forked = (id: string): string =>
  `Snapshot ${id} does not follow the snapshot before it: the history forked.`;
export const sequenceFell = ({ snapshotId, sequenceNumber }: SnapshotChange): string =>
  `Snapshot ${snapshotId} has sequence number ${sequenceNumber}, which does not rise.`;
export const removedAbsent = (id: string, path: string): string =>
  `Snapshot ${id} removes ${nameOf(path)}, which was not in the table.`;
export const addedTwice = (id: string, path: string): string =>
  `Snapshot ${id} adds ${nameOf(path)}, which was in the table already.`;
export const wrongTotal = (id: string, counted: number, rows: number): string =>
  `Snapshot ${id} counts ${count(counted)}, but its files hold ${count(rows)}.`;
export const vanishedFile = (path: string): string =>
  `${nameOf(path)} vanished from the table although no commit removed it.`;
export const unexplainedFile = (path: string): string =>
  `${nameOf(path)} is in the table although no commit added it.`;

/** Why a race that broke no rule ended as it did. */
export function holding(
  fates: readonly JobFate[],
  ledger: readonly LedgerRow[],
  histories: readonly TableHistory[],
): string[] {
  const kept = ledger.filter(({ told, found }) => told === found);
  return [
    ...(kept.length > 0 && kept.length === ledger.length ? [allKept(kept)] : []),
    ...fates.flatMap((fate) => replacements(fate, fates, histories)),
    ...fates.filter(({ job }) => job.outcome !== 'committed').map(notCommitted),
    ...(ledger.length === 0
      ? ['No job committed rows, and no row of any job is in the table.']
      : []),
  ];
}

function allKept(kept: readonly LedgerRow[]): string {
  const [only] = kept;
  if (kept.length === 1 && only !== undefined) {
    return `${only.job} was told “committed”, and each of its ${count(only.told)} is in the table exactly once.`;
  }
  const all = kept.length === 2 ? 'Both' : `All ${kept.length}`;
  return `${all} jobs were told “committed”, and every row of ${kept.length === 2 ? 'both' : 'each'} is in the table exactly once.`;
}

/** Says of each other job what this job's commits removed of it. */
function replacements(
  fate: JobFate,
  fates: readonly JobFate[],
  histories: readonly TableHistory[],
): string[] {
  const removed = histories.flatMap(({ changes }) =>
    changes.filter(({ snapshotId }) => fate.wins.includes(snapshotId)).flatMap((c) => c.removed),
  );
  const paths = new Set(removed.map(({ path }) => path));
  return fates.flatMap((other) => {
    const gone = other.files.filter(({ path }) => paths.has(path));
    if (other === fate || gone.length === 0) return [];
    const partitions = [...new Set(gone.map(({ partition = '' }) => partition))]
      .filter(Boolean)
      .sort();
    const where = partitions.length === 0 ? '' : ` in ${list(partitions)}`;
    return [
      `${fate.job.name} committed later and replaced ${count(rowsOf(gone))} of ${other.job.name}${where}: an overwrite replaces what it writes, and the last committer wins.`,
    ];
  });
}

function notCommitted({ job, wins }: JobFate): string {
  if (job.outcome === 'killed' && wins.length > 0) {
    return `${job.name} was killed after its swap was won: its rows are in the table, though it never said so.`;
  }
  if (job.outcome === 'unknown') {
    return `${job.name} does not know whether it committed; its rows are in the table whole or not at all.`;
  }
  return `${job.name} was ${job.outcome}: none of its rows are in the table.`;
}
