import type { HistoryFile } from '../../iceberg/history.ts';
import type { BaseSummary, FileSummary } from '../../iceberg/stop.ts';
import { conflictOf } from '../conflict.ts';
import type { JobReport } from '../report.ts';
import type { Commit } from './commits.ts';
import type { Evidence } from './evidence.ts';
import { fault } from './faults.ts';
import { whereaboutsOf } from './outcomes.ts';

/**
 * Refusals with a reason: a conflict names files that others committed there, files that are missed were removed
 * meanwhile, and who gives up has lost every swap.
 * Only what the evidence contradicts for certain is a fault; a file from before the race may well have been a conflict.
 */
export function checkRefusals(evidence: Evidence): string[] {
  return evidence.commits
    .filter(({ outcome }) => outcome === 'refused')
    .flatMap((commit) => [
      ...checkInterval(evidence, commit),
      ...checkConflict(evidence, commit),
      ...checkGivingUp(evidence, commit),
    ]);
}

/** What the commits of a table were searched for, as places in its history: after `from` of them, up to `to` of them. */
interface Interval {
  from: number;
  to: number;
}

/** Where a refused job was looking for conflicts; `null` if the history does not reach it, or the log does not tell. */
function intervalOf({ history }: Evidence, error: JobReport['error']): Interval | null {
  const { since = null, head } = error?.context ?? {};
  if (head === undefined) return null;
  const { before, changes } = history;
  const ids = [before.snapshotId, ...changes.map(({ snapshotId }) => snapshotId)];
  const [from, to] = [ids.indexOf(since), ids.indexOf(head)];
  return from < 0 || to < 0 ? null : { from, to };
}

/** Who is refused for a conflict has met a commit since it started. */
function checkInterval(evidence: Evidence, { job }: Commit): string[] {
  if (job.error?.kind !== 'Validation') return [];
  const interval = intervalOf(evidence, job.error);
  if (interval === null || interval.to > interval.from) return [];
  return [fault.refusedForNothing(evidence.title, job.name)];
}

function checkConflict(evidence: Evidence, commit: Commit): string[] {
  const { error, name } = commit.job;
  const conflict = conflictOf(error);
  if (conflict === null) return [];
  if (conflict.missing) return checkMissing(evidence, commit, conflict.paths);
  const { before, changes } = evidence.history;
  const known = new Map(
    [...before.files, ...changes.flatMap(({ added }) => added)].map((file) => [file.path, file]),
  );
  const removed = new Set(changes.flatMap((change) => change.removed.map(({ path }) => path)));
  // Main does not tell what a commit added or deleted that has left it, nor what was in a table that was dropped.
  const isSearched = error?.context.head === undefined || intervalOf(evidence, error) !== null;
  const never = evidence.commits
    .filter((other) => ['main', 'nowhere'].includes(whereaboutsOf(evidence, other)))
    .flatMap(({ files }) => files)
    .filter(({ path }) => !known.has(path) && !removed.has(path));
  const partitions = new Set(commit.files.map(({ partition }) => partition));
  const isElsewhere = ({ partition }: FileSummary) =>
    conflict.partitions && !partitions.has(partition);
  return conflict.paths.flatMap((path): string[] => {
    const file = known.get(path);
    if (commit.files.some((own) => own.path === path)) return [fault.conflictWithSelf(name, path)];
    if (isSearched && never.some((other) => other.path === path)) {
      return [fault.conflictWithNothing(name, path)];
    }
    if (file === undefined) return [];
    const later = laterMaker(evidence, commit, path, conflict.deleted);
    if (later !== undefined) return [fault.conflictFromLater(name, path, later)];
    if (isEarlier(evidence, commit, path, conflict.deleted)) {
      return [fault.conflictFromEarlier(name, path)];
    }
    if (isElsewhere(file)) return [fault.conflictElsewhere(name, file)];
    const isToldOfAll = evidence.history.abandoned.length === 0;
    const isLive = conflict.deleted && isToldOfAll && !removed.has(path);
    return isLive ? [fault.conflictNotDeleted(name, path)] : [];
  });
}

/**
 * Who misses files that it was to rewrite or delete has found them in the table when it began, and lost them to a commit
 * before the base of its last attempt. Delete files are not judged, as a history does not tell of them.
 */
function checkMissing(
  evidence: Evidence,
  { attempts, files, found, job }: Commit,
  paths: readonly string[],
): string[] {
  const states = evidence.states();
  const isIn = (state: readonly HistoryFile[] | undefined, path: string) =>
    state?.some((file) => file.path === path);
  const stateAt = (base: BaseSummary | undefined) =>
    base && states[evidence.placeOf(base.snapshotId)];
  // What another has staged was made on an older table than whoever publishes it has found.
  const mayPublish = files.length === 0 && evidence.history.elsewhere.length > 0;
  const [atFirst, atLast] = [stateAt(found), stateAt(attempts.at(-1)?.base)];
  return paths.flatMap((path) => {
    if (isIn(atLast, path) === true) return [fault.notMissing(job.name, path)];
    const isKnown = states.some((state) => isIn(state, path));
    const isEarlier = isKnown && !mayPublish && isIn(atFirst, path) === false;
    return isEarlier ? [fault.missingFromBeginning(job.name, path)] : [];
  });
}

/** Whether a file was added or deleted before the snapshot that a refused commit started from. */
function isEarlier(evidence: Evidence, { job }: Commit, path: string, isDeleted: boolean): boolean {
  const interval = intervalOf(evidence, job.error);
  if (interval === null) return false;
  const at = evidence.history.changes.findIndex(({ added, removed }) =>
    (isDeleted ? removed : added).some((file) => file.path === path),
  );
  const isFromBefore =
    !isDeleted && evidence.history.before.files.some((file) => file.path === path);
  return isFromBefore || (at >= 0 && at < interval.from);
}

/** Who added or deleted a file by a version that is newer than the one a refused commit was validated against. */
function laterMaker(
  { history, wins }: Evidence,
  { attempts }: Commit,
  path: string,
  isDeleted: boolean,
): string | undefined {
  const seen = attempts.at(-1)?.base.version ?? null;
  const change = history.changes.find(({ added, removed }) =>
    (isDeleted ? removed : added).some((file) => file.path === path),
  );
  const maker = wins.find(({ snapshotId }) => snapshotId === change?.snapshotId);
  return seen !== null && maker !== undefined && maker.version > seen ? maker.job : undefined;
}

function checkGivingUp({ events, title }: Evidence, { attempts, job, table }: Commit): string[] {
  if (job.error?.kind !== 'CommitFailed' || attempts.length === 0) return [];
  const asked = attempts.filter(({ next }) => next !== undefined).length;
  const lost = events.filter(
    (event) =>
      event.job === job.name &&
      event.table === table &&
      event.attempt > 0 &&
      event.detail.stop === 'swap-lost',
  ).length;
  return asked > lost ? [fault.gaveUpUnbeaten(title, job.name)] : [];
}
