import { IcejamError } from '../../../src/error.ts';
import type { Catalog, Pointer, SwapResult, TableName } from '../../../src/iceberg/ports.ts';

/** What goes wrong with a swap: its answer never comes, or tells a winner that it lost. */
export type SwapFault = 'lose-answer' | 'lose-request' | 'deny-win';

/** Pointers in memory, with every pointer that there ever was, and faults for the next swaps (`null`: none). */
export class MemoryCatalog implements Catalog {
  readonly #pointers = new Map<TableName, Pointer>();
  readonly history: Pointer[] = [];
  readonly faults: (SwapFault | null)[] = [];

  async load(table: TableName): Promise<Pointer | null> {
    return this.#pointers.get(table) ?? null;
  }

  async swap(table: TableName, expected: Pointer | null, location: string): Promise<SwapResult> {
    const fault = this.faults.shift();
    if (fault === 'lose-request') throw lostAnswer();
    const found = this.#pointers.get(table) ?? null;
    if (found?.version !== expected?.version || found?.location !== expected?.location) {
      return { won: false, found };
    }
    const pointer = this.#move(table, location);
    if (fault === 'lose-answer') throw lostAnswer();
    return fault === 'deny-win' ? { won: false, found } : { won: true, pointer };
  }

  async put(table: TableName, location: string): Promise<Pointer> {
    return this.#move(table, location);
  }

  #move(table: TableName, location: string): Pointer {
    const pointer = { version: (this.#pointers.get(table)?.version ?? 0) + 1, location };
    this.#pointers.set(table, pointer);
    this.history.push(pointer);
    return pointer;
  }
}

function lostAnswer(): IcejamError {
  return new IcejamError('CommitStateUnknown', 'connection reset');
}

/** A catalog that does some things in its own way. */
export function catalogWith(catalog: Catalog, own: Partial<Catalog>): Catalog {
  return {
    load: (table) => catalog.load(table),
    swap: (table, expected, location) => catalog.swap(table, expected, location),
    put: (table, location) => catalog.put(table, location),
    ...own,
  };
}
