import { identityPartitionValues, type ProjectionOptions } from '../iceberg/column-projection.ts';
import { parseNameMapping } from '../iceberg/name-mapping.ts';
import type { FileIO } from '../iceberg/ports.ts';
import type { FileScanTask } from '../iceberg/scan.ts';
import { specById } from '../iceberg/table.ts';
import type { Schema, TableMetadata } from '../iceberg/table-metadata.ts';
import { applyDeletes } from './deletes.ts';
import type { Engine } from './duckdb.ts';
import { readDataFile } from './read-data-file.ts';
import { quoted } from './types.ts';

/** How the columns of a file are found that has no ids, or lacks them because they are in its path (Hive). */
export function projectionOf(metadata: TableMetadata, { file }: FileScanTask): ProjectionOptions {
  const mapping = metadata.properties['schema.name-mapping.default'];
  const spec = specById(metadata, file.spec_id);
  return {
    ...(mapping !== undefined && { nameMapping: parseNameMapping(mapping) }),
    constants: identityPartitionValues(spec, file.data_file.partition),
  };
}

/**
 * Loads the rows of a task's data file that no delete file deletes into the new table `into`, with the columns of
 * `schema`. A row's `rowid` is its position in the file. Answers the bytes that the whole file takes as Arrow.
 * Throws `Unsupported`, and `NotFound` and `Corrupt` naming a file.
 */
export async function loadLiveRows(
  engine: Engine,
  io: FileIO,
  metadata: TableMetadata,
  task: FileScanTask,
  { schema, into }: { schema: Schema; into: string },
): Promise<number> {
  const columns = { schema, ...projectionOf(metadata, task) };
  const bytes = await readDataFile(engine, io, task.file, columns, (rows, size) => {
    engine.execute(`CREATE OR REPLACE TEMP TABLE ${quoted(into)} AS ${rows}`);
    return size;
  });
  await applyDeletes(engine, io, into, task, schema);
  return bytes;
}
