import { exhaustive } from '../../exhaustive.ts';
import type { HistoryFile, SnapshotChange, Totals } from '../../iceberg/history.ts';
import { rowsOf } from '../history.ts';
import { type Commit, winningAttempt } from './commits.ts';
import type { Evidence } from './evidence.ts';
import { about, fault } from './faults.ts';

/**
 * Replays the changes of a table in the order of its history, each against the sequential specification of its
 * operation, and compares with what is live: what no rule explains is a fault. Done for every snapshot, this shows that
 * the commits had the effect of running one after the other.
 */
export function replay(evidence: Evidence): string[] {
  const { before, changes, live } = evidence.history;
  const states = evidence.states();
  const checkChange = (change: SnapshotChange, at: number): string[] => {
    const name = evidence.nameOf(change);
    const state = states[at] ?? [];
    const totals = changes[at - 1]?.totals ?? before.totals;
    return [
      ...checkEntries(name, change, state),
      ...checkOperation(name, change, state, totals),
      ...checkPlan(name, evidence.makerOf(change), change, state),
      ...checkTotals(name, change, totals),
    ];
  };
  return [...changes.flatMap(checkChange), ...checkLive(evidence, states.at(-1) ?? [], live)];
}

/** Nothing comes or goes without an entry that says so, and each entry says something new. */
function checkEntries(
  name: string,
  change: SnapshotChange,
  before: readonly HistoryFile[],
): string[] {
  const { added, removed, appeared, vanished } = change;
  const isRemoved = isOneOf(removed);
  const isKept = isOneOf(before.filter((file) => !isRemoved(file)));
  const isLive = isOneOf(before);
  return [
    ...about(
      removed.filter((file) => !isLive(file)),
      (files) => fault.removedAbsent(name, files),
    ),
    ...about([...added.filter(isKept), ...repeated(added)], (files) =>
      fault.addedTwice(name, files),
    ),
    ...about(appeared, (files) => fault.appeared(name, files)),
    ...about(vanished, (files) => fault.vanished(name, files)),
  ];
}

/** What each operation may do (spec, "Snapshots"; the dynamic overwrite is Java's BaseReplacePartitions). */
function checkOperation(
  name: string,
  change: SnapshotChange,
  before: readonly HistoryFile[],
  previous: Totals,
): string[] {
  const { added, operation, removed } = change;
  if (change.replacesPartitions) return checkReplacement(name, change, before);
  switch (operation) {
    case 'append':
      return about(removed, (files) => fault.appendRemoved(name, files));
    case 'delete':
      return about(added, (files) => fault.deleteAdded(name, files));
    case 'replace': {
      const [from, to] = [rowsOf(removed), rowsOf(added)];
      // Rewriting a file leaves out the rows that delete files delete.
      const mayShrink = previous.deleteFiles !== 0;
      return to === from || (to < from && mayShrink)
        ? []
        : [fault.rewriteChangedRows(name, from, to)];
    }
    case 'overwrite':
      // A static overwrite removes what its filter matches, which no file tells: see the plan.
      return [];
    default:
      return exhaustive(operation);
  }
}

/** A dynamic overwrite replaces its own partitions, nothing more and nothing less. */
function checkReplacement(
  name: string,
  { added, removed }: SnapshotChange,
  before: readonly HistoryFile[],
): string[] {
  const own = new Set(added.map(({ partitionKey }) => partitionKey));
  const isUnpartitioned = added.some(({ partition }) => partition === '');
  const isOwn = (file: HistoryFile) => isUnpartitioned || own.has(file.partitionKey);
  const isGone = isOneOf(removed);
  return [
    ...about(
      before.filter((file) => isOwn(file) && !isGone(file)),
      (files) => fault.leftInPartition(name, files),
    ),
    ...about(
      removed.filter((file) => !isOwn(file)),
      (files) => fault.removedElsewhere(name, files),
    ),
  ];
}

/** What a commit removes is what its winning attempt had said that it would remove from that very base. */
function checkPlan(
  name: string,
  commit: Commit | undefined,
  { removed, snapshotId }: SnapshotChange,
  before: readonly HistoryFile[],
): string[] {
  const drafts = commit && winningAttempt(commit)?.drafts;
  const plan = drafts?.find((draft) => draft.snapshotId === snapshotId)?.validated?.removes;
  if (plan === undefined) return [];
  const isPlanned = isOneOf(plan);
  const isRemoved = isOneOf(removed);
  return [
    ...about(
      removed.filter((file) => !isPlanned(file)),
      (files) => fault.removedUnplanned(name, files),
    ),
    ...about(
      before.filter((file) => isPlanned(file) && !isRemoved(file)),
      (files) => fault.leftPlanned(name, files),
    ),
  ];
}

/** The totals of a summary grow and shrink by what the snapshot adds and removes. */
function checkTotals(
  name: string,
  { added, removed, totals }: SnapshotChange,
  previous: Totals,
): string[] {
  const rows = (previous.records ?? NaN) + rowsOf(added) - rowsOf(removed);
  const files = (previous.dataFiles ?? NaN) + added.length - removed.length;
  return [
    ...(contradicts(totals.records, rows) ? [fault.wrongRows(name, totals.records, rows)] : []),
    ...(contradicts(totals.dataFiles, files)
      ? [fault.wrongFiles(name, totals.dataFiles, files)]
      : []),
  ];
}

/** Where a summary counts nothing there is nothing to contradict. */
function contradicts(counted: number | null, expected: number): counted is number {
  return counted !== null && !Number.isNaN(expected) && counted !== expected;
}

/** What the current snapshot holds is what the changes come to, each file that they add once. */
function checkLive(
  { history: { changes }, title }: Evidence,
  expected: readonly HistoryFile[],
  live: readonly HistoryFile[],
): string[] {
  const isLive = isOneOf(live);
  const isExpected = isOneOf(expected);
  const isAdded = isOneOf(changes.flatMap(({ added }) => added));
  return [
    ...about(
      expected.filter((file) => !isLive(file)),
      (files) => fault.notLive(title, files),
    ),
    ...about(
      live.filter((file) => !isExpected(file)),
      (files) => fault.unexplained(title, files),
    ),
    ...about(repeated(live).filter(isAdded), (files) => fault.liveTwice(title, files)),
  ];
}

/** The files that stand in a list for the second time or more. */
function repeated(files: readonly HistoryFile[]): HistoryFile[] {
  const seen = new Set<string>();
  return files.filter(({ path }) => {
    const isRepeated = seen.has(path);
    seen.add(path);
    return isRepeated;
  });
}

function isOneOf(files: readonly { path: string }[]): (file: { path: string }) => boolean {
  const paths = new Set(files.map(({ path }) => path));
  return ({ path }) => paths.has(path);
}
