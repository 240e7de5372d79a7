import { IcejamError } from '../error.ts';
import { isDeletionVector } from '../iceberg/delete-index.ts';
import { content, type ManifestEntry } from '../iceberg/manifest-types.ts';
import type { FileIO } from '../iceberg/ports.ts';
import type { FileScanTask } from '../iceberg/scan.ts';
import type { Schema } from '../iceberg/table-metadata.ts';
import type { Engine } from './duckdb.ts';
import { positionDeleteSchema } from './position-deletes.ts';
import { readDataFile } from './read-data-file.ts';
import { literal, quoted } from './types.ts';

/**
 * Deletes from `table`, which holds all rows of a data file in their order and nothing else, what the task's delete
 * files delete (spec, "Row-level Deletes"). Throws `Unsupported` for a deletion vector and for an equality delete by a column
 * that `schema` lacks.
 */
export async function applyDeletes(
  engine: Engine,
  io: FileIO,
  table: string,
  { file, deletes }: FileScanTask,
  schema: Schema,
): Promise<void> {
  const path = literal(file.data_file.file_path);
  const positions: string[] = [];
  const equalities: string[] = [];
  const read: string[] = [];
  for (const [index, entry] of deletes.entries()) {
    const name = `deletes ${index}`;
    const { file_path: deletePath, content: kind } = entry.data_file;
    if (isDeletionVector(entry)) {
      throw new IcejamError('Unsupported', `Deletion vectors cannot be read here: ${deletePath}`, {
        remedy: 'Compact the table in another engine, or read a snapshot from before the delete.',
      });
    }
    read.push(name);
    if (kind === content.positionDeletes) {
      await readDataFile(engine, io, entry, { schema: positionDeleteSchema, into: name });
      positions.push(`SELECT pos FROM ${quoted(name)} WHERE file_path = ${path}`);
    } else {
      const keys = equalityColumns(entry, schema);
      await readDataFile(engine, io, entry, { schema: { ...schema, fields: keys }, into: name });
      const same = keys.map(
        ({ name: key }) => `t.${quoted(key)} IS NOT DISTINCT FROM d.${quoted(key)}`,
      );
      equalities.push(
        `DELETE FROM ${quoted(table)} AS t USING ${quoted(name)} AS d WHERE ${same.join(' AND ')}`,
      );
    }
  }
  // Positions first and at once: they count the rows of the file as it was written.
  if (positions.length > 0) {
    engine.execute(`DELETE FROM ${quoted(table)} WHERE rowid IN (${positions.join(' UNION ')})`);
  }
  for (const sql of equalities) engine.execute(sql);
  for (const name of read) engine.execute(`DROP TABLE ${quoted(name)}`);
}

function equalityColumns({ data_file: file }: ManifestEntry, schema: Schema) {
  return (file.equality_ids ?? []).map((id) => {
    const field = schema.fields.find((column) => column.id === id);
    if (field) return field;
    throw new IcejamError(
      'Unsupported',
      `Equality deletes by the dropped column ${id} cannot be read here: ${file.file_path}`,
    );
  });
}
