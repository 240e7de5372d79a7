import type { FileIO } from './ports.ts';

/** The metadata files that one commit wrote: what it may delete again, and nothing else. */
export class OwnFiles {
  readonly #io: FileIO;
  readonly #paths = new Set<string>();

  constructor(io: FileIO) {
    this.#io = io;
  }

  /** Writes a new file and remembers it as ours. Throws as `FileIO.create`. */
  async create(path: string, bytes: Uint8Array): Promise<void> {
    await this.#io.create(path, bytes);
    this.#paths.add(path);
  }

  /** Whether this commit wrote that file. */
  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** Our files outside of `kept`. */
  except(kept: ReadonlySet<string>): string[] {
    return [...this.#paths].filter((path) => !kept.has(path));
  }
}

/** Deletes files as well as it can and tells which are gone: a failure here leaves an orphan, never a broken table. */
export async function deletePaths(io: FileIO, paths: readonly string[]): Promise<string[]> {
  const results = await Promise.allSettled(paths.map((path) => io.delete(path)));
  return paths.filter((_, index) => results[index]?.status === 'fulfilled');
}
