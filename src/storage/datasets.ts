import { announce } from './channel.ts';
import { write } from './database.ts';
import type { Database } from './database.ts';
import { guard } from './failure.ts';
import type { DroppedFile } from './records.ts';

/** An input dataset: the files that were dropped at one address `depot:collection/dataset`, in the order of their names. */
export interface Dataset {
  address: string;
  files: DroppedFile[];
}

/** Adds a file in place of one of the same name, which is returned: its parts are the caller's to delete. */
export async function addFile(
  db: Database,
  address: string,
  file: DroppedFile,
): Promise<DroppedFile | null> {
  const subject = `${address}, ${file.name}`;
  const replaced = await write(db, ['droppedFiles'], subject, async (transaction) => {
    const store = transaction.objectStore('droppedFiles');
    const key: [string, string] = [address, file.name];
    const present = await store.get(key);
    await store.put(file, key);
    return present;
  });
  announce({ type: 'dataset-changed', address });
  return replaced ?? null;
}

/** The dataset at an address, `null` if nothing was dropped there. */
export async function loadDataset(db: Database, address: string): Promise<Dataset | null> {
  const files = await guard(address, () => db.getAll('droppedFiles', filesOf(address)));
  return files.length === 0 ? null : { address, files };
}

/** Every dataset in the dropzone, in the order of its address. */
export async function listDatasets(db: Database): Promise<Dataset[]> {
  return await guard('the list of datasets', async () => {
    const { store } = db.transaction('droppedFiles');
    const [keys, files] = await Promise.all([store.getAllKeys(), store.getAll()]);
    const datasets = new Map<string, Dataset>();
    for (const [index, file] of files.entries()) {
      const address = keys[index]?.[0] ?? '';
      const dataset = datasets.get(address) ?? { address, files: [] };
      dataset.files.push(file);
      datasets.set(address, dataset);
    }
    return [...datasets.values()];
  });
}

/** Takes a dataset out of the dropzone and returns it (`null`: there was none); its parts are the caller's to delete. */
export async function removeDataset(db: Database, address: string): Promise<Dataset | null> {
  const files = await write(db, ['droppedFiles'], address, async (transaction) => {
    const store = transaction.objectStore('droppedFiles');
    const present = await store.getAll(filesOf(address));
    await store.delete(filesOf(address));
    return present;
  });
  if (files.length === 0) return null;
  announce({ type: 'dataset-changed', address });
  return { address, files };
}

/** All keys that begin with the address: an empty array sorts after every text. */
const filesOf = (address: string) => IDBKeyRange.bound([address], [address, []]);
