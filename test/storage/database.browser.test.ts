import { expect, it } from 'vitest';
import { deleteNewerDatabase, openDatabase } from '../../src/storage/database.ts';
import { addFile, listDatasets, loadDataset, removeDataset } from '../../src/storage/datasets.ts';
import type { DroppedFile } from '../../src/storage/records.ts';
import { deleteRace, keptRaces, listRaces, loadRace, saveRace } from '../../src/storage/races.ts';
import { loadSetting, saveSetting } from '../../src/storage/settings.ts';

const newName = () => `icejam-${crypto.randomUUID()}`;

/** A connection of a tab that was opened before an upgrade and knows nothing of it. */
async function deafConnection(name: string, version: number): Promise<IDBDatabase> {
  return await new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Error(String(request.error)));
  });
}

const file = (name: string, rows: number): DroppedFile => ({
  name,
  bytes: 10 * rows,
  sha256: '00',
  droppedAt: 0,
  rows,
  rejected: [{ line: 3, column: 1, message: 'not JSON', excerpt: '{' }],
  rejectedCount: 1,
  columns: [{ name: 'id', type: 'BIGINT' }],
  parts: [{ path: `opfs:///dropzone/${name}`, rows, bytes: 5, columns: [] }],
});

it('gives way to a tab with a newer version', async () => {
  const name = newName();
  const old = await openDatabase(name, 1);
  await saveSetting(old, 'kept', 1);
  const current = await openDatabase(name, 2);
  expect(await loadSetting(current, 'kept')).toBe(1);
  await expect(loadSetting(old, 'kept')).rejects.toMatchObject({ kind: 'StorageUnavailable' });
  current.close();
});

it('says that another tab is in the way of an upgrade, and does not hold on afterwards', async () => {
  const name = newName();
  (await openDatabase(name, 1)).close();
  const deaf = await deafConnection(name, 1);
  await expect(openDatabase(name, 2)).rejects.toMatchObject({
    kind: 'StorageUnavailable',
    message: expect.stringContaining('older version') as string,
  });
  deaf.close();
  (await openDatabase(name, 3)).close();
});

it('says that a newer version of the page has been here, and takes its database away when asked', async () => {
  const name = newName();
  (await openDatabase(name, 2)).close();
  const thrown: unknown = await openDatabase(name, 1).catch((reason: unknown) => reason);
  expect(thrown).toMatchObject({
    kind: 'StorageUnavailable',
    message: expect.stringContaining('newer version') as string,
  });
  await expect(deleteNewerDatabase(new Error('the disk is gone'), name)).rejects.toThrow('disk');
  const deaf = await deafConnection(name, 2);
  await expect(deleteNewerDatabase(thrown, name)).rejects.toMatchObject({
    kind: 'StorageUnavailable',
    message: 'Another tab runs a newer version of this page and keeps the database open',
  });
  deaf.close();
  await deleteNewerDatabase(thrown, name);
  (await openDatabase(name, 1)).close();
});

it('keeps datasets apart whose addresses begin alike, files in the order of their names', async () => {
  const db = await openDatabase(newName());
  const address = 'thirdparty01:none/ny-taxi';
  expect(await loadDataset(db, address)).toBeNull();
  await addFile(db, address, file('b.json', 2));
  await addFile(db, address, file('a.json', 1));
  await addFile(db, `${address}-data`, file('c.json', 3));
  const dataset = { address, files: [file('a.json', 1), file('b.json', 2)] };
  const other = { address: `${address}-data`, files: [file('c.json', 3)] };
  expect(await loadDataset(db, address)).toEqual(dataset);
  expect(await listDatasets(db)).toEqual([dataset, other]);
  expect(await removeDataset(db, address)).toEqual(dataset);
  expect(await removeDataset(db, address)).toBeNull();
  expect(await listDatasets(db)).toEqual([other]);
  db.close();
});

it('replaces a file of the same name and hands the old one back', async () => {
  const db = await openDatabase(newName());
  expect(await addFile(db, 'd:c/s', file('a.json', 1))).toBeNull();
  expect(await addFile(db, 'd:c/s', file('a.json', 2))).toEqual(file('a.json', 1));
  expect(await loadDataset(db, 'd:c/s')).toEqual({
    address: 'd:c/s',
    files: [file('a.json', 2)],
  });
  db.close();
});

it('keeps the newest races', async () => {
  const db = await openDatabase(newName());
  for (let index = 0; index < keptRaces + 3; index += 1) {
    // Saved in another order than they started.
    const startedAt = index % 2 === 0 ? index : 1000 - index;
    await saveRace(db, { id: `race ${String(index)}`, startedAt, summary: index, log: { index } });
  }
  const races = await listRaces(db);
  expect(races.length).toBe(keptRaces);
  expect(races.map(({ startedAt }) => startedAt)).toEqual(
    races.map(({ startedAt }) => startedAt).sort((a, b) => b - a),
  );
  expect(races[0]?.summary).toBe(1);
  expect(await loadRace(db, 'race 0')).toBeNull();
  await deleteRace(db, 'race 1');
  expect(await loadRace(db, 'race 1')).toBeNull();
  expect(await loadRace(db, 'race 101')).toEqual({
    id: 'race 101',
    startedAt: 899,
    summary: 101,
    log: { index: 101 },
  });
  db.close();
});

it('gives a setting back as it was saved', async () => {
  const db = await openDatabase(newName());
  expect(await loadSetting(db, 'theme')).toBeUndefined();
  await saveSetting(db, 'theme', { name: 'dark', since: 5n });
  expect(await loadSetting(db, 'theme')).toEqual({ name: 'dark', since: 5n });
  db.close();
});

it('says which value it could not save', async () => {
  const db = await openDatabase(newName());
  await expect(saveSetting(db, 'theme', () => 1)).rejects.toMatchObject({
    kind: 'Internal',
    context: { subject: 'the setting theme' },
  });
  db.close();
});
