import { IcejamError } from '../error.ts';
import { announce } from './channel.ts';
import { deleteNewerDatabase, write } from './database.ts';
import type { Database } from './database.ts';
import { errorName, storageFailure } from './failure.ts';
import { withIdleStorage } from './locks.ts';
import { opfsRoot } from './opfs.ts';

/** The folders of the app; others may belong to another app of the same origin. */
const folders = ['warehouse', 'dropzone'];

/**
 * Deletes everything that this app has stored: tables, dropped files, races, settings. The connection stays usable.
 * Throws `IllegalState`, with nothing deleted, while a job, a drop or a query is under way in any tab.
 * The database goes first: what a reset that is cut short leaves behind are files that nothing refers to.
 */
export async function resetStorage(db: Database): Promise<void> {
  await whileIdle(async () => {
    await clearStores(db);
    await deleteFolders();
  });
  announce({ type: 'reset' });
}

/** Makes room for a database of this version where that of a newer one could not be opened, as `thrown` says. */
export async function resetNewerDatabase(thrown: unknown): Promise<void> {
  await whileIdle(() => deleteNewerDatabase(thrown));
}

async function whileIdle(work: () => Promise<void>): Promise<void> {
  if (await withIdleStorage(work)) return;
  throw new IcejamError('IllegalState', 'Stored data is in use, so nothing was deleted', {
    remedy: 'Let running jobs, drops and queries finish or stop them, in other tabs too.',
  });
}

async function clearStores(db: Database): Promise<void> {
  const stores = [...db.objectStoreNames];
  await write(db, stores, 'the database', (transaction) =>
    Promise.all(stores.map((store) => transaction.objectStore(store).clear())),
  );
}

async function deleteFolders(): Promise<void> {
  const root = await opfsRoot();
  for (const folder of folders) {
    try {
      await root.removeEntry(folder, { recursive: true });
    } catch (thrown) {
      if (errorName(thrown) !== 'NotFoundError') throw storageFailure(thrown, `/${folder}`);
    }
  }
}
