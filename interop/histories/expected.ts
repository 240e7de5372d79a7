import type { Protocol } from '../../src/iceberg/stop.ts';
import type { StepResult } from './history.ts';

/**
 * Where we do not follow Java and a history goes on differently, each with how it is recognised. What the generator
 * avoids instead is said there: writes to branches that they create, transactions that are made again, `<=` on null
 * partitions. A rollback is refused by us if main has moved, so it only comes without interference.
 */
const differences: { reason: string; isIt: (java: StepResult, ours: StepResult) => boolean }[] = [
  {
    reason: 'Java ends in a NullPointerException; we do what was asked for, or say why not',
    isIt: ({ outcome }) => outcome.startsWith('NullPointer: '),
  },
  {
    reason: 'Java misses the files that its own lost attempt would have removed',
    isIt: (java, ours) =>
      java.outcome.startsWith('Validation: Missing required files to delete') &&
      (ours.outcome === 'committed' || ours.swaps > java.swaps),
  },
  {
    reason:
      'Java does not look at the base for a change of refs that changed nothing when it was built',
    isIt: (java, ours) =>
      java.outcome === 'committed' && ours.outcome.includes('refresh is required'),
  },
  {
    reason: 'Java says what else is wrong with a transaction before it looks at the newer base',
    isIt: (java, ours) =>
      /^(Validation|Illegal)/.test(java.outcome) && ours.outcome.includes('refresh is required'),
  },
  {
    reason:
      'Java cannot read a file with two deletion vectors, which it lets a careless writer add',
    isIt: ({ outcome }) => outcome.includes("Can't index multiple DVs"),
  },
  {
    reason: 'Java adds up over its attempts which snapshots to expire',
    isIt: (java, ours) =>
      java.outcome.includes('arraySize cannot be negative') ||
      (java.outcome.includes('Still referenced by refs') && ours.outcome === 'committed'),
  },
  {
    reason: 'Java goes on with an expiry that the table has forbidden since it was built',
    isIt: (java, ours) => java.outcome !== ours.outcome && ours.outcome.includes('GC is disabled'),
  },
];

/** How many delete files each snapshot removed, oldest first. */
function deleteFilesRemoved({ state }: StepResult): number[] {
  const { snapshots } = state as { snapshots: { summary: Record<string, string> }[] };
  return snapshots.map(({ summary }) => Number(summary['removed-delete-files'] ?? 0));
}

/** Why two results differ if they are meant to, else `null`. */
export function expectedDifference(
  java: StepResult,
  ours: StepResult,
  protocol: Protocol,
): string | null {
  for (const [index, window] of ours.windows.entries()) {
    const reference = java.windows[index];
    const reason = reference === undefined ? null : expectedDifference(reference, window, protocol);
    if (reason !== null) return reason;
  }
  const byJava = deleteFilesRemoved(java);
  if (deleteFilesRemoved(ours).some((count, index) => count > (byJava[index] ?? 0))) {
    return 'Java overlooks delete files that can match nothing any more, depending on their order';
  }
  const gaveUp = java.outcome.startsWith('CommitFailed: Cannot commit to table');
  if (protocol === 'queued' && gaveUp) return 'In the queue nobody runs out of retries';
  const found = differences.find(({ isIt }) => isIt(java, ours));
  return found?.reason ?? null;
}
