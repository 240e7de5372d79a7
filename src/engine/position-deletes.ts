import type { RewritePositionDeletes } from '../iceberg/file-mover.ts';
import type { Schema } from '../iceberg/table-metadata.ts';
import type { Engine } from './duckdb.ts';
import { textOf } from './json-value.ts';
import { readParquet, writeParquet } from './parquet.ts';
import { readStream } from './read-data-file.ts';
import { literal } from './types.ts';

/** The columns of a position delete file (spec, "Reserved Field IDs"). */
export const positionDeleteSchema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 2147483546, name: 'file_path', required: true, type: 'string' },
    { id: 2147483545, name: 'pos', required: true, type: 'long' },
  ],
};

/** Rewrites position delete files of a table that moves: its rows name data files by their paths. */
export function positionDeleteRewriter(engine: Engine): RewritePositionDeletes {
  return async (bytes, path, move) => {
    const stream = await readParquet(bytes, path);
    const moved = readStream(engine, stream, { schema: positionDeleteSchema }, (rows) => {
      const { rows: paths } = engine.query(`SELECT DISTINCT file_path FROM (${rows})`);
      const arms = paths.map(({ file_path: old }) => {
        const from = textOf(old);
        return `WHEN ${literal(from)} THEN ${literal(move(from))}`;
      });
      // A file that names no path has no rows, and CASE needs an arm.
      const file = arms.length === 0 ? 'file_path' : `CASE file_path ${arms.join(' ')} END`;
      return engine.queryArrow(`SELECT ${file} AS file_path, pos FROM (${rows}) ORDER BY ALL`);
    });
    const options = { schema: positionDeleteSchema, properties: {} };
    const { bytes: rewritten, columns, splitOffsets } = await writeParquet(moved, options);
    const sizes = columns.map(
      ({ fieldId, compressedBytes }) => [fieldId, compressedBytes] as const,
    );
    return { bytes: rewritten, columnSizes: new Map(sizes), splitOffsets };
  };
}
