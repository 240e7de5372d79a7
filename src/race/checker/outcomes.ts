import type { FileSummary } from '../../iceberg/stop.ts';
import { type Commit, goesAside, isAside, snapshotIdsOf } from './commits.ts';
import type { Evidence } from './evidence.ts';
import { about, fault } from './faults.ts';

/**
 * What jobs were told against what is there: a commit that was told is in the history, a refused one left nothing, an
 * unknown one is there once or not at all; each whole, and under nobody else's name.
 */
export function checkOutcomes(evidence: Evidence): string[] {
  return [
    ...evidence.commits.flatMap((commit) => [
      ...checkPresence(evidence, commit),
      ...checkOnce(evidence, commit),
      ...checkWhole(evidence, commit),
    ]),
    ...checkOwners(evidence),
  ];
}

/** Where a commit is that a job was told of. `forgotten`: its table has forgotten snapshots, perhaps this one. */
export type Whereabouts = 'main' | 'elsewhere' | 'abandoned' | 'forgotten' | 'nowhere';

/** Looks for the snapshot of a commit. */
export function whereaboutsOf(evidence: Evidence, commit: Commit): Whereabouts {
  const { history } = evidence;
  const ids = snapshotIdsOf(commit);
  const isIn = (snapshotIds: readonly string[]) => snapshotIds.some((id) => ids.has(id));
  if (isIn(history.changes.map(({ snapshotId }) => snapshotId))) return 'main';
  // It may have been expired there, of which main tells nothing.
  if (isIn(history.elsewhere) || isAside(commit)) return 'elsewhere';
  if (isIn(history.abandoned) || evidence.isForgotten(commit)) return 'abandoned';
  return history.reach === 'expired' ? 'forgotten' : 'nowhere';
}

/**
 * The snapshots of a commit that main has left, also if they were forgotten since or a branch holds them; a rollback may
 * end within a transaction and leave only the later ones.
 */
export function leftOf(evidence: Evidence, commit: Commit): string[] {
  const { abandoned, before, changes, elsewhere } = evidence.history;
  const ids = [...snapshotIdsOf(commit)];
  if (isAside(commit)) return ids.filter((id) => abandoned.includes(id));
  const kept = [before.snapshotId, ...changes.map(({ snapshotId }) => snapshotId)];
  const isForgotten = evidence.isForgotten(commit);
  const left = [...abandoned, ...elsewhere];
  return ids.filter((id) => left.includes(id) || (isForgotten && !kept.includes(id)));
}

function checkPresence(evidence: Evidence, commit: Commit): string[] {
  const { job, files, outcome, win } = commit;
  const { changes, live } = evidence.history;
  if (outcome === 'refused') {
    const dirty = files.filter(isOneOf([...changes.flatMap(({ added }) => added), ...live]));
    if (dirty.length > 0) return [fault.dirty(job.name, dirty)];
    return evidence.changesOf(commit).length === 0 ? [] : [fault.refusedYetThere(job.name)];
  }
  if (!win?.snapshotId) return [];
  switch (whereaboutsOf(evidence, commit)) {
    case 'nowhere':
      // Rows that are missing are told by the ledger.
      return files.length > 0 ? [] : [fault.lostCommit(evidence.title, job.name)];
    case 'abandoned':
      return evidence.mover === 'nobody' ? [fault.abandoned(evidence.title, job.name)] : [];
    default:
      return [];
  }
}

/** Each file of a commit comes into the table once, by that commit; what was staged, by whoever picks it. */
function checkOnce(evidence: Evidence, commit: Commit): string[] {
  const { attempts, files, job } = commit;
  const ids = snapshotIdsOf(commit);
  const isStaged = attempts.some(goesAside);
  const seen = new Set<string>();
  return evidence.history.changes.flatMap((change) => {
    const own = change.added.filter(isOneOf(files));
    const again = own.filter(({ path }) => seen.has(path));
    for (const { path } of own) seen.add(path);
    const isByOther = again.length === 0 && !ids.has(change.snapshotId) && !isStaged;
    const name = evidence.nameOf(change);
    return [
      ...about(again, (twice) => fault.committedAgain(job.name, name, twice)),
      ...about(isByOther ? own : [], (alien) => fault.committedByOther(job.name, name, alien)),
    ];
  });
}

/** A commit that is in the history holds all the files that its job wrote, as it wrote them, and no other. */
function checkWhole(evidence: Evidence, commit: Commit): string[] {
  const { files, job } = commit;
  const { before } = evidence.history;
  // The table may have forgotten the beginning of a transaction.
  if (snapshotIdsOf(commit).has(before.snapshotId ?? '')) return [];
  // Who moved main back may have left the end of a transaction.
  if (evidence.mover !== 'nobody' && leftOf(evidence, commit).length > 0) return [];
  const known = evidence.changesOf(commit);
  const changes =
    known.length > 0
      ? known
      : evidence.history.changes.filter(({ added }) => added.some(isOneOf(files)));
  if (changes.length === 0 || files.length === 0) return [];
  const added = changes.flatMap((change) => change.added);
  const written = new Map(files.map((file) => [file.path, file]));
  const isAdded = isOneOf(added);
  return [
    ...about(
      files.filter((file) => !isAdded(file)),
      (missing) => fault.torn(job.name, missing, files.length),
    ),
    ...about(
      added.filter(({ path }) => !written.has(path)),
      (strange) => fault.neverWritten(job.name, strange),
    ),
    ...about(
      added.filter(({ path, rows }) => (written.get(path)?.rows ?? rows) !== rows),
      (other) => fault.otherRows(job.name, other),
    ),
  ];
}

/** No two jobs were told of one snapshot. */
function checkOwners(evidence: Evidence): string[] {
  const { allWins, title } = evidence;
  return allWins.flatMap((win, at) =>
    allWins
      .slice(0, at)
      .filter((other) => win.snapshotId !== null && other.snapshotId === win.snapshotId)
      .filter((other) => evidence.concerns(win, other))
      .map((other) => fault.sameSnapshot(title, other, win)),
  );
}

function isOneOf(files: readonly FileSummary[]): (file: FileSummary) => boolean {
  const paths = new Set(files.map(({ path }) => path));
  return ({ path }) => paths.has(path);
}
