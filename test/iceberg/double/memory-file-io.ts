import { IcejamError } from '../../../src/error.ts';
import type { Clock, FileEntry, FileIO } from '../../../src/iceberg/ports.ts';

/** Files in memory, with a record of everything that was ever created and deleted. */
export class MemoryFileIO implements FileIO {
  readonly #files = new Map<string, { bytes: Uint8Array; modifiedAt: number }>();
  readonly #clock: Clock;
  readonly created: string[] = [];
  readonly deleted: string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async read(path: string): Promise<Uint8Array> {
    const file = this.#files.get(path);
    if (file === undefined) throw new IcejamError('NotFound', `No file at ${path}`);
    return file.bytes;
  }

  async create(path: string, bytes: Uint8Array): Promise<void> {
    if (this.#files.has(path)) throw new IcejamError('AlreadyExists', `File exists: ${path}`);
    this.#files.set(path, { bytes, modifiedAt: this.#clock.now() });
    this.created.push(path);
  }

  async delete(path: string): Promise<void> {
    if (this.#files.delete(path)) this.deleted.push(path);
  }

  async list(prefix: string): Promise<FileEntry[]> {
    return [...this.#files]
      .filter(([path]) => path.startsWith(prefix))
      .map(([path, { bytes, modifiedAt }]) => ({ path, bytes: bytes.byteLength, modifiedAt }));
  }

  /** All paths there are, or those with a part in them. */
  paths(part = ''): string[] {
    return [...this.#files.keys()].filter((path) => path.includes(part));
  }
}
