import type { FileSummary } from '../../iceberg/stop.ts';
import { conflictOf } from '../conflict.ts';
import type { Commit } from './commits.ts';
import type { Evidence } from './evidence.ts';
import { fault } from './faults.ts';

/**
 * Refusals with a reason: a conflict names files that others committed there, and who gives up has lost every swap.
 * Only what the evidence contradicts for certain is a fault; a file from before the race may well have been a conflict.
 */
export function checkRefusals(evidence: Evidence): string[] {
  return evidence.commits
    .filter(({ outcome }) => outcome === 'refused')
    .flatMap((commit) => [...checkConflict(evidence, commit), ...checkGivingUp(evidence, commit)]);
}

function checkConflict(evidence: Evidence, commit: Commit): string[] {
  const { error, name } = commit.job;
  const conflict = conflictOf(error);
  if (conflict === null) return [];
  const { before, changes } = evidence.history;
  const known = new Map(
    [...before.files, ...changes.flatMap(({ added }) => added)].map((file) => [file.path, file]),
  );
  const removed = new Set(changes.flatMap((change) => change.removed.map(({ path }) => path)));
  const never = evidence.commits
    .flatMap(({ files }) => files)
    .filter(({ path }) => !known.has(path) && !removed.has(path));
  const partitions = new Set(commit.files.map(({ partition }) => partition));
  const isElsewhere = ({ partition }: FileSummary) =>
    conflict.partitions && !partitions.has(partition);
  return conflict.paths.flatMap((path): string[] => {
    const file = known.get(path);
    if (commit.files.some((own) => own.path === path)) return [fault.conflictWithSelf(name, path)];
    if (never.some((other) => other.path === path)) return [fault.conflictWithNothing(name, path)];
    if (file === undefined) return [];
    const later = laterMaker(evidence, commit, path, conflict.deleted);
    if (later !== undefined) return [fault.conflictFromLater(name, path, later)];
    if (isElsewhere(file)) return [fault.conflictElsewhere(name, file)];
    const isLive = conflict.deleted && !removed.has(path);
    return isLive ? [fault.conflictNotDeleted(name, path)] : [];
  });
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
