import { afterEach, beforeEach, expect, it } from 'vitest';
import { indexedDbCatalog, listPointers } from '../../src/storage/catalog.ts';
import { listen } from '../../src/storage/channel.ts';
import { openDatabase } from '../../src/storage/database.ts';
import type { Database } from '../../src/storage/database.ts';
import { holdJobLock } from '../../src/storage/locks.ts';
import { opfsFileIO, opfsRoot } from '../../src/storage/opfs.ts';
import { register, registeredLocation } from '../../src/storage/registrations.ts';
import { resetStorage } from '../../src/storage/reset.ts';
import { loadSetting, saveSetting } from '../../src/storage/settings.ts';
import { TestWorker } from './worker-message.ts';

const io = opfsFileIO();
const table = 'icebase:test/reset';
const stored = 'opfs:///warehouse/icebase/test/reset/data/a.parquet';
const foreign = 'opfs:///test-foreign/file';

let db: Database;
beforeEach(async () => {
  db = await openDatabase();
  await resetStorage(db);
  await indexedDbCatalog(db).swap(table, null, 'one');
  await register(db, table, 'one');
  await saveSetting(db, 'theme', 'dark');
  await io.create(stored, new Uint8Array(3));
  await io.create('opfs:///dropzone/d/c/s/part.arrow', new Uint8Array(3));
  await io.create(foreign, new Uint8Array(3));
});
afterEach(async () => {
  db.close();
  await (await opfsRoot()).removeEntry('test-foreign', { recursive: true });
});

it('deletes everything the app stored, and nothing else', async () => {
  const other = await openDatabase();
  const told = new Promise((resolve) => {
    const stop = listen((message) => {
      stop();
      resolve(message);
    });
  });
  await resetStorage(db);
  expect(await told).toEqual({ type: 'reset' });
  expect(await listPointers(other)).toEqual([]);
  expect(await registeredLocation(other, table)).toBeNull();
  expect(await loadSetting(db, 'theme')).toBeUndefined();
  expect(await io.list('opfs:///warehouse')).toEqual([]);
  expect(await io.list('opfs:///dropzone')).toEqual([]);
  expect((await io.list('opfs:///test-foreign')).length).toBe(1);
  other.close();
});

it('refuses while a job runs, and deletes nothing', async () => {
  const release = await holdJobLock('r', 'j');
  await expect(resetStorage(db)).rejects.toMatchObject({ kind: 'IllegalState' });
  expect((await listPointers(db)).length).toBe(1);
  expect((await io.list('opfs:///warehouse')).length).toBe(1);
  release();
  await resetStorage(db);
});

it('says which folder holds a file that is still open', async () => {
  const worker = new TestWorker();
  await worker.ask({ do: 'create-and-stay', path: 'opfs:///warehouse/icebase/open.parquet' });
  await expect(resetStorage(db)).rejects.toMatchObject({
    kind: 'IllegalState',
    context: { subject: '/warehouse' },
  });
  worker.end();
});
