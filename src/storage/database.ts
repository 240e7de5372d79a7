import { deleteDB, openDB } from 'idb';
import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import { IcejamError } from '../error.ts';
import type { TableName } from '../iceberg/ports.ts';
import { errorName, guard, missingFeature, storageFailure } from './failure.ts';
import type { DroppedFile, PointerRecord, StoredRace } from './records.ts';

/** The version of the stores' layout; raise it together with a new step in {@link openDatabase}'s upgrade. */
const databaseVersion = 1;

/** ms that another tab gets to finish its last transaction before it counts as in the way. */
const blockedPatience = 2000;

/** The object stores and what they hold. */
export interface DatabaseSchema extends DBSchema {
  pointers: { key: TableName; value: PointerRecord };
  /** The metadata file that is registered for readers who follow registrations. */
  registrations: { key: TableName; value: string };
  /** Keyed by dataset address and file name. */
  droppedFiles: { key: [address: string, name: string]; value: DroppedFile };
  races: { key: string; value: StoredRace; indexes: { startedAt: number } };
  settings: { key: string; value: unknown };
}

/** An open connection. It closes itself when a newer version of the app opens the database in another tab. */
export type Database = IDBPDatabase<DatabaseSchema>;

/**
 * Opens the database, and upgrades it from an earlier layout.
 * Throws `StorageUnavailable` when the browser refuses, when another tab with an older version of the app does not
 * let go, and when a newer version of the app has been here.
 */
export async function openDatabase(name = 'icejam', version = databaseVersion): Promise<Database> {
  if (!('indexedDB' in globalThis)) throw missingFeature('database (IndexedDB)');
  return await new Promise((resolve, reject) => {
    let givenUp = false;
    let patience: ReturnType<typeof setTimeout> | undefined;
    const opening = openDB<DatabaseSchema>(name, version, {
      upgrade: (db, oldVersion) => {
        if (oldVersion < 1) createStores(db);
      },
      blocked: () => {
        patience = setTimeout(() => {
          givenUp = true;
          reject(blockedByTab('older'));
        }, blockedPatience);
      },
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
      },
    });
    opening
      .then(
        (db) => {
          if (givenUp) db.close();
          else resolve(db);
        },
        (thrown: unknown) => {
          const newer = errorName(thrown) === 'VersionError';
          reject(newer ? usedByNewerVersion(thrown) : storageFailure(thrown, 'the database'));
        },
      )
      .finally(() => {
        clearTimeout(patience);
      });
  });
}

/**
 * Takes away a database that a newer version of the app has left, for which `thrown` tells why it could not be opened.
 * Throws whatever else was thrown, and `StorageUnavailable` while another tab keeps it open.
 */
export async function deleteNewerDatabase(thrown: unknown, name = 'icejam'): Promise<void> {
  if (!(thrown instanceof IcejamError) || thrown.context.newer === undefined) throw thrown;
  await new Promise<void>((resolve, reject) => {
    const blocked = () => reject(blockedByTab('newer'));
    deleteDB(name, { blocked }).then(resolve, (cause: unknown) =>
      reject(storageFailure(cause, 'the database')),
    );
  });
}

/**
 * Runs `work` in one transaction over `stores` and resolves when it is on disk; if anything fails, nothing is written.
 * `subject` names in errors what was to be written. `work` must not await anything but the transaction.
 */
export async function write<Stores extends StoreNames<DatabaseSchema>[], T>(
  db: Database,
  stores: Stores,
  subject: string,
  work: (transaction: IDBPTransaction<DatabaseSchema, Stores, 'readwrite'>) => Promise<T>,
): Promise<T> {
  return await guard(subject, async () => {
    const transaction = db.transaction(stores, 'readwrite', { durability: 'strict' });
    try {
      const [result] = await Promise.all([work(transaction), transaction.done]);
      return result;
    } catch (thrown) {
      // Requests that the transaction ended tell of the abort alone, it tells why.
      throw transaction.error ?? thrown;
    }
  });
}

function createStores(db: Database): void {
  db.createObjectStore('pointers');
  db.createObjectStore('registrations');
  db.createObjectStore('droppedFiles');
  db.createObjectStore('races', { keyPath: 'id' }).createIndex('startedAt', 'startedAt');
  db.createObjectStore('settings');
}

const blockedByTab = (version: 'older' | 'newer') =>
  new IcejamError(
    'StorageUnavailable',
    `Another tab runs ${version === 'older' ? 'an' : 'a'} ${version} version of this page and keeps the database open`,
    { remedy: 'Close the other tabs of this site, then reload.' },
  );

const usedByNewerVersion = (cause: unknown) =>
  new IcejamError(
    'StorageUnavailable',
    'The database was written by a newer version of this page than the one that is open',
    {
      remedy:
        'Reload the page to get the newer version. If there is none, start over, then reload.',
      context: { newer: 'true' },
      cause,
    },
  );
