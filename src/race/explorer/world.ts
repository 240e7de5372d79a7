import { MemoryCatalog, MemoryFileIO } from '../../iceberg/memory.ts';
import type { Catalog, FileIO } from '../../iceberg/ports.ts';

/**
 * What a writer reaches for that others reach for too: the pointer, the queue, or the file of another writer, by its
 * path. Two steps commute unless they touch the same thing and one of them changes it.
 */
export interface Touch {
  thing: string;
  changes: boolean;
}

/** Whether a touch is one of a file. */
export const isFile = ({ thing }: Touch): boolean => thing.includes('/');

/** Files and pointers in memory, shared by writers of which one runs at a time. */
export class World {
  readonly #files: MemoryFileIO;
  readonly #pointers: MemoryCatalog;
  /** The job that wrote a file since the fork. */
  readonly #writers = new Map<string, string | null>();
  /** The bytes of what was deleted since the fork. */
  readonly #deleted = new Map<string, Uint8Array>();
  readonly #touches: Touch[] = [];

  constructor(files = new MemoryFileIO({ now: () => 0 }), pointers = new MemoryCatalog()) {
    this.#files = files;
    this.#pointers = pointers;
  }

  /** A world that is the same now and goes its own way; nobody in it has written anything yet. */
  fork(): World {
    return new World(this.#files.fork(), this.#pointers.fork());
  }

  /** All files there are. */
  paths(): string[] {
    return this.#files.paths();
  }

  /** Who wrote a file since the fork. */
  writerOf(path: string): string | null {
    return this.#writers.get(path) ?? null;
  }

  /** What was touched since the last call. */
  takeTouches(): Touch[] {
    return this.#touches.splice(0);
  }

  /** The files with those that were deleted since the fork. */
  archive(): FileIO {
    const io = this.fileIOOf(null);
    return { ...io, read: async (path) => this.#deleted.get(path) ?? (await io.read(path)) };
  }

  /** Notes that a writer reaches for something shared. */
  touch(thing: string, changes: boolean): void {
    this.#touches.push({ thing, changes });
  }

  /** The files as one writer sees them. */
  fileIOOf(writer: string | null): FileIO {
    const touch = (path: string, changes: boolean) => {
      if (this.writerOf(path) !== writer) this.touch(path, changes);
    };
    return {
      read: (path) => {
        touch(path, false);
        return this.#files.read(path);
      },
      create: async (path, bytes) => {
        await this.#files.create(path, bytes);
        this.#writers.set(path, writer);
      },
      delete: async (path) => {
        touch(path, true);
        const bytes = await this.#files.read(path).catch(() => null);
        if (bytes !== null) this.#deleted.set(path, bytes);
        await this.#files.delete(path);
        this.#writers.delete(path);
      },
      list: (prefix) => this.#files.list(prefix),
    };
  }

  /** The pointers. A lost swap only reads. */
  readonly catalog: Catalog = {
    load: (table) => {
      this.touch('pointer', false);
      return this.#pointers.load(table);
    },
    swap: async (table, expected, location) => {
      const result = await this.#pointers.swap(table, expected, location);
      this.touch('pointer', result.won);
      return result;
    },
    put: (table, location) => {
      this.touch('pointer', true);
      return this.#pointers.put(table, location);
    },
  };
}
