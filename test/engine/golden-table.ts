import type { Engine } from '../../src/engine/duckdb.ts';
import { positionDeleteRewriter } from '../../src/engine/position-deletes.ts';
import { newestMetadata, reroot } from '../../src/iceberg/relocate.ts';
import type { TableMetadata } from '../../src/iceberg/table-metadata.ts';
import { MemoryFileIO } from '../iceberg/double/memory-file-io.ts';
import { VirtualClock } from '../iceberg/double/time-and-chance.ts';

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

/** Loads a table of test/golden, such as `tables/duckdb_map_stats`; `asOf` is a metadata file of it, the newest by default. */
export async function goldenTable(
  engine: Engine,
  folder: string,
  asOf?: string,
): Promise<GoldenTable> {
  const prefix = `../golden/${folder}/`;
  const source = new MemoryFileIO(new VirtualClock());
  const files: string[] = [];
  for (const [name, url] of Object.entries(urls)) {
    if (!name.startsWith(prefix)) continue;
    const path = name.slice(prefix.length);
    const response = await fetch(url);
    await source.create(`mem:///source/${path}`, new Uint8Array(await response.arrayBuffer()));
    files.push(path);
  }
  const location = `mem:///${folder}`;
  const relocation = await reroot(source, {
    root: 'mem:///source',
    files,
    metadata: asOf ?? newestMetadata(files) ?? '',
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
