import { IcejamError } from '../../../src/error.ts';
import { MemoryCatalog } from '../../../src/iceberg/memory.ts';
import type { Catalog, Pointer, SwapResult, TableName } from '../../../src/iceberg/ports.ts';

/** What goes wrong with a swap: its answer never comes, or tells a winner that it lost. */
export type SwapFault = 'lose-answer' | 'lose-request' | 'deny-win';

/** Pointers in memory with faults for the next swaps (`null`: none). */
export class FaultyCatalog extends MemoryCatalog {
  readonly faults: (SwapFault | null)[] = [];

  override async swap(
    table: TableName,
    expected: Pointer | null,
    location: string,
  ): Promise<SwapResult> {
    const fault = this.faults.shift();
    if (fault === 'lose-request') throw lostAnswer();
    const result = await super.swap(table, expected, location);
    if (result.won && fault === 'lose-answer') throw lostAnswer();
    return result.won && fault === 'deny-win' ? { won: false, found: expected } : result;
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
