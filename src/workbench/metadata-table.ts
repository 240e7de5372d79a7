import { literal, quoted } from '../engine/types.ts';
import { exhaustive } from '../exhaustive.ts';
import { summarizeFile } from '../iceberg/file-summary.ts';
import { ManifestReader } from '../iceberg/manifest-reader.ts';
import type { FileIO } from '../iceberg/ports.ts';
import { liveFiles } from '../iceberg/scan.ts';
import { ancestorsOf } from '../iceberg/table.ts';
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

/** A value of a cell; a map's members are texts. */
type Cell = null | boolean | number | bigint | string | Record<string, string>;

/** The columns of a metadata table with their DuckDB types, and its rows. */
interface Rows {
  columns: Record<string, string>;
  rows: Cell[][];
}

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

function read(io: FileIO, version: TableVersion, name: MetadataTable): Rows | Promise<Rows> {
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

function snapshots({ metadata }: TableVersion): Rows {
  return {
    columns: {
      committed_at: 'TIMESTAMP',
      snapshot_id: 'BIGINT',
      parent_id: 'BIGINT',
      operation: 'VARCHAR',
      manifest_list: 'VARCHAR',
      summary: 'MAP(VARCHAR, VARCHAR)',
    },
    rows: metadata.snapshots.map((snapshot) => {
      const { operation, ...summary } = snapshot.summary;
      return [
        timestamp(snapshot['timestamp-ms']),
        snapshot['snapshot-id'],
        snapshot['parent-snapshot-id'] ?? null,
        operation,
        snapshot['manifest-list'],
        summary,
      ];
    }),
  };
}

function history({ metadata }: TableVersion): Rows {
  const ancestors = new Set<bigint>();
  for (const snapshot of ancestorsOf(metadata, metadata['current-snapshot-id'])) {
    ancestors.add(snapshot['snapshot-id']);
  }
  return {
    columns: {
      made_current_at: 'TIMESTAMP',
      snapshot_id: 'BIGINT',
      parent_id: 'BIGINT',
      is_current_ancestor: 'BOOLEAN',
    },
    rows: metadata['snapshot-log'].map(({ 'timestamp-ms': time, 'snapshot-id': id }) => {
      const parent = metadata.snapshots.find((snapshot) => snapshot['snapshot-id'] === id);
      return [timestamp(time), id, parent?.['parent-snapshot-id'] ?? null, ancestors.has(id)];
    }),
  };
}

async function files(
  io: FileIO,
  { metadata, snapshot }: TableVersion,
  contents: readonly number[],
): Promise<Rows> {
  const { data, deletes } = await liveFiles(new ManifestReader(io), metadata, snapshot);
  const entries = [...data, ...deletes].filter((entry) =>
    contents.includes(entry.data_file.content),
  );
  return {
    columns: {
      content: 'INTEGER',
      file_path: 'VARCHAR',
      file_format: 'VARCHAR',
      spec_id: 'INTEGER',
      partition: 'VARCHAR',
      record_count: 'BIGINT',
      file_size_in_bytes: 'BIGINT',
      split_offsets: 'BIGINT[]',
      sort_order_id: 'INTEGER',
    },
    rows: entries.map((entry) => {
      const file = entry.data_file;
      return [
        file.content,
        file.file_path,
        file.file_format,
        entry.spec_id,
        summarizeFile(metadata, entry).partition,
        file.record_count,
        file.file_size_in_bytes,
        file.split_offsets ? `[${file.split_offsets.join(', ')}]` : null,
        file.sort_order_id ?? null,
      ];
    }),
  };
}

async function manifests(io: FileIO, { snapshot }: TableVersion): Promise<Rows> {
  const list = await new ManifestReader(io).manifests(snapshot);
  return {
    columns: {
      content: 'INTEGER',
      path: 'VARCHAR',
      length: 'BIGINT',
      partition_spec_id: 'INTEGER',
      added_snapshot_id: 'BIGINT',
      added_data_files_count: 'INTEGER',
      existing_data_files_count: 'INTEGER',
      deleted_data_files_count: 'INTEGER',
      added_delete_files_count: 'INTEGER',
      existing_delete_files_count: 'INTEGER',
      deleted_delete_files_count: 'INTEGER',
    },
    rows: list.map((manifest) => {
      const counts = [
        manifest.added_files_count,
        manifest.existing_files_count,
        manifest.deleted_files_count,
      ];
      const none = [0, 0, 0];
      return [
        manifest.content,
        manifest.manifest_path,
        manifest.manifest_length,
        manifest.partition_spec_id,
        manifest.added_snapshot_id,
        ...(manifest.content === 0 ? [...counts, ...none] : [...none, ...counts]),
      ];
    }),
  };
}

async function partitions(io: FileIO, { metadata, snapshot }: TableVersion): Promise<Rows> {
  const { data } = await liveFiles(new ManifestReader(io), metadata, snapshot);
  const sums = new Map<
    string,
    { specId: number; partition: string; rows: number; files: number; bytes: number }
  >();
  for (const entry of data) {
    const { partition, rows, bytes } = summarizeFile(metadata, entry);
    const key = `${entry.spec_id} ${partition}`;
    const sum = sums.get(key) ?? { specId: entry.spec_id, partition, rows: 0, files: 0, bytes: 0 };
    sums.set(key, {
      ...sum,
      rows: sum.rows + rows,
      files: sum.files + 1,
      bytes: sum.bytes + bytes,
    });
  }
  return {
    columns: {
      partition: 'VARCHAR',
      spec_id: 'INTEGER',
      record_count: 'BIGINT',
      file_count: 'INTEGER',
      total_data_file_size_in_bytes: 'BIGINT',
    },
    rows: [...sums.values()].map(({ specId, partition, rows, files: count, bytes }) => [
      partition,
      specId,
      rows,
      count,
      bytes,
    ]),
  };
}

function refs({ metadata }: TableVersion): Rows {
  return {
    columns: {
      name: 'VARCHAR',
      type: 'VARCHAR',
      snapshot_id: 'BIGINT',
      max_reference_age_in_ms: 'BIGINT',
      min_snapshots_to_keep: 'INTEGER',
      max_snapshot_age_in_ms: 'BIGINT',
    },
    rows: Object.entries(metadata.refs).map(([name, ref]) => [
      name,
      ref.type.toUpperCase(),
      ref['snapshot-id'],
      ref['max-ref-age-ms'] ?? null,
      ref['min-snapshots-to-keep'] ?? null,
      ref['max-snapshot-age-ms'] ?? null,
    ]),
  };
}

function metadataLog({ metadata, location }: TableVersion): Rows {
  const current = { 'timestamp-ms': metadata['last-updated-ms'], 'metadata-file': location };
  return {
    columns: {
      timestamp: 'TIMESTAMP',
      file: 'VARCHAR',
      latest_snapshot_id: 'BIGINT',
      latest_schema_id: 'INTEGER',
      latest_sequence_number: 'BIGINT',
    },
    rows: [...metadata['metadata-log'], current].map((entry) => {
      const time = entry['timestamp-ms'];
      const id = metadata['snapshot-log'].findLast((logged) => logged['timestamp-ms'] <= time)?.[
        'snapshot-id'
      ];
      const snapshot = metadata.snapshots.find((known) => known['snapshot-id'] === id);
      return [
        timestamp(time),
        entry['metadata-file'],
        id ?? null,
        snapshot?.['schema-id'] ?? null,
        snapshot?.['sequence-number'] ?? null,
      ];
    }),
  };
}

/** Epoch ms as DuckDB reads it. */
function timestamp(millis: number): string {
  return new Date(millis).toISOString().slice(0, -1);
}
