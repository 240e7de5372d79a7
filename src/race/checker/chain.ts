import type { Evidence } from './evidence.ts';
import * as fault from './faults.ts';

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
      ...(to > from || (to === 0 && from === 0) ? [] : [fault.sequenceFell(name, from, to)]),
    ];
  });
  const isDiverged = evidence.history.reach === 'diverged' && evidence.mover === 'nobody';
  return isDiverged ? [fault.diverged(evidence.title), ...links] : links;
}
