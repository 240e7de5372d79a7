import type { CommitContext } from '../iceberg/context.ts';
import type { TableName } from '../iceberg/ports.ts';
import { currentSnapshot, loadTable, snapshotById, type Table } from '../iceberg/table.ts';
import type { TableMetadata } from '../iceberg/table-metadata.ts';
import { leaseSnapshots, type Release } from './locks.ts';

/** A version of a table of which some snapshots keep all their files until the lease is released. */
export interface Leased<Version> {
  version: Version;
  release: Release;
}

/**
 * Finds a version of a table and leases those of its snapshots that `choose` names. A snapshot that an expiry took
 * between finding and leasing is noticed, and the version looked for again. Throws as `find`.
 */
export async function leaseVersion<Version extends { metadata: TableMetadata }>(
  name: TableName,
  find: () => Promise<Version>,
  choose: (version: Version) => readonly bigint[],
): Promise<Leased<Version>> {
  for (;;) {
    const version = await find();
    const ids = choose(version);
    const release = await leaseSnapshots(name, ids);
    try {
      const { metadata } = await find();
      if (ids.every((id) => snapshotById(metadata, id) !== undefined)) return { version, release };
    } catch (thrown) {
      release();
      throw thrown;
    }
    release();
  }
}

/** The newest version of a table, with its current snapshot leased if it has one. Throws as `loadTable`. */
export async function leaseHead(
  ports: Pick<CommitContext, 'catalog' | 'io'>,
  name: TableName,
): Promise<Leased<Table>> {
  return leaseVersion(
    name,
    () => loadTable(ports, name),
    ({ metadata }) => {
      const head = currentSnapshot(metadata);
      return head === null ? [] : [head['snapshot-id']];
    },
  );
}
