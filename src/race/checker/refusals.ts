import type { HistoryFile } from '../../iceberg/history.ts';
import type { BaseSummary, FileSummary } from '../../iceberg/stop.ts';
import { type Conflict, conflictOf } from '../conflict.ts';
import type { JobReport } from '../report.ts';
import type { Commit } from './commits.ts';
import type { Evidence } from './evidence.ts';
import { fault } from './faults.ts';

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
  const interval = intervalOf(evidence, job.error);
  if (interval === null || interval.to > interval.from) return [];
  return [fault.refusedForNothing(evidence.title, job.name)];
}

function checkConflict(evidence: Evidence, commit: Commit): string[] {
  const conflict = conflictOf(commit.job.error);
  if (conflict === null) return [];
  if (conflict.missing) return checkMissing(evidence, commit, conflict.paths);
  return conflict.paths.flatMap((path) => contradictionOf(evidence, commit, conflict, path) ?? []);
}

/** What tells that a file was no reason to refuse a commit; `null`: nothing does. */
function contradictionOf(
  evidence: Evidence,
  commit: Commit,
  conflict: Conflict,
  path: string,
): string | null {
  const { error, name } = commit.job;
  const { before, changes } = evidence.history;
  const isIt = (file: FileSummary) => file.path === path;
  if (commit.files.some(isIt)) return fault.conflictWithSelf(name, path);
  // What was searched may have left main since, or be of a table that was dropped.
  const isSearchedHere = intervalOf(evidence, error) !== null;
  const file = [...before.files, ...changes.flatMap(({ added }) => added)].find(isIt);
  if (file === undefined) {
    const isOfRace = evidence.commits.some(({ files }) => files.some(isIt));
    return isSearchedHere && isOfRace ? fault.conflictWithNothing(name, path) : null;
  }
  const later = laterMaker(evidence, commit, path, conflict.deleted);
  if (later !== undefined) return fault.conflictFromLater(name, path, later);
  if (isEarlier(evidence, commit, path, conflict.deleted)) {
    return fault.conflictFromEarlier(name, path);
  }
  const isWrittenTo = commit.files.some(({ partition }) => partition === file.partition);
  if (conflict.partitions && !isWrittenTo) return fault.conflictElsewhere(name, file);
  const isDeleted = changes.some(({ removed }) => removed.some(isIt));
  return conflict.deleted && isSearchedHere && !isDeleted
    ? fault.conflictNotDeleted(name, path)
    : null;
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
  if (job.error?.kind !== 'CommitFailed') return [];
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
