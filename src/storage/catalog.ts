import { IcejamError } from '../error.ts';
import {
  type Catalog,
  type Pointer,
  samePointer,
  type SwapResult,
  type TableName,
} from '../iceberg/ports.ts';
import { announce } from './channel.ts';
import { write } from './database.ts';
import type { Database } from './database.ts';
import { errorName, guard, storageFailure } from './failure.ts';
import type { PointerRecord } from './records.ts';
import { registeredLocation } from './registrations.ts';

/**
 * The catalog over the store `pointers`. A swap is one `readwrite` transaction that reads, compares version and
 * location, and writes; the browser runs such transactions one after the other across all workers and tabs.
 * Every move is announced on the channel.
 *
 * An error before the write was sent, or for want of room (`StorageFull`), means that nothing moved. Any other after
 * that is a connection that broke or a browser that failed inside, and then `CommitStateUnknown`.
 */
export function indexedDbCatalog(db: Database): Catalog {
  /** Moves the pointer to what `next` makes of the present record, or leaves it if that is `null`. */
  async function move(
    table: TableName,
    next: (found: Pointer | null) => string | null,
  ): Promise<SwapResult> {
    let sent = false;
    let ended: { readonly error: unknown } | undefined;
    try {
      const transaction = db.transaction('pointers', 'readwrite', { durability: 'strict' });
      ended = transaction;
      // An abort is also reported by the request that it ends; without this the second report goes unhandled.
      transaction.done.catch(() => undefined);
      const record = await transaction.store.get(table);
      const found = asPointer(record);
      const location = next(found);
      if (location === null) return { won: false, found };
      const pointer = { version: (record?.version ?? 0) + 1, location };
      sent = true;
      await transaction.store.put(pointer, table);
      await transaction.done;
      announce({ type: 'pointer-moved', table, pointer });
      return { won: true, pointer };
    } catch (thrown) {
      const cause = ended?.error ?? thrown;
      throw sent ? sentFailure(cause, table) : storageFailure(cause, subject(table));
    }
  }

  return {
    async load(table) {
      return asPointer(await guard(subject(table), () => db.get('pointers', table)));
    },
    swap: (table, expected, location) =>
      move(table, (found) => (samePointer(found, expected) ? location : null)),
    registered: (table) => registeredLocation(db, table),
    async put(table, location) {
      const result = await move(table, () => location);
      if (!result.won) throw new IcejamError('Internal', `A put on ${table} cannot be lost`);
      return result.pointer;
    },
  };
}

/** Every table that the catalog holds, in the order of its name. */
export async function listPointers(
  db: Database,
): Promise<{ table: TableName; pointer: Pointer }[]> {
  return await guard('the list of tables', async () => {
    const { store } = db.transaction('pointers');
    const [tables, records] = await Promise.all([store.getAllKeys(), store.getAll()]);
    return tables.flatMap((table, index) => {
      const pointer = asPointer(records[index]);
      return pointer === null ? [] : [{ table, pointer }];
    });
  });
}

/**
 * Takes a table out of the catalog together with its registration; its files stay. Its version is kept and counted
 * on, so that a swap prepared against the dropped table is lost even if a table of that name comes back.
 */
export async function dropPointer(db: Database, table: TableName): Promise<void> {
  await write(db, ['pointers', 'registrations'], subject(table), async (transaction) => {
    const pointers = transaction.objectStore('pointers');
    const record = await pointers.get(table);
    if (record === undefined) return;
    await pointers.put({ version: record.version + 1, location: null }, table);
    await transaction.objectStore('registrations').delete(table);
  });
  announce({ type: 'pointer-moved', table, pointer: null });
}

const subject = (table: TableName) => `the pointer of ${table}`;

function asPointer(record: PointerRecord | undefined): Pointer | null {
  if (record === undefined || record.location === null) return null;
  return { version: record.version, location: record.location };
}

function sentFailure(thrown: unknown, table: TableName): IcejamError {
  if (errorName(thrown) === 'QuotaExceededError') return storageFailure(thrown, subject(table));
  return new IcejamError(
    'CommitStateUnknown',
    `The browser did not say whether the pointer of ${table} moved`,
    {
      context: { table },
      remedy: 'Reload the page and look whether the snapshot is in the table.',
      cause: thrown,
    },
  );
}
