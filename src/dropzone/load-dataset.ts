import type { Engine } from '../engine/duckdb.ts';
import { conformPart } from '../engine/json/conform.ts';
import { unifyColumns } from '../engine/json/unify.ts';
import { quoted } from '../engine/types.ts';
import type { FileIO } from '../iceberg/ports.ts';
import type { Database } from '../storage/database.ts';
import { type Dataset, loadDataset } from '../storage/datasets.ts';
import type { DroppedFile } from '../storage/records.ts';
import { leaseDataset } from '../storage/locks.ts';

/** What was loaded: rows, and bytes of the stored parts. */
export interface LoadedDataset {
  rows: number;
  bytes: number;
}

/**
 * Makes a dropped dataset `depot:collection/dataset`, or one file of it (`…/dataset/file.json`), a table of the engine.
 * Its files are united by column name: a column that a file lacks is null there, types are the narrowest that hold all.
 * `null` if nothing was dropped there.
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
    const parts = dataset.files.flatMap((file) =>
      file.parts.map((part) => ({ ...part, name: file.name })),
    );
    const columns = unifyColumns(parts);
    const definition = columns.map((column) => `${quoted(column.name)} ${column.type}`);
    engine.execute(`CREATE OR REPLACE TABLE ${quoted(name)} (${definition.join(', ')})`);
    for (const { path } of parts) {
      engine.insertArrow(name, conformPart(await io.read(path), columns));
    }
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
