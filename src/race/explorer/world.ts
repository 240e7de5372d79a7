import { IcejamError } from '../../error.ts';
import type { Catalog, FileEntry, FileIO, Pointer, TableName } from '../../iceberg/ports.ts';

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

interface StoredFile {
  bytes: Uint8Array;
  /** The job that wrote it, `null` if it was there before. */
  writer: string | null;
}

/** Files and pointers in memory, shared by writers of which one runs at a time. */
export class World {
  readonly #files: Map<string, StoredFile>;
  readonly #pointers: Map<TableName, Pointer>;
  readonly #touches: Touch[] = [];

  constructor(
    files: Iterable<[string, StoredFile]> = [],
    pointers: Iterable<[TableName, Pointer]> = [],
  ) {
    this.#files = new Map(files);
    this.#pointers = new Map(pointers);
  }

  /** A world that is the same now and goes its own way; nobody in it has written anything yet. */
  fork(): World {
    const files = [...this.#files].map(([path, { bytes }]): [string, StoredFile] => [
      path,
      { bytes, writer: null },
    ]);
    return new World(files, this.#pointers);
  }

  /** All files there are. */
  paths(): string[] {
    return [...this.#files.keys()];
  }

  /** Who wrote a file since the fork. */
  writerOf(path: string): string | null {
    return this.#file(path).writer;
  }

  /** What was touched since the last call. */
  takeTouches(): Touch[] {
    return this.#touches.splice(0);
  }

  /** Notes that a writer reaches for something shared. */
  touch(thing: string, changes: boolean): void {
    this.#touches.push({ thing, changes });
  }

  /** The files as one writer sees them. */
  fileIOOf(writer: string | null): FileIO {
    return {
      read: async (path) => {
        this.#touchFile(path, writer, false);
        return this.#file(path).bytes;
      },
      create: async (path, bytes) => {
        if (this.#files.has(path)) throw new IcejamError('AlreadyExists', `File exists: ${path}`);
        this.#files.set(path, { bytes, writer });
      },
      delete: async (path) => {
        this.#touchFile(path, writer, true);
        this.#files.delete(path);
      },
      list: async (prefix) =>
        [...this.#files].flatMap(([path, { bytes }]): FileEntry[] =>
          path.startsWith(prefix) ? [{ path, bytes: bytes.byteLength, modifiedAt: 0 }] : [],
        ),
    };
  }

  /** The pointers. A lost swap only reads. */
  readonly catalog: Catalog = {
    load: async (table) => {
      this.touch('pointer', false);
      return this.#pointers.get(table) ?? null;
    },
    swap: async (table, expected, location) => {
      const found = this.#pointers.get(table) ?? null;
      const isExpected =
        found?.version === expected?.version && found?.location === expected?.location;
      this.touch('pointer', isExpected);
      return isExpected
        ? { won: true, pointer: this.#move(table, location) }
        : { won: false, found };
    },
    put: async (table, location) => {
      this.touch('pointer', true);
      return this.#move(table, location);
    },
  };

  #move(table: TableName, location: string): Pointer {
    const pointer = { version: (this.#pointers.get(table)?.version ?? 0) + 1, location };
    this.#pointers.set(table, pointer);
    return pointer;
  }

  #touchFile(path: string, writer: string | null, changes: boolean): void {
    if (this.#files.get(path)?.writer !== writer) this.touch(path, changes);
  }

  #file(path: string): StoredFile {
    const file = this.#files.get(path);
    if (file === undefined) throw new IcejamError('NotFound', `No file at ${path}`);
    return file;
  }
}
