import { rollbackTo } from '../../src/iceberg/rollback.ts';
import { currentSnapshot, loadTable } from '../../src/iceberg/table.ts';
import type { Writer } from '../../src/race/explorer/script.ts';
import { commitChange, exploredTable } from '../../src/race/explorer/writers.ts';

/** Rolls the table back by one snapshot. */
export const undoes: Writer = async (context, protocol) => {
  const table = await loadTable(context, exploredTable);
  const parent = currentSnapshot(table.metadata)?.['parent-snapshot-id'] ?? 0n;
  return commitChange({ context, protocol, table }, rollbackTo(table, parent));
};
