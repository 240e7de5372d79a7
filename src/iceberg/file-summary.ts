import { partitionPath } from './partition-spec.ts';
import type { ChangedFile } from './snapshot-summary.ts';
import type { FileSummary } from './stop.ts';
import { schemaOfSpec, specById } from './table.ts';
import type { TableMetadata } from './table-metadata.ts';

/** A data or delete file as the stops and the page show it. */
export function summarizeFile(metadata: TableMetadata, file: ChangedFile): Required<FileSummary> {
  const { file_path: path, file_size_in_bytes: bytes, record_count: rows } = file.data_file;
  const spec = specById(metadata, file.spec_id);
  const partition = partitionPath(spec, schemaOfSpec(metadata, spec), file.data_file.partition);
  return { path, bytes, rows, partition };
}
