import type { Engine } from '../../src/engine/duckdb.ts';
import { positionDeleteRewriter } from '../../src/engine/position-deletes.ts';
import { findCurrentMetadata } from '../../src/iceberg/current-metadata.ts';
import { reroot } from '../../src/iceberg/relocate.ts';
import type { TableMetadata } from '../../src/iceberg/table-metadata.ts';
import { MemoryFileIO, VirtualClock } from '../../src/iceberg/memory.ts';

const urls = import.meta.glob<string>('../golden/{spark,tables}/**/*', {
  query: '?url',
  import: 'default',
  eager: true,
});

/** A table that another engine wrote, with its files in memory. */
export interface GoldenTable {
  io: MemoryFileIO;
  metadata: TableMetadata;
}

/** The files of a folder of test/golden, such as `tables/duckdb_map_stats`, by their paths in it. */
export async function goldenFiles(folder: string): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const prefix = `../golden/${folder}/`;
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [name, url] of Object.entries(urls)) {
    if (!name.startsWith(prefix)) continue;
    const response = await fetch(url);
    files.set(name.slice(prefix.length), new Uint8Array(await response.arrayBuffer()));
  }
  return files;
}

/** Loads the newest version of a table of test/golden. */
export async function goldenTable(engine: Engine, folder: string): Promise<GoldenTable> {
  const source = new MemoryFileIO(new VirtualClock());
  const files = await goldenFiles(folder);
  for (const [path, bytes] of files) await source.create(`mem:///source/${path}`, bytes);
  const location = `mem:///${folder}`;
  const relocation = await reroot(source, {
    root: 'mem:///source',
    files: [...files.keys()],
    metadata: (await findCurrentMetadata(source, 'mem:///source', [...files.keys()])) ?? '',
    location,
    rewritePositionDeletes: positionDeleteRewriter(engine),
  });
  const io = new MemoryFileIO(new VirtualClock());
  for (const { path, bytes } of relocation.written) await io.create(`${location}/${path}`, bytes);
  for (const { path, source: from } of relocation.copied) {
    await io.create(`${location}/${path}`, await source.read(from));
  }
  return { io, metadata: relocation.table };
}
