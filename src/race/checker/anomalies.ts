import { joined } from '../../words.ts';
import type { SnapshotChange } from '../../iceberg/history.ts';
import type { Exhibit, ExhibitedEvent } from '../report.ts';
import { type Commit, validationOf } from './commits.ts';
import type { Evidence } from './evidence.ts';
import { isChangedBy } from './isolation.ts';
import { scansBy } from './reads.ts';

/** One sentence for each anomaly that Iceberg allows. */
export const anomaly = {
  lostUpdate: (job: string, other: string, isSnapshot: boolean): string =>
    `${job} had started before ${other} committed, and replaced it unseen: a lost update, which ${isSnapshot ? 'snapshot isolation allows' : 'is allowed as no isolation was asked for'} and serializable refuses.`,
  writeSkew: (circle: readonly Antidependency[]): string => {
    const reads = circle.map(
      ({ reader, table, writer }) =>
        `${reader.name} had read what ${writer.name} changed in ${table} afterwards`,
    );
    return `${joined(reads)}: write skew, as in any order of them one would have seen what another did. Iceberg allows it under every isolation level, as it looks at what a job writes; validate-reads: true refuses it.`;
  },
};

/**
 * What no order of the jobs, one after the other, explains and Iceberg allows all the same, by the names that the field
 * has for it (reference: Adya; Berenson et al.): lost updates and write skew.
 */
export function allowedAnomalies(evidences: readonly Evidence[]): string[] {
  const circle = writeSkew(evidences);
  return [
    ...evidences.flatMap(lostUpdates),
    ...(circle.length === 0 ? [] : [anomaly.writeSkew(circle)]),
  ];
}

/** The circle of a write skew in the log; `null` if there is none. */
export function exhibitedSkew(evidences: readonly Evidence[]): Exhibit | null {
  const circle = writeSkew(evidences);
  if (circle.length === 0) return null;
  return { of: 'write-skew', events: circle.flatMap(({ events }) => events) };
}

/** Overwrites that removed what was committed only after they had started: they cannot have known of it. */
function lostUpdates(evidence: Evidence): string[] {
  const sentences = evidence.commits.flatMap((commit) =>
    evidence.changesOf(commit).flatMap((change) => {
      const validation = validationOf(commit, change.snapshotId);
      const unseen = unseenBy(evidence, validation?.since ?? null, change);
      return unseen
        .filter((other) => evidence.makerOf(other)?.job !== commit.job && removes(change, other))
        .map((other) =>
          anomaly.lostUpdate(
            commit.job.name,
            evidence.nameOf(other),
            validation?.isolation === 'snapshot',
          ),
        );
    }),
  );
  return [...new Set(sentences)];
}

/** The commits between the snapshot that an overwrite started from and itself. */
function unseenBy(
  { history: { before, changes } }: Evidence,
  since: string | null,
  change: SnapshotChange,
): SnapshotChange[] {
  // Compaction and deletes decide at commit time, and say nothing of where they started.
  if (change.operation !== 'overwrite') return [];
  const ids = [before.snapshotId, ...changes.map(({ snapshotId }) => snapshotId)];
  const from = ids.indexOf(since);
  return from < 0 ? [] : changes.slice(from, changes.indexOf(change));
}

function removes({ removed }: SnapshotChange, { added }: SnapshotChange): boolean {
  const paths = new Set(removed.map(({ path }) => path));
  return added.some(({ path }) => paths.has(path));
}

/** One job read what the other changed only afterwards: whichever order explains it, the reader comes first. */
interface Antidependency {
  reader: Commit['job'];
  writer: Commit['job'];
  table: string;
  /** The read, and the commit that changed what was read. */
  events: ExhibitedEvent[];
}

/** The shortest circle of jobs that read before the next one changed what they had read; empty if there is none. */
function writeSkew(evidences: readonly Evidence[]): readonly Antidependency[] {
  const edges = evidences.flatMap(antidependencies);
  const jobs = new Set(edges.map(({ reader }) => reader));
  let shortest: readonly Antidependency[] = [];
  for (const job of jobs) {
    const circle = circleFrom(job, edges);
    if (circle.length > 0 && (shortest.length === 0 || circle.length < shortest.length)) {
      shortest = circle;
    }
  }
  return shortest;
}

function antidependencies(evidence: Evidence): Antidependency[] {
  const { before, changes } = evidence.history;
  const ids = [before.snapshotId, ...changes.map(({ snapshotId }) => snapshotId)];
  const readers = [...new Set(evidence.commits.filter(isCommitted).map(({ job }) => job))];
  return readers.flatMap((reader) =>
    scansBy(evidence, reader.name).flatMap(({ base, input, seq }): Antidependency[] => {
      const from = ids.indexOf(base.snapshotId);
      if (from < 0) return [];
      const later = changes.slice(from).filter(({ operation }) => operation !== 'replace');
      const writers = later
        .filter((change) => isChangedBy(input, change))
        .flatMap((change) => evidence.makerOf(change) ?? [])
        .filter(({ job }) => job !== reader && !overwrites(evidence, reader, job));
      return writers.map((commit) => ({
        reader,
        writer: commit.job,
        table: evidence.title,
        events: [{ job: reader.name, seq }, ...evidence.endOf(commit)],
      }));
    }),
  );
}

const isCommitted = ({ outcome }: Commit): boolean => outcome === 'committed';

/** Whether one of two jobs replaced what the other had committed: then it is no skew but a lost update. */
function overwrites(evidence: Evidence, one: Commit['job'], other: Commit['job']): boolean {
  const changesOf = (job: Commit['job']) =>
    evidence.allCommits
      .filter((commit) => commit.job === job)
      .flatMap((commit) => evidence.changesOf(commit));
  const [own, others] = [changesOf(one), changesOf(other)];
  return own.some((change) =>
    others.some((another) => removes(change, another) || removes(another, change)),
  );
}

/** The shortest way from a job back to itself, breadth first; empty if there is none. */
function circleFrom(
  job: Commit['job'],
  edges: readonly Antidependency[],
): readonly Antidependency[] {
  let paths: Antidependency[][] = edges
    .filter(({ reader }) => reader === job)
    .map((edge) => [edge]);
  const seen = new Set<Commit['job']>();
  while (paths.length > 0) {
    const closed = paths.find((path) => path.at(-1)?.writer === job);
    if (closed !== undefined) return closed;
    paths = paths.flatMap((path) => {
      const end = path.at(-1)?.writer;
      if (end === undefined || seen.has(end)) return [];
      seen.add(end);
      return edges.filter(({ reader }) => reader === end).map((edge) => [...path, edge]);
    });
  }
  return [];
}
