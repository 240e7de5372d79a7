import { literal, quoted } from '../engine/types.ts';
import { exhaustive } from '../exhaustive.ts';
import type { FileIO } from '../iceberg/ports.ts';
import { files, manifests, partitions } from './file-tables.ts';
import { history, metadataLog, refs, snapshots } from './log-tables.ts';
import type { Cell, MetadataRows } from './metadata-rows.ts';
import type { TableVersion } from './table-version.ts';

/** The metadata tables that can be queried, by Iceberg's names. */
export const metadataTables = [
  'snapshots',
  'history',
  'files',
  'data_files',
  'delete_files',
  'manifests',
  'partitions',
  'refs',
  'metadata_log_entries',
] as const;

/** The name of a metadata table. */
export type MetadataTable = (typeof metadataTables)[number];

/**
 * A metadata table's rows as a query of DuckDB, with the columns and types of Iceberg's Spark runtime. Partitions are
 * shown as paths such as `month=2016-01`, where Spark has a struct.
 */
export async function metadataQuery(
  io: FileIO,
  version: TableVersion,
  name: MetadataTable,
): Promise<string> {
  const { columns, rows } = await read(io, version, name);
  const types = Object.values(columns);
  const names = Object.keys(columns).map(quoted).join(', ');
  // An empty VALUES has no types: one row of nulls gives them, and is left out.
  const values = [types.map(() => null), ...rows].map(
    (row) =>
      `(${row.map((cell, index) => `CAST(${sql(cell)} AS ${types[index] ?? ''})`).join(', ')})`,
  );
  return `SELECT * FROM (VALUES ${values.join(', ')}) AS t(${names}) OFFSET 1`;
}

function sql(cell: Cell): string {
  if (typeof cell === 'string') return literal(cell);
  if (cell === null || typeof cell !== 'object') return String(cell);
  const members = Object.entries(cell).map(([key, value]) => `${literal(key)}: ${literal(value)}`);
  return `MAP {${members.join(', ')}}`;
}

function read(
  io: FileIO,
  version: TableVersion,
  name: MetadataTable,
): MetadataRows | Promise<MetadataRows> {
  switch (name) {
    case 'snapshots':
      return snapshots(version);
    case 'history':
      return history(version);
    case 'files':
      return files(io, version, [0, 1, 2]);
    case 'data_files':
      return files(io, version, [0]);
    case 'delete_files':
      return files(io, version, [1, 2]);
    case 'manifests':
      return manifests(io, version);
    case 'partitions':
      return partitions(io, version);
    case 'refs':
      return refs(version);
    case 'metadata_log_entries':
      return metadataLog(version);
    default:
      return exhaustive(name);
  }
}
