import type { StepResult } from './history.ts';

/**
 * Where we do not follow Java and a history goes on differently, each with how it is recognised. What the generator
 * avoids instead is said there: writes to branches that they create, transactions that are made again, `<=` on null
 * partitions. A rollback is refused by us if main has moved, so it only comes without interference.
 */
const differences: { reason: string; isIt: (java: string, ours: string) => boolean }[] = [
  {
    reason: 'Java ends in a NullPointerException; we do what was asked for, or say why not',
    isIt: (java) => java.startsWith('NullPointer: '),
  },
  {
    reason: 'Java misses the files that its own lost attempt would have removed',
    isIt: (java, ours) =>
      java.startsWith('Validation: Missing required files to delete') && ours === 'committed',
  },
  {
    reason:
      'Java does not look at the base for a change of refs that changed nothing when it was built',
    isIt: (java, ours) => java === 'committed' && ours.includes('refresh is required'),
  },
  {
    reason:
      'Java cannot read a file with two deletion vectors, which it lets a careless writer add',
    isIt: (java) => java.includes("Can't index multiple DVs"),
  },
  {
    reason: 'Java adds up over its attempts which snapshots to expire',
    isIt: (java, ours) =>
      java.includes('arraySize cannot be negative') ||
      (java.includes('Still referenced by refs') && ours === 'committed'),
  },
];

/** How many delete files each snapshot removed, oldest first. */
function deleteFilesRemoved({ state }: StepResult): number[] {
  const { snapshots } = state as { snapshots: { summary: Record<string, string> }[] };
  return snapshots.map(({ summary }) => Number(summary['removed-delete-files'] ?? 0));
}

/** Why two results differ if they are meant to, else `null`. */
export function expectedDifference(java: StepResult, ours: StepResult): string | null {
  for (const [index, window] of ours.windows.entries()) {
    const reference = java.windows[index];
    const reason = reference === undefined ? null : expectedDifference(reference, window);
    if (reason !== null) return reason;
  }
  const byJava = deleteFilesRemoved(java);
  if (deleteFilesRemoved(ours).some((count, index) => count > (byJava[index] ?? 0))) {
    return 'Java overlooks delete files that can match nothing any more, depending on their order';
  }
  const found = differences.find(({ isIt }) => isIt(java.outcome, ours.outcome));
  return found?.reason ?? null;
}
