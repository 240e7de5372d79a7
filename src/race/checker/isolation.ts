import type { HistoryFile, SnapshotChange } from '../../iceberg/history.ts';
import { type Commit, validationOf } from './commits.ts';
import type { Detail } from '../history.ts';
import type { Evidence } from './evidence.ts';
import { about, fault } from './faults.ts';
import { type ScannedInput, scansBy } from './reads.ts';

/**
 * The isolation that a committed overwrite asked for: between the snapshot that it started from and itself, no commit
 * removed files where it looks, and under `serializable` none added any (Java's MergingSnapshotProducer). A dynamic
 * overwrite looks at its own partitions; of a static one the log does not tell the filter, so only files that it has
 * removed are known to match.
 */
export function checkIsolation(evidence: Evidence): string[] {
  return evidence.commits.flatMap((commit) =>
    evidence.changesOf(commit).flatMap((change) => checkChange(evidence, commit, change)),
  );
}

function checkChange(evidence: Evidence, commit: Commit, own: SnapshotChange): string[] {
  const validation = validationOf(commit, own.snapshotId);
  if (validation === undefined || validation.isolation === 'none') return [];
  const { before, changes } = evidence.history;
  const { since } = validation;
  // From a snapshot before the race's first on, all changes of the race are in between.
  const from = changes.findIndex(({ snapshotId }) => snapshotId === since) + 1;
  const between = changes
    .slice(from, changes.indexOf(own))
    .filter((change) => evidence.makerOf(change) !== commit);
  const looksAt = scopeOf(own);
  const { name } = commit.job;
  const removed = between.flatMap((change) =>
    about(change.removed.filter(looksAt), (files) =>
      fault.conflict(name, validation.isolation, evidence.nameOf(change), 'removed', files),
    ),
  );
  if (validation.isolation === 'snapshot') return removed;
  const added = between
    .filter(({ operation }) => operation !== 'replace')
    .flatMap((change) =>
      about(change.added.filter(looksAt), (files) =>
        fault.conflict(name, validation.isolation, evidence.nameOf(change), 'added', files),
      ),
    );
  // Without a starting snapshot the whole history is looked at, and everything in it was added once.
  const earlier = since === null ? before.files.filter(looksAt) : [];
  return [
    ...added,
    ...removed,
    ...checkReads(evidence, commit, validation, between),
    ...about(earlier, (files) => fault.conflictFromBefore(name, files)),
  ];
}

/**
 * `validate-reads`: nothing that the job has read has changed either, but for compaction. What a statement matches is
 * known of the files that were there; of what was added only if it looks at the whole table.
 */
function checkReads(
  evidence: Evidence,
  { job }: Commit,
  { since, validatesReads }: Detail<'validated'>,
  between: readonly SnapshotChange[],
): string[] {
  if (validatesReads === undefined) return [];
  const scans = scansBy(evidence, job.name).filter(({ base }) => base.snapshotId === since);
  const others = between.filter(({ operation }) => operation !== 'replace');
  return others.flatMap((change) =>
    about(
      scans.some(({ input }) => isChangedBy(input, change)) ? [evidence.nameOf(change)] : [],
      ([other = '']) => fault.readChanged(evidence.title, job.name, other),
    ),
  );
}

/** Whether a commit changed what had been read. */
export function isChangedBy({ scan }: ScannedInput, { added, removed }: SnapshotChange): boolean {
  if (scan.matched === undefined) return added.length > 0 || removed.length > 0;
  const matched = new Set(scan.matched);
  return removed.some(({ path }) => matched.has(path));
}

/** The files that an overwrite is known to look at. */
function scopeOf({ added, removed, replacesPartitions }: SnapshotChange) {
  if (!replacesPartitions) {
    const paths = new Set(removed.map(({ path }) => path));
    return ({ path }: HistoryFile) => paths.has(path);
  }
  const keys = new Set(added.map(({ partitionKey }) => partitionKey));
  const isUnpartitioned = added.some(({ partition }) => partition === '');
  return ({ partitionKey }: HistoryFile) => isUnpartitioned || keys.has(partitionKey);
}
