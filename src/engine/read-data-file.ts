import { RecordBatchReader, Schema as ArrowSchema } from 'apache-arrow';
import { IcejamError } from '../error.ts';
import type { ProjectionOptions } from '../iceberg/column-projection.ts';
import type { ManifestEntry } from '../iceberg/manifest-types.ts';
import type { FileIO } from '../iceberg/ports.ts';
import type { Schema } from '../iceberg/table-metadata.ts';
import { hasZonedNanoseconds, withoutZone } from './arrow-zone.ts';
import type { Engine } from './duckdb.ts';
import { replaceSchema } from './ipc.ts';
import { readParquet } from './parquet.ts';
import { type Field, projectColumns } from './projection.ts';
import { quoted } from './types.ts';

/** The columns that are wanted of a file. */
export interface ReadOptions extends ProjectionOptions {
  schema: Schema;
}

const raw = 'columns of a file';

/** DuckDB has instants in µs only; times in ns without a zone it keeps whole. */
function withNanoseconds(stream: Uint8Array, fields: readonly Field[]): Uint8Array {
  if (!fields.some(({ type }) => hasZonedNanoseconds(type))) return stream;
  return replaceSchema(stream, new ArrowSchema(fields.map(withoutZone)));
}

/**
 * Reads a data or delete file and runs `work` with a query of its rows, in their order, and with the bytes that they take
 * as Arrow. The query is good for as long as `work` runs.
 * Throws `Unsupported` for a format other than Parquet, and `NotFound` and `Corrupt` naming the file.
 */
export async function readDataFile<T>(
  engine: Engine,
  io: FileIO,
  { data_file: file }: ManifestEntry,
  options: ReadOptions,
  work: (rows: string, bytes: number) => T,
): Promise<T> {
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
  return readStream(engine, stream, options, (rows) => work(rows, stream.length));
}

/** Runs `work` with a query of the rows of an Arrow IPC stream, which is good for as long as it runs. */
export function readStream<T>(
  engine: Engine,
  stream: Uint8Array,
  { schema, ...options }: ReadOptions,
  work: (rows: string) => T,
): T {
  const fields = RecordBatchReader.from(stream).open().schema.fields as Field[];
  const columns = projectColumns(fields, schema, options).join(', ');
  engine.insertArrow(raw, withNanoseconds(stream, fields));
  try {
    return work(`SELECT ${columns} FROM ${quoted(raw)}`);
  } finally {
    engine.execute(`DROP TABLE ${quoted(raw)}`);
  }
}
