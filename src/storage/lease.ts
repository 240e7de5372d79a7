import type { CommitContext } from '../iceberg/context.ts';
import type { TableName } from '../iceberg/ports.ts';
import { loadTable, snapshotById, type Table } from '../iceberg/table.ts';
import type { TableMetadata } from '../iceberg/table-metadata.ts';
import { leaseSnapshot, type Release } from './locks.ts';

/** A table of which some snapshots keep all their files until the lease is released. */
export interface LeasedTable {
  table: Table;
  release: Release;
}

/**
 * Loads a table and leases those of its snapshots that `choose` names. A snapshot that an expiry took between loading
 * and leasing is noticed, and the table loaded again. Throws as `loadTable`.
 */
export async function leaseTable(
  ports: Pick<CommitContext, 'catalog' | 'io'>,
  name: TableName,
  choose: (metadata: TableMetadata) => readonly bigint[],
): Promise<LeasedTable> {
  for (;;) {
    const table = await loadTable(ports, name);
    const ids = choose(table.metadata);
    const releases = await Promise.all(ids.map((id) => leaseSnapshot(name, id)));
    const release = () => {
      for (const each of releases) each();
    };
    try {
      const { metadata } = await loadTable(ports, name);
      if (ids.every((id) => snapshotById(metadata, id) !== undefined)) return { table, release };
    } catch (thrown) {
      release();
      throw thrown;
    }
    release();
  }
}
