import type { CommitResult } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import type { Pointer } from '../../src/iceberg/ports.ts';
import type { Writer } from '../../src/race/explorer/script.ts';
import { exploredTable } from '../../src/race/explorer/writers.ts';
import { within } from './stage.ts';

const nowhere = 'memory:///nowhere';

/** Whether a pointer is that of a table which was dropped: its version counts on, as in the browser's catalog. */
export const isDropped = (pointer: Pointer | null): boolean => pointer?.location === nowhere;

/** A writer among others of whom one may drop the table. */
export function amongDrops(writer: Writer): Writer {
  return within(writer, ({ catalog }: CommitContext) => ({
    catalog: {
      ...catalog,
      load: async (table) => {
        const pointer = await catalog.load(table);
        return isDropped(pointer) ? null : pointer;
      },
      swap: async (table, expected, location) => {
        const found = expected ?? (await catalog.load(table));
        if (expected === null && !isDropped(found)) return catalog.swap(table, null, location);
        const result = await catalog.swap(table, found, location);
        return result.won || !isDropped(result.found) ? result : { won: false, found: null };
      },
    },
  }));
}

/** Takes the table out of the catalog. */
export const drops: Writer = async ({ catalog }): Promise<CommitResult> => {
  const pointer = await catalog.put(exploredTable, nowhere);
  return { outcome: 'committed', attempts: 0, snapshotId: null, snapshot: null, pointer };
};
