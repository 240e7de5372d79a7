import type { HistoryFile } from '../../iceberg/history.ts';
import type { FileSummary } from '../../iceberg/stop.ts';
import type { Exhibit } from '../report.ts';
import type { Commit } from './commits.ts';
import type { Evidence } from './evidence.ts';
import { fault } from './faults.ts';
import { type Read, readsOf, type ScannedInput } from './reads.ts';

/** What is wrong with a read, and who made what was seen. */
interface ScanFault {
  sentence: string;
  read: Read;
  /** Absent if it was there before the race. */
  maker?: Commit | undefined;
}

/**
 * Readers: a scan is of one snapshot, whole, and of nothing that was never committed (G-single, G1a and G1b). Snapshots
 * that the history does not reach are not judged.
 */
export function checkScans(evidence: Evidence): string[] {
  return scanFaults(evidence).map(({ sentence }) => sentence);
}

/** The first wrong scan in the log; `null` if there is none. */
export function exhibitedScan(evidence: Evidence): Exhibit | null {
  const [first] = scanFaults(evidence);
  if (first === undefined) return null;
  const { maker, read } = first;
  const makers = maker === undefined ? [] : evidence.endOf(maker);
  return { of: 'scan', events: [{ job: read.job, seq: read.seq }, ...makers] };
}

function scanFaults(evidence: Evidence): ScanFault[] {
  return readsOf(evidence.events, evidence.history.table).flatMap((read) => [
    ...checkMiddle(evidence, read),
    ...(read.input === undefined ? [] : checkScan(evidence, read, read.input)),
  ]);
}

/** Nobody reads a snapshot in the middle of a transaction, unless main was moved back to it. */
function checkMiddle({ allCommits, mover, title }: Evidence, read: Read): ScanFault[] {
  if (mover !== 'nobody') return [];
  const maker = allCommits.find(({ attempts }) =>
    attempts.some(({ drafts }) =>
      drafts.slice(0, -1).some(({ snapshotId }) => snapshotId === read.base.snapshotId),
    ),
  );
  if (maker === undefined) return [];
  return [{ sentence: fault.readMiddle(title, read.job, maker.job.name), read, maker }];
}

function checkScan(evidence: Evidence, read: Read, { rows, scan }: ScannedInput): ScanFault[] {
  const { history, title } = evidence;
  const { base, files } = scan;
  const { job } = read;
  const states = evidence.states();
  const at = evidence.placeOf(base.snapshotId);
  const state = states[at];
  if (state === undefined) return [];
  const without = state.filter(isNoneOf(files));
  const beside = files.filter(isNoneOf(state));
  if (without.length > 0 || beside.length > 0) {
    const version = base.version ?? 0;
    const dirty = beside.flatMap((file) => refusedWriter(evidence, file) ?? [])[0];
    if (dirty !== undefined) {
      const sentence = fault.readDirty(title, job, dirty.job.name, beside);
      return [{ sentence, read, maker: dirty }];
    }
    const other = states.findIndex((each) => isSame(each, files));
    if (other >= 0) {
      const sentence = fault.readOtherState(title, job, version, nameAt(evidence, other));
      return [{ sentence, read, maker: makerAt(evidence, other) }];
    }
    const sentence = fault.readSkew(title, job, version, without, beside);
    return [{ sentence, read, maker: makerOfPart(evidence, without, beside) }];
  }
  const { deleteFiles } = history.changes[at - 1]?.totals ?? history.before.totals;
  const found = state.reduce((sum, file) => sum + file.rows, 0);
  if (deleteFiles !== 0 || found === rows) return [];
  const sentence = fault.readOtherRows(title, job, rows, found);
  return [{ sentence, read, maker: makerAt(evidence, at) }];
}

/** Who left a state of a table. */
function nameAt(evidence: Evidence, at: number): string | null {
  const change = evidence.history.changes[at - 1];
  return change === undefined ? null : evidence.nameOf(change);
}

function makerAt(evidence: Evidence, at: number): Commit | undefined {
  const change = evidence.history.changes[at - 1];
  return change && evidence.makerOf(change);
}

/** Who added one of the files that a scan saw beside a version, or else changed those that it saw it without. */
function makerOfPart(
  evidence: Evidence,
  without: readonly FileSummary[],
  beside: readonly FileSummary[],
): Commit | undefined {
  const { changes } = evidence.history;
  const touches = (files: readonly FileSummary[], of: readonly FileSummary[]) =>
    !files.every(isNoneOf(of));
  const change =
    changes.find(({ added }) => touches(added, beside)) ??
    changes.find(({ added, removed }) => touches([...added, ...removed], without));
  return change && evidence.makerOf(change);
}

function refusedWriter({ allCommits }: Evidence, { path }: FileSummary) {
  return allCommits.find(
    ({ files, outcome }) => outcome === 'refused' && files.some((file) => file.path === path),
  );
}

const isSame = (state: readonly HistoryFile[], files: readonly FileSummary[]): boolean =>
  state.length === files.length && !state.some(isNoneOf(files));

function isNoneOf(files: readonly FileSummary[]): (file: FileSummary) => boolean {
  const paths = new Set(files.map(({ path }) => path));
  return ({ path }) => !paths.has(path);
}
