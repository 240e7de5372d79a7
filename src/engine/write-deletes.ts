import { writeDeletionVectorBlob } from '../iceberg/deletion-vector.ts';
import { content, type DataFile, type ManifestEntry } from '../iceberg/manifest-types.ts';
import { buildMetrics } from '../iceberg/metrics.ts';
import type { FileIO } from '../iceberg/ports.ts';
import { writePuffin } from '../iceberg/puffin.ts';
import type { Engine } from './duckdb.ts';
import { writeParquet } from './parquet.ts';
import { positionDeleteSchema } from './position-deletes.ts';
import { literal } from './types.ts';

/** What to delete of one data file, and where to write that down. */
export interface DeletesRequest {
  file: ManifestEntry;
  /** A query of the positions in the file, `pos`, each once; it has rows. */
  positions: string;
  /** The path of the new delete file. */
  path: string;
  /** The table's properties. */
  properties: Record<string, string>;
  io: FileIO;
}

/** The id of the metadata column `_pos` (spec, "Reserved Field IDs"), which a deletion vector is about. */
const rowPositionId = 2147483645;

/** Bounds tell which data file a delete file is about, so they must not be cut (Java's `MetricsConfig.forPositionDelete`). */
const fullMetrics = { 'write.metadata.metrics.default': 'full' };

/** Writes a position delete file in Parquet about one data file (format version 2; spec, "Position Delete Files"). */
export async function writePositionDeletes(
  engine: Engine,
  { file, positions, path, properties, io }: DeletesRequest,
): Promise<DataFile> {
  const { file_path: dataPath, partition } = file.data_file;
  const stream = engine.queryArrow(
    `SELECT ${literal(dataPath)} AS file_path, CAST(pos AS BIGINT) AS pos FROM (${positions}) ORDER BY pos`,
  );
  const schema = positionDeleteSchema;
  const written = await writeParquet(stream, { schema, properties });
  await io.create(path, written.bytes);
  return {
    content: content.positionDeletes,
    file_path: path,
    file_format: 'PARQUET',
    partition,
    record_count: written.rows,
    file_size_in_bytes: written.bytes.length,
    ...buildMetrics(schema, fullMetrics, written.columns),
    split_offsets: written.splitOffsets,
    referenced_data_file: dataPath,
  };
}

/** Writes a deletion vector, which stands for all deleted rows of its data file (format version 3). */
export async function writeDeletionVector(
  engine: Engine,
  { file, positions, path, io }: DeletesRequest,
): Promise<DataFile> {
  const { file_path: dataPath, partition } = file.data_file;
  const { rows } = engine.query(`SELECT pos FROM (${positions}) ORDER BY pos`);
  const blob = writeDeletionVectorBlob(rows.map(({ pos }) => Number(pos)));
  const { bytes, offset } = writePuffin(blob, {
    type: 'deletion-vector-v1',
    fields: [rowPositionId],
    'snapshot-id': -1n,
    'sequence-number': -1,
    properties: { 'referenced-data-file': dataPath, cardinality: String(rows.length) },
  });
  await io.create(path, bytes);
  return {
    content: content.positionDeletes,
    file_path: path,
    file_format: 'PUFFIN',
    partition,
    record_count: rows.length,
    file_size_in_bytes: bytes.length,
    referenced_data_file: dataPath,
    content_offset: offset,
    content_size_in_bytes: blob.length,
  };
}
