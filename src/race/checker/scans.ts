import type { HistoryFile } from '../../iceberg/history.ts';
import type { FileSummary } from '../../iceberg/stop.ts';
import type { Evidence } from './evidence.ts';
import { fault } from './faults.ts';
import { type Read, readsOf, type ScannedInput } from './reads.ts';

/**
 * Readers: a scan is of one snapshot, whole, and of nothing that was never committed (G-single, G1a and G1b). Snapshots
 * that the history does not reach are not judged.
 */
export function checkScans(evidence: Evidence): string[] {
  return readsOf(evidence.events, evidence.history.table).flatMap((read) => [
    ...checkMiddle(evidence, read),
    ...(read.input === undefined ? [] : checkScan(evidence, read.job, read.input)),
  ]);
}

/** Nobody reads a snapshot in the middle of a transaction, unless main was moved back to it. */
function checkMiddle({ allCommits, mover, title }: Evidence, { base, job }: Read): string[] {
  if (mover !== 'nobody') return [];
  const maker = allCommits.find(({ attempts }) =>
    attempts.some(({ drafts }) =>
      drafts.slice(0, -1).some(({ snapshotId }) => snapshotId === base.snapshotId),
    ),
  );
  return maker === undefined ? [] : [fault.readMiddle(title, job, maker.job.name)];
}

function checkScan(evidence: Evidence, job: string, { rows, scan }: ScannedInput): string[] {
  const { history, title } = evidence;
  const { base, files } = scan;
  const states = evidence.states();
  const at = placeOf(evidence, base.snapshotId);
  const state = states[at];
  if (state === undefined) return [];
  const without = state.filter(isNoneOf(files));
  const beside = files.filter(isNoneOf(state));
  if (without.length > 0 || beside.length > 0) {
    const version = base.version ?? 0;
    const dirty = beside.flatMap((file) => refusedWriter(evidence, file) ?? []);
    if (dirty[0] !== undefined) return [fault.readDirty(title, job, dirty[0].job.name, beside)];
    const other = states.findIndex((each) => isSame(each, files));
    if (other >= 0) return [fault.readOtherState(title, job, version, nameAt(evidence, other))];
    return [fault.readSkew(title, job, version, without, beside)];
  }
  const { deleteFiles } = history.changes[at - 1]?.totals ?? history.before.totals;
  const found = state.reduce((sum, file) => sum + file.rows, 0);
  return deleteFiles === 0 && found !== rows ? [fault.readOtherRows(title, job, rows, found)] : [];
}

/** The place of a snapshot among the states of a table; -1 if the history does not reach it. */
function placeOf({ history: { before, changes } }: Evidence, snapshotId: string | null): number {
  const at = changes.findIndex((change) => change.snapshotId === snapshotId);
  if (at >= 0) return at + 1;
  return before.snapshotId === snapshotId ? 0 : -1;
}

/** Who left a state of a table. */
function nameAt(evidence: Evidence, at: number): string | null {
  const change = evidence.history.changes[at - 1];
  return change === undefined ? null : evidence.nameOf(change);
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
