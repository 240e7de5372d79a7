import type { ErrorValue } from '../error.ts';
import type { FileSummary } from '../iceberg/stop.ts';
import { counted, joined } from '../words.ts';
import { type History, rowsOf } from './history.ts';

/** The files that a commit was refused for. */
export interface Conflict {
  /** They were deleted; otherwise they were added. */
  deleted: boolean;
  /** Partitions were compared; otherwise a condition. */
  partitions: boolean;
  /** They are where the job has read; otherwise where it writes. */
  read: boolean;
  /** They were to be rewritten or deleted and are in the table no more; otherwise they were found. */
  missing: boolean;
  paths: string[];
}

/** A file in conflict, as far as the race's log knows it. */
export interface ConflictingFile {
  path: string;
  /** The job of this race that wrote it; `null`: it is older, or somebody else's. */
  writer: string | null;
  file: FileSummary | null;
}

/** Java's texts for conflicting files: whether they were deleted, the partitions if it looked at some, the paths. */
const conflictText =
  /^(?<read>Rows that this operation has read were changed since: )?Found conflicting (?<deleted>deleted )?files that can (?:contain|apply to) records matching (?<partitions>partitions \[|\[)?.*: \[(?<paths>.*)\]$/s;

/** Java's text for files that an operation rewrites or deletes, and that are in the table no more. */
const missingText = /^Missing required files to delete: (?<paths>.*)$/s;

/** What a refusal says of the files in conflict; `null` if it was refused for something else. */
export function conflictOf(error: ErrorValue | null): Conflict | null {
  if (error?.kind !== 'Validation') return null;
  const missing = missingText.exec(error.message)?.groups?.paths?.split(',');
  if (missing !== undefined) {
    return { deleted: true, partitions: false, read: false, missing: true, paths: missing };
  }
  const groups = conflictText.exec(error.message)?.groups;
  if (groups === undefined) return null;
  return {
    deleted: groups.deleted !== undefined,
    partitions: groups.partitions !== undefined,
    read: groups.read !== undefined,
    missing: false,
    paths: (groups.paths ?? '').split(', '),
  };
}

/** The files in conflict with who wrote them. */
export function conflictingFiles({ paths }: Conflict, { segments }: History): ConflictingFile[] {
  const events = [...segments.values()].flat().flatMap((segment) => segment.events);
  return paths.map((path) => {
    for (const { detail, job } of events) {
      const file =
        detail.stop === 'data-written'
          ? detail.files.find((each) => each.path === path)
          : undefined;
      if (file !== undefined) return { path, writer: job, file };
    }
    return { path, writer: null, file: null };
  });
}

/** Partitions in a few words, however many there are. */
export function partitionsText(partitions: readonly string[]): string {
  const sorted = [...new Set(partitions)].filter(Boolean).sort();
  const [first = '', last = ''] = [sorted[0], sorted.at(-1)];
  return sorted.length < 3
    ? joined(sorted)
    : `${counted(sorted.length, 'partition')} (${first} … ${last})`;
}

/** Says in names what stood in the way of a commit: "vendor-one added 901 rows to month=2016-01, which this job replaces." */
export function conflictSentence(conflict: Conflict, history: History): string {
  const files = conflictingFiles(conflict, history);
  const writers = [...new Set(files.flatMap(({ writer }) => writer ?? []))];
  const known = files.flatMap(({ file }) => file ?? []);
  const places = partitionsText(known.map(({ partition = '' }) => partition));
  const who = writers.length === 0 ? 'Another commit' : joined(writers);
  const rows = known.length === files.length ? counted(rowsOf(known), 'row') : 'rows';
  if (conflict.deleted) {
    const where = places === '' ? '' : ` from ${places}`;
    return `Since it began, ${rows} of ${who} were deleted${where}, on which this commit builds.`;
  }
  if (places === '')
    return `${who} added ${rows} where this job ${conflict.read ? 'has read' : 'writes'}.`;
  const does = conflict.read ? 'has read' : conflict.partitions ? 'replaces' : 'changes';
  return `${who} added ${rows} to ${places}, which this job ${does}.`;
}
