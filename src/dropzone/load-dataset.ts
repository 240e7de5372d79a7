import type { Engine } from '../engine/duckdb.ts';
import { unifyColumns } from '../engine/json/unify.ts';
import { type Column, quoted } from '../engine/types.ts';
import type { FileIO } from '../iceberg/ports.ts';
import type { Database } from '../storage/database.ts';
import { type Dataset, type DroppedFile, loadDataset } from '../storage/datasets.ts';
import { leaseDataset } from '../storage/locks.ts';

/** What was loaded: rows, and bytes of the stored parts. */
export interface LoadedDataset {
  rows: number;
  bytes: number;
}

/**
 * Makes a dropped dataset `depot:collection/dataset`, or one file of it (`…/dataset/file.json`), a table of the engine.
 * Its files are united by column name: a column that a file lacks is null there, types are the narrowest that hold all.
 * `null` if nothing was dropped there. The engine must know Spark's macros.
 */
export async function loadDroppedDataset(
  engine: Engine,
  { db, io }: { db: Database; io: FileIO },
  address: string,
  name: string,
): Promise<LoadedDataset | null> {
  const dataset = await findDataset(db, address);
  if (dataset === null) return null;
  const release = await leaseDataset(dataset.address);
  try {
    const columns = unifyColumns(dataset.files);
    const table = quoted(name);
    const definition = columns.map((column) => `${quoted(column.name)} ${column.type}`);
    engine.execute(`CREATE OR REPLACE TABLE ${table} (${definition.join(', ')})`);
    const parts = dataset.files.flatMap((file) => file.parts);
    for (const part of parts) loadPart(engine, name, columns, await io.read(part.path));
    return {
      rows: parts.reduce((sum, part) => sum + part.rows, 0),
      bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    };
  } finally {
    release();
  }
}

async function findDataset(db: Database, address: string): Promise<Dataset | null> {
  const whole = await loadDataset(db, address);
  if (whole !== null) return whole;
  const slash = address.lastIndexOf('/');
  const folder = await loadDataset(db, address.slice(0, slash));
  const isNamed = (file: DroppedFile) => file.name === address.slice(slash + 1);
  const file = folder?.files.find(isNamed);
  return folder === null || file === undefined ? null : { ...folder, files: [file] };
}

function loadPart(
  engine: Engine,
  name: string,
  columns: readonly Column[],
  part: Uint8Array,
): void {
  const rows = `part of ${name}`;
  engine.insertArrow(rows, part);
  const present = new Map(
    engine.describe(`SELECT * FROM ${quoted(rows)}`).map((column) => [column.name, column.type]),
  );
  const items = columns.flatMap((column) => {
    const type = present.get(column.name);
    return type === undefined ? [] : [`${cast(column, type)} AS ${quoted(column.name)}`];
  });
  engine.execute(
    `INSERT INTO ${quoted(name)} BY NAME SELECT ${items.join(', ')} FROM ${quoted(rows)};
     DROP TABLE ${quoted(rows)}`,
  );
}

/** Spark spells numbers that stand in a text column its own way. */
function cast({ name, type }: Column, from: string): string {
  if (from === type) return quoted(name);
  return type === 'VARCHAR'
    ? `sp_cast_string(${quoted(name)})`
    : `CAST(${quoted(name)} AS ${type})`;
}
