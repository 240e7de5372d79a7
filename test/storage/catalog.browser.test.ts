import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendToBrowser } from './browser-protocol.ts';
import type { Pointer } from '../../src/iceberg/ports.ts';
import { dropPointer, indexedDbCatalog, listPointers } from '../../src/storage/catalog.ts';
import { listen } from '../../src/storage/channel.ts';
import type { StorageMessage } from '../../src/storage/channel.ts';
import { openDatabase } from '../../src/storage/database.ts';
import type { Database } from '../../src/storage/database.ts';
import { register, registeredLocation } from '../../src/storage/registrations.ts';
import { TestWorker } from './worker-message.ts';

let db: Database;
beforeAll(async () => {
  db = await openDatabase();
});
afterAll(() => {
  db.close();
});

/** A name that no other test uses. */
const newTable = () => `icebase:test/${crypto.randomUUID()}`;

/** A catalog over a database of its own, so that breaking it does not break the others. */
async function ownDatabase(): Promise<Database> {
  return await openDatabase(`icejam-${crypto.randomUUID()}`);
}

it('has no pointer of a table that was never created', async () => {
  expect(await indexedDbCatalog(db).load(newTable())).toBeNull();
});

it('moves a pointer that is as expected, and counts', async () => {
  const catalog = indexedDbCatalog(db);
  const table = newTable();
  const first = await catalog.swap(table, null, 'one');
  expect(first).toEqual({ won: true, pointer: { version: 1, location: 'one' } });
  const second = await catalog.swap(table, { version: 1, location: 'one' }, 'two');
  expect(second).toEqual({ won: true, pointer: { version: 2, location: 'two' } });
  expect(await catalog.load(table)).toEqual({ version: 2, location: 'two' });
});

it('tells a loser what it found, comparing both version and location', async () => {
  const catalog = indexedDbCatalog(db);
  const table = newTable();
  await catalog.swap(table, null, 'one');
  const found = { version: 1, location: 'one' };
  const stale: (Pointer | null)[] = [
    null,
    { version: 1, location: 'other' },
    { version: 2, location: 'one' },
  ];
  for (const expected of stale) {
    expect(await catalog.swap(table, expected, 'two')).toEqual({ won: false, found });
  }
  expect(await catalog.swap(newTable(), found, 'two')).toEqual({ won: false, found: null });
  expect(await catalog.load(table)).toEqual(found);
});

it('puts without comparing', async () => {
  const catalog = indexedDbCatalog(db);
  const table = newTable();
  await catalog.swap(table, null, 'one');
  expect(await catalog.put(table, 'two')).toEqual({ version: 2, location: 'two' });
  expect(await catalog.put(table, 'two')).toEqual({ version: 3, location: 'two' });
});

it('loses nothing when 8 workers swap 50 times each', async () => {
  const table = newTable();
  const workers = Array.from({ length: 8 }, () => new TestWorker());
  const lost = await Promise.all(
    workers.map((worker, index) =>
      worker.ask({ do: 'swap', table, times: 50, name: 'abcdefgh'.charAt(index) }),
    ),
  );
  for (const worker of workers) worker.end();
  const pointer = await indexedDbCatalog(db).load(table);
  expect(pointer?.version).toBe(400);
  const history = pointer?.location.split(',') ?? [];
  expect(history.length).toBe(400);
  expect(new Set(history).size).toBe(400);
  expect(lost.some((count) => (count as number) > 0)).toBe(true);
});

it('sees through one connection what another has swapped', async () => {
  const other = await openDatabase();
  const table = newTable();
  await indexedDbCatalog(other).swap(table, null, 'one');
  expect(await indexedDbCatalog(db).load(table)).toEqual({ version: 1, location: 'one' });
  other.close();
});

it('refuses a swap against a dropped table even when its name has come back', async () => {
  const catalog = indexedDbCatalog(db);
  const table = newTable();
  await catalog.swap(table, null, 'one');
  await register(db, table, 'one');
  await dropPointer(db, table);
  expect(await catalog.load(table)).toBeNull();
  expect(await registeredLocation(db, table)).toBeNull();
  expect((await listPointers(db)).map((entry) => entry.table)).not.toContain(table);
  const again = await catalog.swap(table, null, 'one');
  expect(again).toEqual({ won: true, pointer: { version: 3, location: 'one' } });
  const late = await catalog.swap(table, { version: 1, location: 'one' }, 'late');
  expect(late.won).toBe(false);
});

it('lists the tables it holds', async () => {
  const own = await ownDatabase();
  const catalog = indexedDbCatalog(own);
  await catalog.swap('b', null, 'two');
  await catalog.swap('a', null, 'one');
  expect(await listPointers(own)).toEqual([
    { table: 'a', pointer: { version: 1, location: 'one' } },
    { table: 'b', pointer: { version: 1, location: 'two' } },
  ]);
  own.close();
});

it('announces every move and no loss', async () => {
  const catalog = indexedDbCatalog(db);
  const table = newTable();
  const heard: StorageMessage[] = [];
  const all = new Promise<void>((resolve) => {
    const stop = listen((message) => {
      if (!('table' in message) || message.table !== table) return;
      heard.push(message);
      if (message.type === 'pointer-moved' && message.pointer === null) {
        stop();
        resolve();
      }
    });
  });
  await catalog.swap(table, null, 'one');
  await catalog.swap(table, null, 'lost');
  await register(db, table, 'one');
  await dropPointer(db, table);
  await all;
  expect(heard).toEqual([
    { type: 'pointer-moved', table, pointer: { version: 1, location: 'one' } },
    { type: 'registered', table, location: 'one' },
    { type: 'pointer-moved', table, pointer: null },
  ]);
});

it('registers at once, or only in place of what is expected', async () => {
  const table = newTable();
  expect(await registeredLocation(db, table)).toBeNull();
  expect(await register(db, table, 'v1', null)).toEqual({ won: true });
  expect(await register(db, table, 'v2', null)).toEqual({ won: false, found: 'v1' });
  expect(await register(db, table, 'v2', 'v1')).toEqual({ won: true });
  expect(await register(db, table, 'v1')).toEqual({ won: true });
  expect(await registeredLocation(db, table)).toBe('v1');
});

it('says StorageUnavailable once the connection is closed', async () => {
  const own = await ownDatabase();
  const catalog = indexedDbCatalog(own);
  own.close();
  await expect(catalog.load('t')).rejects.toMatchObject({ kind: 'StorageUnavailable' });
  await expect(catalog.swap('t', null, 'one')).rejects.toMatchObject({
    kind: 'StorageUnavailable',
  });
});

it('does not claim to know what became of a swap whose connection broke', async () => {
  const kinds = new Set<string>();
  // Whether the swap at work was sent already when the connection breaks is the browser's to say: break it until one was.
  for (let round = 0; round < 100 && !kinds.has('CommitStateUnknown'); round++) {
    for (const kind of await brokenSwaps()) kinds.add(kind);
  }
  expect(kinds).toContain('CommitStateUnknown');
  for (const kind of kinds) expect(['CommitStateUnknown', 'StorageUnavailable']).toContain(kind);
});

/** Breaks a connection in the middle of swaps whose records take long to write, and answers what they threw. */
async function brokenSwaps(): Promise<string[]> {
  const catalog = indexedDbCatalog(await ownDatabase());
  const location = 'x'.repeat(1_000_000);
  const kinds: string[] = [];
  const puts = Array.from({ length: 20 }, (_, index) =>
    catalog.put(`t${index}`, location).catch((thrown: unknown) => {
      kinds.push((thrown as { kind: string }).kind);
    }),
  );
  const { origin } = globalThis.location;
  await sendToBrowser('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
  await Promise.all(puts);
  return kinds;
}
