import { makeTable, tableToIPC } from 'apache-arrow';
import { IcejamError } from '../error.ts';
import { isDeletionVector } from '../iceberg/delete-index.ts';
import { readDeletionVector } from '../iceberg/deletion-vector.ts';
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
 * files delete (spec, "Row-level Deletes"). Throws `Unsupported` for an equality delete by a column that `schema` lacks.
 */
export async function applyDeletes(
  engine: Engine,
  io: FileIO,
  table: string,
  { file, deletes }: FileScanTask,
  schema: Schema,
): Promise<void> {
  const target = quoted(table);
  const positions: string[] = [];
  const equalities: string[] = [];
  for (const [index, entry] of deletes.entries()) {
    const into = `deletes ${index}`;
    if (entry.data_file.content === content.equalityDeletes) {
      const keys = equalityColumns(entry, schema);
      const columns = { schema: { ...schema, fields: keys } };
      await readDataFile(engine, io, entry, columns, (rows) => {
        engine.execute(`CREATE OR REPLACE TEMP TABLE ${quoted(into)} AS ${rows}`);
      });
      const same = keys.map(
        ({ name }) => `r.${quoted(name)} IS NOT DISTINCT FROM d.${quoted(name)}`,
      );
      equalities.push(
        `DELETE FROM ${target} AS r USING ${quoted(into)} AS d WHERE ${same.join(' AND ')}`,
      );
    } else {
      await readPositions(engine, io, entry, into);
      const isOwn = `file_path = ${literal(file.data_file.file_path)}`;
      positions.push(
        `SELECT pos FROM ${quoted(into)} ${isDeletionVector(entry) ? '' : `WHERE ${isOwn}`}`,
      );
    }
  }
  // Positions first and at once: they count the rows of the file as it was written.
  if (positions.length > 0) {
    engine.execute(`DELETE FROM ${target} WHERE rowid IN (${positions.join(' UNION ')})`);
  }
  for (const sql of equalities) engine.execute(sql);
  for (const index of deletes.keys()) engine.execute(`DROP TABLE ${quoted(`deletes ${index}`)}`);
}

async function readPositions(
  engine: Engine,
  io: FileIO,
  entry: ManifestEntry,
  into: string,
): Promise<void> {
  if (!isDeletionVector(entry)) {
    await readDataFile(engine, io, entry, { schema: positionDeleteSchema }, (rows) => {
      engine.execute(`CREATE OR REPLACE TEMP TABLE ${quoted(into)} AS ${rows}`);
    });
    return;
  }
  const bytes = await io.read(entry.data_file.file_path);
  const pos = Uint32Array.from(readDeletionVector(bytes, entry.data_file));
  engine.insertArrow(into, tableToIPC(makeTable({ pos }), 'stream'));
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
