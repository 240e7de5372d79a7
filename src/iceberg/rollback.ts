import { IcejamError } from '../error.ts';
import { metadataChange, type Change } from './change.ts';
import { setBranchSnapshot } from './metadata-update.ts';
import { ancestorsOf, mainBranch, snapshotById, type Table } from './table.ts';
import type { TableMetadata } from './table-metadata.ts';

/**
 * Moves main back to an ancestor of its head. Deletes nothing; sequence numbers go on rising. Rejected with
 * `Validation` for any other snapshot, and if main has moved since `table` was loaded: Java would silently undo what
 * was committed in between.
 */
export function rollbackTo(table: Table, snapshotId: bigint): Change {
  return moveMain('rollback', table, snapshotId, (metadata) => {
    const ancestors = ancestorsOf(metadata, metadata['current-snapshot-id']);
    for (const snapshot of ancestors) if (snapshot['snapshot-id'] === snapshotId) return;
    invalid(`Cannot roll back to snapshot, not an ancestor of the current state: ${snapshotId}`);
  });
}

/** Moves main to any snapshot that the table knows; otherwise as {@link rollbackTo}. */
export function setCurrentSnapshot(table: Table, snapshotId: bigint): Change {
  return moveMain('set-current-snapshot', table, snapshotId, () => {
    // Every known snapshot will do.
  });
}

function moveMain(
  name: string,
  table: Table,
  snapshotId: bigint,
  check: (metadata: TableMetadata) => void,
): Change {
  const seen = table.metadata['current-snapshot-id'];
  return metadataChange(name, (metadata, at) => {
    if (snapshotById(metadata, snapshotId) === undefined) {
      invalid(`Cannot roll back to unknown snapshot id: ${snapshotId}`);
    }
    const current = metadata['current-snapshot-id'];
    if (current !== seen) {
      invalid(
        `Cannot roll back: main has moved from snapshot ${String(seen)} to ${String(current)} since the table was loaded`,
      );
    }
    check(metadata);
    return setBranchSnapshot(metadata, mainBranch, snapshotId, at);
  });
}

function invalid(message: string): never {
  throw new IcejamError('Validation', message, {
    remedy: 'Load the table, look at its snapshots, and choose again.',
  });
}
