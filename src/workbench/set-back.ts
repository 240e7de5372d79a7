import { IcejamError } from '../error.ts';
import type { Catalog, FileIO, TableName } from '../iceberg/ports.ts';
import { dropPointer } from '../storage/catalog.ts';
import type { Database } from '../storage/database.ts';

/** A table as it is to be again; `null`: it is to be no table. */
export interface EarlierTable {
  table: TableName;
  location: string | null;
}

/**
 * Sets tables back to metadata files that they once had, so that a race on them can be run again. What was committed
 * since is in the tables no more; its files stay. The pointers' versions count on, as a new swap would make them.
 * Throws `IllegalState`, with nothing changed, if one of the files is gone.
 */
export async function setBack(
  { db, io, catalog }: { db: Database; io: FileIO; catalog: Catalog },
  tables: readonly EarlierTable[],
): Promise<void> {
  for (const { table, location } of tables) {
    if (location !== null) await requireFile(io, table, location);
  }
  for (const { table, location } of tables) {
    if (location === null) await dropPointer(db, table);
    else if ((await catalog.load(table))?.location !== location) await catalog.put(table, location);
  }
}

async function requireFile(io: FileIO, table: TableName, location: string): Promise<void> {
  try {
    await io.read(location);
  } catch (cause) {
    throw new IcejamError(
      'IllegalState',
      `${table} cannot be set back: its metadata file of that time is not there any more.`,
      {
        context: { table, location },
        remedy: 'Run the workflow anew: the table as the race found it was deleted or has expired.',
        cause,
      },
    );
  }
}
