import { IcejamError } from '../error.ts';
import { deletePaths } from '../iceberg/own-files.ts';
import type { FileIO, TableName } from '../iceberg/ports.ts';
import { dropPointer } from '../storage/catalog.ts';
import type { Database } from '../storage/database.ts';
import { withIdleStorage, withOrphans } from '../storage/locks.ts';

/**
 * Takes a table out of the catalog and deletes the files below its location. The catalog goes first: what a drop that
 * is cut short leaves behind are files that nothing refers to. Throws `IllegalState`, with nothing dropped, while a job,
 * a drop into the dropzone or a query is under way in any tab.
 */
export async function dropTable(
  { db, io }: { db: Database; io: FileIO },
  table: TableName,
  location: string,
): Promise<void> {
  const idle = await withIdleStorage(() =>
    withOrphans(table, async () => {
      await dropPointer(db, table);
      const files = await io.list(`${location}/`);
      await deletePaths(
        io,
        files.map(({ path }) => path),
      );
    }),
  );
  if (!idle) {
    throw new IcejamError('IllegalState', `${table} is in use, so it was not dropped`, {
      context: { table },
      remedy: 'Let running jobs and queries finish or stop them, in other tabs too.',
    });
  }
}
