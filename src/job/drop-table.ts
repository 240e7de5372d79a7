import { IcejamError } from '../error.ts';
import { checkGarbageCollection } from '../iceberg/expire-snapshots.ts';
import { ManifestReader } from '../iceberg/manifest-reader.ts';
import { deletePaths } from '../iceberg/own-files.ts';
import type { TableName } from '../iceberg/ports.ts';
import { filesElsewhere } from '../iceberg/reachable-files.ts';
import { loadTable } from '../iceberg/table.ts';
import { dropPointer } from '../storage/catalog.ts';
import { filesInFlight } from '../storage/in-flight.ts';
import { leasedSnapshots, withExclusiveSnapshots, withOrphans } from '../storage/locks.ts';
import type { ToolContext } from './job-context.ts';

/**
 * Takes a table out of the catalog; whoever is about to commit to it is rejected. With `purge` its files go too, also
 * those that its properties send elsewhere, but not those that a living job is writing: in its turn with all who delete
 * files of the table. Throws `NoSuchTable`, and for a purge, with nothing changed, `IllegalState` while somebody reads
 * the table and `Validation` where `gc.enabled` is false.
 */
export async function dropTable(
  { db, ports }: Pick<ToolContext, 'db' | 'ports'>,
  name: TableName,
  { purge }: { purge: boolean },
): Promise<void> {
  if (purge) {
    await withOrphans(name, () => purgeTable({ db, ports }, name));
    return;
  }
  await loadTable(ports, name);
  await dropPointer(db, name);
}

async function purgeTable(
  { db, ports }: Pick<ToolContext, 'db' | 'ports'>,
  name: TableName,
): Promise<void> {
  const table = await loadTable(ports, name);
  const { metadata } = table;
  checkGarbageCollection(metadata, 'purge table');
  const known = metadata.snapshots.map((snapshot) => snapshot['snapshot-id']);
  // Who reads a snapshot that the table has forgotten reads the table too.
  const ids = new Set([...known, ...(await leasedSnapshots(name))]);
  const unread = await withExclusiveSnapshots(name, [...ids], async () => {
    const elsewhere = await filesElsewhere(new ManifestReader(ports.io), table);
    await dropPointer(db, name);
    const below = await ports.io.list(`${metadata.location}/`);
    const files = [...below.map(({ path }) => path), ...elsewhere];
    const isInFlight = await filesInFlight();
    await deletePaths(
      ports.io,
      files.filter((path) => !isInFlight(path)),
    );
  });
  if (unread) return;
  throw new IcejamError('IllegalState', `${name} is being read, so it was not dropped`, {
    context: { table: name },
    remedy: 'Let queries, exports and jobs that read it finish, in other tabs too.',
  });
}
