import type { RewritePositionDeletes } from '../iceberg/file-mover.ts';
import type { Schema } from '../iceberg/table-metadata.ts';
import type { Engine } from './duckdb.ts';
import { textOf } from './json-value.ts';
import { readParquet, writeParquet } from './parquet.ts';
import { loadProjected } from './read-data-file.ts';
import { literal, quoted } from './types.ts';

/** The columns of a position delete file (spec, "Reserved Field IDs"). */
export const positionDeleteSchema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 2147483546, name: 'file_path', required: true, type: 'string' },
    { id: 2147483545, name: 'pos', required: true, type: 'long' },
  ],
};

const deletes = 'position deletes to move';

/** Rewrites position delete files of a table that moves: its rows name data files by their paths. */
export function positionDeleteRewriter(engine: Engine): RewritePositionDeletes {
  return async (bytes, path, move) => {
    const stream = await readParquet(bytes, path);
    loadProjected(engine, stream, { schema: positionDeleteSchema, into: deletes });
    const { rows } = engine.query(`SELECT DISTINCT file_path FROM ${quoted(deletes)}`);
    const moves = rows.map(({ file_path: old }) => {
      const from = textOf(old);
      return `WHEN ${literal(from)} THEN ${literal(move(from))}`;
    });
    // A file that names no path has no rows, and CASE needs an arm.
    const moved = moves.length === 0 ? 'file_path' : `CASE file_path ${moves.join(' ')} END`;
    const sorted = engine.queryArrow(
      `SELECT ${moved} AS file_path, pos FROM ${quoted(deletes)} ORDER BY ALL`,
    );
    engine.execute(`DROP TABLE ${quoted(deletes)}`);
    return (await writeParquet(sorted, { schema: positionDeleteSchema, properties: {} })).bytes;
  };
}
