import {
  difference,
  type ForgottenChange,
  type ForgottenPast,
  type HistoryFile,
  type SnapshotChange,
  type TableHistory,
} from '../../iceberg/history.ts';
import type { FileSummary } from '../../iceberg/stop.ts';
import { rowsOf } from '../history.ts';
import { type Commit, snapshotIdsOf, validationOf } from './commits.ts';
import { doubt } from './faults.ts';

/** A table's history with what it has forgotten, or why that cannot be known. */
interface Recollection {
  history: TableHistory;
  /** What is missing, as sentences. */
  gaps: string[];
}

/**
 * A history that an expiry has cut off, made whole again. That there were the forgotten snapshots, in which order and
 * with how many files and rows is told by older metadata files; which files they added and removed, by the log of those
 * who made them. What that comes to is judged like any history: it has to begin with the rows that were counted then, and
 * to lead to the files that are left.
 */
export function recollect(
  history: TableHistory,
  commits: readonly Commit[],
  title: string,
): Recollection {
  const { forgotten } = history;
  if (history.reach !== 'expired') return { history, gaps: [] };
  if (forgotten === undefined) return { history, gaps: [doubt.forgotten(title)] };
  const known = new KnownFiles([...forgotten.oldest.removed, ...history.before.files]);
  const told: SnapshotChange[] = [];
  const silent = new Set<string>();
  let strangers = 0;
  for (const change of forgotten.changes) {
    const maker = makerOf(change.snapshotId, commits);
    const by = maker && toldChange(change, maker, known);
    if (maker === undefined) strangers += 1;
    else if (!by) silent.add(maker.job.name);
    else told.push(by);
  }
  const gaps = [
    ...(strangers === 0 ? [] : [doubt.forgottenOthers(title, strangers)]),
    ...[...silent].map((job) => doubt.forgottenUntold(title, job)),
  ];
  if (gaps.length > 0) return { history, gaps };
  const made = whole(history, forgotten, told);
  const { files: found, totals } = made.before;
  const isCounted = totals.records === null || totals.records === rowsOf(found);
  if (isCounted) return { history: made, gaps };
  return { history, gaps: [doubt.forgottenRows(title, totals.records ?? 0, rowsOf(found))] };
}

/** The files in which a snapshot differs from the one before it, as told by the job that made it; `null`: it does not tell. */
function toldChange(
  change: ForgottenChange,
  commit: Commit,
  known: KnownFiles,
): SnapshotChange | null {
  const { counts, ...rest } = change;
  // Which of its files a transaction adds by which of its snapshots nobody tells.
  const isOne = commit.attempts.every(({ drafts }) => drafts.length <= 1);
  const removes = validationOf(commit, change.snapshotId)?.removes ?? [];
  const added = known.of(commit.files);
  const removed = known.of(removes);
  // Whoever publishes what another has staged does not tell of its files.
  const isTold =
    commit.files.length > 0 || (counts.added === 0 && counts.removed === removes.length);
  if (!isOne || !isTold || added === null || removed === null) return null;
  return { ...rest, added, removed, appeared: [], vanished: [], miscounted: [] };
}

function makerOf(snapshotId: string, commits: readonly Commit[]): Commit | undefined {
  return commits.find((commit) => snapshotIdsOf(commit).has(snapshotId));
}

/** Puts the forgotten changes in front of the others; the files before them are those that they must have found. */
function whole(
  history: TableHistory,
  { since, oldest, reach }: ForgottenPast,
  told: readonly SnapshotChange[],
): TableHistory {
  const left = history.before.files;
  const before = [...told, oldest].reduceRight(undo, left);
  const found = told.reduce(apply, before);
  return {
    ...history,
    reach,
    before: { ...since, files: before },
    changes: [...told, { ...oldest, ...difference(oldest, found, left) }, ...history.changes],
  };
}

const undo = (after: HistoryFile[], { added, removed }: SnapshotChange): HistoryFile[] => [
  ...without(without(after, added), removed),
  ...removed,
];

const apply = (before: HistoryFile[], { added, removed }: SnapshotChange): HistoryFile[] => [
  ...without(before, removed),
  ...added,
];

function without(files: readonly HistoryFile[], others: readonly HistoryFile[]): HistoryFile[] {
  const paths = new Set(others.map(({ path }) => path));
  return files.filter(({ path }) => !paths.has(path));
}

/** Files that manifests tell of, by which those that only the log tells of are told as manifests would. */
class KnownFiles {
  readonly #byPath = new Map<string, HistoryFile>();
  readonly #keys = new Map<string, Set<string>>();

  constructor(files: readonly HistoryFile[]) {
    for (const file of files) {
      this.#byPath.set(file.path, file);
      const { partition, partitionKey } = file;
      this.#keys.set(partition, (this.#keys.get(partition) ?? new Set()).add(partitionKey));
    }
  }

  /** These files with their partitions; `null` if a path does not tell in which partition one is. */
  of(files: readonly FileSummary[]): HistoryFile[] | null {
    const known = files.flatMap((file) => this.#byPath.get(file.path) ?? this.#told(file) ?? []);
    return known.length === files.length ? known : null;
  }

  #told({ path, bytes, rows, partition = '' }: FileSummary): HistoryFile | null {
    const [key = partition, ...others] = this.#keys.get(partition) ?? [];
    // A path does not tell a null from the text.
    const isUnclear = others.length > 0 || /=null(\/|$)/.test(partition);
    if (isUnclear || rows === undefined) return null;
    return { path, bytes, rows, partition, partitionKey: key };
  }
}
