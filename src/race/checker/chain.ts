import { type Commit, type Draft, winningAttempt } from './commits.ts';
import type { Evidence } from './evidence.ts';
import { fault } from './faults.ts';

/** Each snapshot builds on the one before it, and sequence numbers rise (format version 1 has none). */
export function checkChain(evidence: Evidence): string[] {
  const { before, changes } = evidence.history;
  const links = changes.flatMap((change, at) => {
    const previous = changes[at - 1];
    const parent = previous?.snapshotId ?? before.snapshotId;
    const from = previous?.sequenceNumber ?? 0;
    const to = change.sequenceNumber;
    const name = evidence.nameOf(change);
    return [
      ...(change.parentId === parent ? [] : [fault.forked(name)]),
      ...(to > from || from === 0 ? [] : [fault.sequenceFell(name, from, to)]),
    ];
  });
  const bases = evidence.commits.flatMap((commit) => checkBase(evidence, commit));
  const isDiverged = evidence.history.reach === 'diverged' && evidence.mover === 'nobody';
  return [
    ...(isDiverged ? [fault.diverged(evidence.title)] : []),
    ...links,
    ...bases,
    ...evidence.commits.flatMap((commit) => checkSteps(evidence, commit)),
  ];
}

/** Of the snapshots of one commit only the last becomes current, and there are no more than one attempt makes. */
function checkSteps(evidence: Evidence, commit: Commit): string[] {
  const { history, title } = evidence;
  const { attempts, job } = commit;
  // Main may be rolled back to an inner snapshot afterwards.
  const placeOf = ({ snapshotId }: Draft) => history.snapshotLog.indexOf(snapshotId);
  const isInnerCurrent = attempts.some(({ drafts }) => {
    const [last = -1, ...inner] = drafts.map(placeOf).reverse();
    return inner.some((place) => place >= 0 && place < last);
  });
  const most = Math.max(1, ...attempts.map(({ drafts }) => drafts.length));
  return [
    ...(isInnerCurrent ? [fault.intermediate(title, job.name)] : []),
    ...(evidence.changesOf(commit).length > most ? [fault.madeTwice(title, job.name)] : []),
  ];
}

/** A commit builds on the very base that its winning attempt had read and validated. */
function checkBase({ history, title }: Evidence, commit: Commit): string[] {
  const attempt = winningAttempt(commit);
  // A transaction makes several snapshots, of which the first builds on the base; a branch goes its own way.
  const [draft] = attempt?.drafts ?? [];
  const first = history.changes.find(({ snapshotId }) => snapshotId === draft?.snapshotId);
  return draft?.isAside !== false || !first || first.parentId === attempt?.base.snapshotId
    ? []
    : [fault.otherBase(title, commit.job.name)];
}
