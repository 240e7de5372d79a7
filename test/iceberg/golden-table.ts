import { readManifestList } from '../../src/iceberg/manifest-list.ts';
import { openManifest, type StoredManifest } from '../../src/iceberg/manifest.ts';
import type { ManifestFile } from '../../src/iceberg/manifest-types.ts';
import { findCurrentMetadata } from '../../src/iceberg/current-metadata.ts';
import { parseTableMetadata } from '../../src/iceberg/table-metadata-file.ts';
import type { Snapshot, TableMetadata } from '../../src/iceberg/table-metadata.ts';
import { golden, goldenFiles } from './golden.ts';

/** The folders under test/golden that hold a table's metadata. */
export const goldenTables = [
  'java/v1',
  'java/v2',
  'java/v3',
  'spark/append_month',
  'spark/overwrite_month',
  'spark/overwrite_vendor',
  'tables/duckdb_lineitem_iceberg_gz',
  'tables/duckdb_map_stats',
  'tables/icebird_java_bunnies',
  'tables/icebird_spark_rename_column',
  'tables/impala_iceberg_partitioned',
  'tables/pglake_spark_position_deletes',
];

/** A manifest of a golden table beside its record in a manifest list. */
export interface GoldenManifest {
  listed: ManifestFile;
  stored: StoredManifest;
  bytes: Uint8Array;
}

/** The newest metadata of a golden table. */
export async function goldenMetadata(table: string): Promise<TableMetadata> {
  const files = { read: (path: string) => Promise.resolve(golden(path.slice(1))) };
  const path = await findCurrentMetadata(files, '', goldenFiles(table));
  if (path === null) throw new Error(`No metadata in ${table}`);
  return parseTableMetadata(golden(path), path);
}

/** The bytes of a file that a golden table's metadata names by its original path. */
export function goldenFile(table: string, path: string): Uint8Array {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [file] = goldenFiles(table, name);
  if (file === undefined) throw new Error(`No ${name} in ${table}`);
  return golden(file);
}

/** The manifests of one snapshot of a golden table. */
export async function goldenManifests(
  table: string,
  snapshot: Snapshot,
): Promise<GoldenManifest[]> {
  const list = await readManifestList(goldenFile(table, snapshot['manifest-list']));
  return Promise.all(
    list.map(async (listed) => {
      const bytes = goldenFile(table, listed.manifest_path);
      return { listed, bytes, stored: await openManifest(bytes, listed.manifest_path) };
    }),
  );
}
