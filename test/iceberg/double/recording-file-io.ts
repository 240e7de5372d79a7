import { MemoryFileIO } from '../../../src/iceberg/memory.ts';

/** Files in memory, with a record of everything that was ever created and deleted. */
export class RecordingFileIO extends MemoryFileIO {
  readonly created: string[] = [];
  readonly deleted: string[] = [];

  override async create(path: string, bytes: Uint8Array): Promise<void> {
    await super.create(path, bytes);
    this.created.push(path);
  }

  override async delete(path: string): Promise<void> {
    if (this.paths(path).includes(path)) this.deleted.push(path);
    await super.delete(path);
  }
}
