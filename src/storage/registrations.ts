import type { TableName } from '../iceberg/ports.ts';
import { announce } from './channel.ts';
import { write } from './database.ts';
import type { Database } from './database.ts';
import { guard } from './failure.ts';

/** The answer of a registration; a loser learns what it found (`null`: nothing registered). */
export type RegisterResult = { won: true } | { won: false; found: string | null };

/** The metadata file that is registered for a table, `null` if none is. */
export async function registeredLocation(db: Database, table: TableName): Promise<string | null> {
  const location = await guard(subject(table), () => db.get('registrations', table));
  return location ?? null;
}

/**
 * Registers a metadata file for readers who follow registrations; the pointer stays where it is.
 * With `expected` (`null`: nothing registered yet) it is registered only in place of that.
 */
export async function register(
  db: Database,
  table: TableName,
  location: string,
  expected?: string | null,
): Promise<RegisterResult> {
  const result = await write(
    db,
    ['registrations'],
    subject(table),
    async (transaction): Promise<RegisterResult> => {
      const store = transaction.objectStore('registrations');
      const found = (await store.get(table)) ?? null;
      if (expected !== undefined && expected !== found) return { won: false, found };
      await store.put(location, table);
      return { won: true };
    },
  );
  if (result.won) announce({ type: 'registered', table, location });
  return result;
}

const subject = (table: TableName) => `the registration of ${table}`;
