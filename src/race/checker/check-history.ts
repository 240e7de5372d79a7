import type { SnapshotChange, TableHistory } from '../../iceberg/history.ts';
import type { FileSummary } from '../../iceberg/stop.ts';
import * as say from './sentences.ts';

/**
 * The rules that a table's files must obey on their own: each snapshot's parent is the one before it, sequence numbers
 * rise, and replaying the changes from the first state gives the last one, file by file and row by row.
 */
export function checkHistory(history: TableHistory): string[] {
  const live = new Map(history.before.map((file) => [file.path, file]));
  const broken: string[] = [];
  for (const [at, change] of history.changes.entries()) {
    broken.push(...checkChain(history.changes[at - 1], change), ...applyChange(live, change));
  }
  const found = new Set(history.live.map(({ path }) => path));
  const expected = [...live.keys()];
  const vanished = expected.filter((path) => !found.has(path)).map(say.vanishedFile);
  const unexplained = [...found].filter((path) => !live.has(path)).map(say.unexplainedFile);
  return [...broken, ...vanished, ...unexplained];
}

function checkChain(previous: SnapshotChange | undefined, change: SnapshotChange): string[] {
  if (previous === undefined) return [];
  return [
    ...(change.parentId === previous.snapshotId ? [] : [say.forked(change.snapshotId)]),
    ...(change.sequenceNumber > previous.sequenceNumber ? [] : [say.sequenceFell(change)]),
  ];
}

/** Applies a change to the live files; says what it removes that was not there and adds that was. */
function applyChange(live: Map<string, FileSummary>, change: SnapshotChange): string[] {
  const absent = change.removed.filter(({ path }) => !live.delete(path));
  const twice = change.added.filter(({ path }) => live.has(path));
  for (const file of change.added) live.set(file.path, file);
  const rows = [...live.values()].reduce((sum, file) => sum + (file.rows ?? 0), 0);
  const counted = change.totalRecords ?? rows;
  return [
    ...absent.map(({ path }) => say.removedAbsent(change.snapshotId, path)),
    ...twice.map(({ path }) => say.addedTwice(change.snapshotId, path)),
    ...(counted === rows ? [] : [say.wrongTotal(change.snapshotId, counted, rows)]),
  ];
}
