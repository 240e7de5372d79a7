import { openDatabase } from '../storage/database.ts';
import { listDatasets, removeDataset } from '../storage/datasets.ts';
import { opfsFileIO } from '../storage/opfs.ts';
import type { DropzoneMethods } from './api.ts';
import { deleteParts, dropFile } from './drop-file.ts';

/** What the dropzone's worker answers. */
export async function dropzoneMethods(): Promise<DropzoneMethods> {
  const db = await openDatabase();
  const target = { db, io: opfsFileIO() };
  return {
    drop: ({ address, file }, progress) => dropFile(target, address, file, progress),
    datasets: () => listDatasets(db),
    async removeDataset({ address }) {
      const removed = await removeDataset(db, address);
      const parts = removed?.files.flatMap((file) => file.parts) ?? [];
      await deleteParts(target, address, parts);
    },
  };
}
