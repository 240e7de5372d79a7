import { summarizeFile } from '../../src/iceberg/file-summary.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { compare } from '../../src/iceberg/expression.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { liveFiles } from '../../src/iceberg/scan.ts';
import type { Isolation } from '../../src/iceberg/stop.ts';
import { currentSnapshot, loadTable, summarizeBase, type Table } from '../../src/iceberg/table.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import type { Writer } from '../../src/race/explorer/script.ts';
import { commitChange, exploredTable, writes } from '../../src/race/explorer/writers.ts';

/** Reads the table, or says that it looks at one partition of it alone, and tells so. */
async function read(
  { gate, io, ...ports }: CommitContext,
  partition: string | null,
): Promise<Table> {
  const table = await loadTable({ ...ports, io }, exploredTable);
  const { metadata } = table;
  const { data } = await liveFiles(new ManifestReader(io), metadata, currentSnapshot(metadata));
  const files = data.map((file) => summarizeFile(metadata, file));
  const matched = files.filter((file) => file.partition === `p=${partition}`);
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const scan = {
    base: summarizeBase(table),
    files,
    ...(partition === null ? {} : { matched: matched.map(({ path }) => path) }),
  };
  const inputs = [{ name: 'own', dataset: exploredTable, rows, bytes: 0, scan }];
  await gate(0, { stop: 'inputs-read', inputs });
  return table;
}

/** A writer that reads the whole table before it begins. */
export function reads(writer: Writer): Writer {
  return async (context, protocol) => {
    await read(context, null);
    return writer(context, protocol);
  };
}

/** Overwrites one partition by what it has read of another. */
export function copies(
  from: string,
  to: string,
  isolation: Isolation,
  { validatesReads = false } = {},
): Writer {
  return async (context, protocol) => {
    const table = await read(context, from);
    const options = {
      isolation,
      since: currentSnapshot(table.metadata)?.['snapshot-id'] ?? null,
      reads: validatesReads ? [{ filter: compare('p', '==', from) }] : [],
    };
    return writes({ [to]: 1 }, (written) =>
      commitChange(written, replacePartitions(table, written.files, options)),
    )(context, protocol);
  };
}
