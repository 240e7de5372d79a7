import { summarizeFile } from '../iceberg/file-summary.ts';
import { ManifestReader } from '../iceberg/manifest-reader.ts';
import type { FileIO } from '../iceberg/ports.ts';
import { liveFiles } from '../iceberg/scan.ts';
import type { MetadataRows } from './metadata-rows.ts';
import type { TableVersion } from './table-version.ts';

/** The live files of a snapshot whose content is one of `contents`. */
export async function files(
  io: FileIO,
  { metadata, snapshot }: TableVersion,
  contents: readonly number[],
): Promise<MetadataRows> {
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

/** The manifests of a snapshot. */
export async function manifests(io: FileIO, { snapshot }: TableVersion): Promise<MetadataRows> {
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

/** The partitions that have data files at a snapshot. */
export async function partitions(
  io: FileIO,
  { metadata, snapshot }: TableVersion,
): Promise<MetadataRows> {
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
