import { counted, joined } from '../../words.ts';
import { rowsOf } from '../history.ts';
import type { JobReport, LedgerRow } from '../report.ts';
import { allowedAnomalies } from './anomalies.ts';
import { about } from './faults.ts';
import { few } from './few.ts';
import type { Commit } from './commits.ts';
import type { Evidence } from './evidence.ts';

/** Says why a race that broke no rule ended as it did. */
export function explain(
  jobs: readonly JobReport[],
  ledger: readonly LedgerRow[],
  evidences: readonly Evidence[],
): string[] {
  const isKept = ledger.length > 0 && ledger.every(({ told, found }) => told === found);
  const sentences = [
    ...(isKept ? [allKept(ledger)] : []),
    ...evidences.flatMap(replacements),
    ...allowedAnomalies(evidences),
    ...jobs
      .filter(({ outcome }) => outcome !== 'committed')
      .map((job) => notCommitted(job, evidences)),
    ...evidences.flatMap(others),
    ...evidences.flatMap(outsiders),
  ];
  return sentences.length > 0 ? sentences : ['No job had rows to commit.'];
}

function allKept(kept: readonly LedgerRow[]): string {
  const [only] = kept;
  if (kept.length === 1 && only !== undefined) {
    const rows = only.told === 1 ? 'its 1 row' : `each of its ${counted(only.told, 'row')}`;
    return `${only.job} was told “committed”, and ${rows} is in the table exactly once.`;
  }
  const all = kept.length === 2 ? 'Both' : `All ${kept.length}`;
  return `${all} jobs were told “committed”, and every row of ${kept.length === 2 ? 'both' : 'each'} is in the table exactly once.`;
}

/** Says of each job what its commits removed of each other job. */
function replacements(evidence: Evidence): string[] {
  const { allCommits, commits } = evidence;
  const isOwn = (commit: Commit) => commits.includes(commit);
  return allCommits.flatMap((commit) => {
    const removed = evidence.changesOf(commit).flatMap((change) => change.removed);
    const paths = new Set(removed.map(({ path }) => path));
    return allCommits.flatMap((other) => {
      const gone = other.files.filter(({ path }) => paths.has(path));
      if (other.job === commit.job || gone.length === 0) return [];
      if (!isOwn(commit) && !isOwn(other)) return [];
      return [(isCompaction(commit) ? compacted : replaced)(commit, other, gone)];
    });
  });
}

const isCompaction = ({ win }: Commit): boolean => win?.operation === 'replace';

function compacted({ job }: Commit, other: Commit, moved: Commit['files']): string {
  const rows = counted(rowsOf(moved), 'row');
  return `${job.name} compacted ${rows} of ${other.job.name}: they are in the table as before, in another file.`;
}

function replaced({ job, files }: Commit, other: Commit, gone: Commit['files']): string {
  const partitions = [...new Set(gone.map(({ partition = '' }) => partition))].filter(Boolean);
  const where = partitions.length === 0 ? '' : ` in ${few(partitions.sort())}`;
  const rows = counted(rowsOf(gone), 'row');
  return files.length === 0
    ? `${job.name} committed later and deleted ${rows} of ${other.job.name}${where}.`
    : `${job.name} committed later and replaced ${rows} of ${other.job.name}${where}: an overwrite replaces what it writes, and the last committer wins.`;
}

function notCommitted({ name, outcome }: JobReport, evidences: readonly Evidence[]): string {
  const own = evidences.flatMap((evidence) =>
    evidence.commits
      .filter(({ job }) => job.name === name)
      .map((commit) => ({ commit, isThere: isThere(evidence, commit) })),
  );
  const there = own.filter(({ isThere }) => isThere).flatMap(({ commit }) => commit.files);
  const rows = counted(rowsOf(there), 'row');
  if (!own.some(({ isThere }) => isThere)) {
    return outcome === 'unknown'
      ? `${name} does not know whether it committed: it did not, and none of its rows are in the table.`
      : `${name} was ${outcome}: none of its rows are in the table.`;
  }
  switch (outcome) {
    case 'killed':
      return `${name} was killed after its swap was won: its ${rows} came into the table, though it never said so.`;
    case 'unknown':
      return `${name} does not know whether it committed: it did, and its ${rows} came into the table whole.`;
    default:
      return `${name} was ${outcome} after it had committed ${rows}.`;
  }
}

/** Whether a commit is in the history of its table. */
function isThere(evidence: Evidence, commit: Commit): boolean {
  const paths = new Set(commit.files.map(({ path }) => path));
  return (
    evidence.changesOf(commit).length > 0 ||
    evidence.history.changes.some(({ added }) => added.some(({ path }) => paths.has(path)))
  );
}

/** Names the jobs of other tabs that committed meanwhile. */
function others(evidence: Evidence): string[] {
  const { changes } = evidence.history;
  const makers = changes.flatMap((change) => evidence.makerOf(change) ?? []);
  const strange = makers.filter((commit) => evidence.others.commits.includes(commit));
  return about(
    [...new Set(strange.map(({ job }) => job.name))],
    (names) =>
      `${joined(names)} committed to ${evidence.title} meanwhile, which another tab judges.`,
  );
}

function outsiders(evidence: Evidence): string[] {
  const count = evidence.history.changes.filter(
    (change) => evidence.makerOf(change) === undefined,
  ).length;
  if (count === 0) return [];
  return [`${counted(count, 'commit')} to ${evidence.title} came from outside this race.`];
}
