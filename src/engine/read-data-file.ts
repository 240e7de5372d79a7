import { RecordBatchReader } from 'apache-arrow';
import { IcejamError } from '../error.ts';
import type { ProjectionOptions } from '../iceberg/column-projection.ts';
import type { ManifestEntry } from '../iceberg/manifest-types.ts';
import type { FileIO } from '../iceberg/ports.ts';
import type { Schema } from '../iceberg/table-metadata.ts';
import type { Engine } from './duckdb.ts';
import { readParquet } from './parquet.ts';
import { type Field, projectColumns } from './projection.ts';
import { quoted } from './types.ts';

/** The columns that are wanted of a file, and the new temporary table that gets its rows. */
export interface ReadOptions extends ProjectionOptions {
  schema: Schema;
  into: string;
}

const raw = 'columns of a file';

/**
 * Reads a data or delete file's rows, in their order. Answers what they took as Arrow, in bytes.
 * Throws `Unsupported` for a format other than Parquet, and `NotFound` and `Corrupt` naming the file.
 */
export async function readDataFile(
  engine: Engine,
  io: FileIO,
  { data_file: file }: ManifestEntry,
  { schema, into, ...options }: ReadOptions,
): Promise<number> {
  const { file_path: path, file_format: format } = file;
  if (format.toUpperCase() !== 'PARQUET') {
    throw new IcejamError(
      'Unsupported',
      `Files of the format ${format} cannot be read here: ${path}`,
      {
        remedy: 'Rewrite the table as Parquet in another engine.',
      },
    );
  }
  const stream = await readParquet(await io.read(path), path);
  loadProjected(engine, stream, { schema, into, ...options });
  return stream.length;
}

/** Loads a file's rows, in their order. */
export function loadProjected(
  engine: Engine,
  stream: Uint8Array,
  { schema, into, ...options }: ReadOptions,
): void {
  const fields = RecordBatchReader.from(stream).open().schema.fields as Field[];
  engine.insertArrow(raw, stream);
  const columns = projectColumns(fields, schema, options).join(', ');
  engine.execute(`
    CREATE OR REPLACE TEMP TABLE ${quoted(into)} AS SELECT ${columns} FROM ${quoted(raw)};
    DROP TABLE ${quoted(raw)}`);
}
