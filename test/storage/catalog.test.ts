import { expect, test } from 'vitest';
import { indexedDbCatalog } from '../../src/storage/catalog.ts';
import type { Database } from '../../src/storage/database.ts';
import { saveSetting } from '../../src/storage/settings.ts';

/** A database whose transactions end for this reason, of which the requests know only that they were aborted. */
function endingDatabase(reason: string): Database {
  const error = new DOMException('ended', reason);
  const aborted = () => Promise.reject(new DOMException('aborted', 'AbortError'));
  const store = { get: () => Promise.resolve(undefined), put: aborted };
  const transaction = () => ({
    error,
    store,
    objectStore: () => store,
    done: Promise.reject(error),
  });
  return { transaction } as unknown as Database;
}

test('a write that finds no room is told as such, whatever the browser says of its request', async () => {
  const db = endingDatabase('QuotaExceededError');
  const full = { kind: 'StorageFull', remedy: expect.stringMatching(/free disk space/) as string };
  const catalog = indexedDbCatalog(db);
  await expect(catalog.swap('d:c/t', null, 'one')).rejects.toMatchObject(full);
  await expect(catalog.put('d:c/t', 'one')).rejects.toMatchObject(full);
  await expect(saveSetting(db, 'a', 1)).rejects.toMatchObject(full);
});

test('a swap that was sent and ended otherwise is not told to have failed', async () => {
  const catalog = indexedDbCatalog(endingDatabase('UnknownError'));
  await expect(catalog.swap('d:c/t', null, 'one')).rejects.toMatchObject({
    kind: 'CommitStateUnknown',
  });
});
