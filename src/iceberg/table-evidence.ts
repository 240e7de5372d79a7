import { IcejamError } from '../error.ts';
import type { CommitContext } from './context.ts';
import { type HistoryOptions, readHistory, type TableHistory } from './history.ts';
import type { TableName } from './ports.ts';
import { loadTable, moveSince } from './table.ts';

/** A table that refers to a file which is not there, so that its past cannot be read. */
export interface DamagedTable {
  table: TableName;
  /** The path of that file. */
  gone: string;
}

/** What the files of a table say of its past, or which of them is missing. */
export type TableEvidence = TableHistory | DamagedTable;

/**
 * As `readHistory`, of the table as it is now. Read again if the table moves on meanwhile, as an expiry then deletes what
 * was to be read. Throws `NoSuchTable` and `Corrupt`.
 */
export async function readEvidence(
  ports: Pick<CommitContext, 'catalog' | 'io'>,
  name: TableName,
  since: string | null,
  options: HistoryOptions,
): Promise<TableEvidence> {
  try {
    const table = await loadTable(ports, name);
    try {
      return await readHistory(ports.io, table, since, options);
    } catch (thrown) {
      if ((await moveSince(ports.catalog, name, table.pointer, thrown)) === null) throw thrown;
      return await readEvidence(ports, name, since, options);
    }
  } catch (thrown) {
    const damaged = damageOf(name, thrown);
    if (damaged === null) throw thrown;
    return damaged;
  }
}

/** The file that a table misses, if that is why it cannot be read. */
export function damageOf(table: TableName, thrown: unknown): DamagedTable | null {
  const isGone = thrown instanceof IcejamError && thrown.kind === 'NotFound';
  const gone = isGone ? thrown.context.subject : undefined;
  return gone === undefined ? null : { table, gone };
}
