import { IcejamError } from '../error.ts';
import { ManifestReader } from '../iceberg/manifest-reader.ts';
import type { Catalog, CommitQueue, FileIO, TableName } from '../iceberg/ports.ts';
import { reachableFiles } from '../iceberg/reachable-files.ts';
import { parseTableMetadata } from '../iceberg/table-metadata-file.ts';

/** A table as it is to be again; `null`: it is to be no table. */
export interface EarlierTable {
  table: TableName;
  location: string | null;
}

/** What setting back reaches the world through. */
export interface SetBackContext {
  io: FileIO;
  catalog: Catalog;
  /** Keeps away who deletes files that a table does not refer to. */
  deletions: CommitQueue;
  /** Takes a table out of the catalog. */
  drop: (table: TableName) => Promise<void>;
}

/**
 * Sets tables back to metadata files that they once had, so that a race on them can be run again. What was committed
 * since is in the tables no more; its files stay. The pointers' versions count on, as a new swap would make them.
 * Throws `IllegalState`, with nothing changed, if one of the files is gone, or one that a branch or tag of that time
 * needs.
 */
export async function setBack(
  context: SetBackContext,
  tables: readonly EarlierTable[],
): Promise<void> {
  const names = [...new Set(tables.map(({ table }) => table))];
  // In one order, so that no two wait for each other.
  await inTurns(context.deletions, names.sort(), async () => {
    for (const { table, location } of tables) {
      if (location !== null) await requireWhole(context.io, table, location);
    }
    for (const each of tables) await move(context, each);
  });
}

async function inTurns(
  deletions: CommitQueue,
  [first, ...rest]: readonly TableName[],
  work: () => Promise<void>,
): Promise<void> {
  if (first === undefined) await work();
  else await deletions.run(first, () => inTurns(deletions, rest, work));
}

async function move({ catalog, drop }: SetBackContext, { table, location }: EarlierTable) {
  if (location === null) await drop(table);
  else if ((await catalog.load(table))?.location !== location) await catalog.put(table, location);
}

/** Throws `IllegalState` unless every file is there that main, another branch or a tag showed at that time. */
async function requireWhole(io: FileIO, table: TableName, location: string): Promise<void> {
  const metadata = await parseTableMetadata(
    await io.read(location).catch((cause: unknown) => {
      throw gone(table, location, 'its metadata file of that time', cause);
    }),
    location,
  );
  // What only older snapshots need may have been gone at that time already.
  const held = new Set(Object.values(metadata.refs).map((ref) => ref['snapshot-id']));
  const heads = metadata.snapshots.filter((snapshot) => held.has(snapshot['snapshot-id']));
  const needed = await reachableFiles(new ManifestReader(io), metadata, heads, {
    removed: false,
  }).catch((cause: unknown) => {
    throw gone(table, location, 'a manifest of that time', cause);
  });
  const present = new Set((await io.list(`${metadata.location}/`)).map(({ path }) => path));
  for (const path of [...needed].filter((each) => !present.has(each))) {
    // A table may have files outside of its folder.
    await io.read(path).catch((cause: unknown) => {
      throw gone(table, path, `${path}, which it referred to at that time,`, cause);
    });
  }
}

function gone(table: TableName, location: string, what: string, cause: unknown): IcejamError {
  return new IcejamError(
    'IllegalState',
    `${table} cannot be set back: ${what} is not there any more.`,
    {
      context: { table, location },
      remedy: 'Run the workflow anew: the table as the race found it was deleted or has expired.',
      cause,
    },
  );
}
