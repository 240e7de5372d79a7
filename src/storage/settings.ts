import { write } from './database.ts';
import type { Database } from './database.ts';
import { guard } from './failure.ts';

/** A saved setting as it was given to {@link saveSetting}, `undefined` if it was never saved. The reader checks its shape. */
export async function loadSetting(db: Database, key: string): Promise<unknown> {
  return await guard(`the setting ${key}`, () => db.get('settings', key));
}

/** Saves a setting: any structured-cloneable value. */
export async function saveSetting(db: Database, key: string, value: unknown): Promise<void> {
  await write(db, ['settings'], `the setting ${key}`, (transaction) =>
    transaction.objectStore('settings').put(value, key),
  );
}
