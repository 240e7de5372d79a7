import { IcejamError } from '../error.ts';
import type { RewritePositionDeletes } from '../iceberg/file-mover.ts';
import type { Catalog, FileIO, TableName } from '../iceberg/ports.ts';
import { newestMetadata, reroot } from '../iceberg/relocate.ts';
import { addressOf } from './relation-name.ts';

/** Where the files of a table that is imported seem to lie while they are read. */
const root = 'import://table';

/**
 * Adopts a table that another engine wrote: its files are copied under the warehouse, the paths in its metadata
 * rewritten, and the catalog points at it. `files` carry their paths (`webkitRelativePath`, else their names), from
 * any folder above the table's.
 * Throws `AlreadyExists` if the catalog has such a table, `InputInvalid` if there is no metadata file among the files.
 */
export async function importTable(
  { io, catalog }: { io: FileIO; catalog: Catalog },
  name: TableName,
  files: readonly File[],
  rewritePositionDeletes: RewritePositionDeletes,
): Promise<void> {
  if ((await catalog.load(name)) !== null) throw alreadyExists(name);
  const given = relativeFiles(files);
  const hint = await given.get('metadata/version-hint.text')?.text();
  const metadata = newestMetadata([...given.keys()], hint);
  if (metadata === null) throw noMetadata(name);
  const { depot, collection, dataset } = addressOf(name);
  const location = `opfs:///warehouse/${depot}/${collection}/${dataset}`;
  const source = { read: (path: string) => readFile(given, path) };
  const relocation = await reroot(source, {
    root,
    files: [...given.keys()],
    metadata,
    location,
    rewritePositionDeletes,
  });
  for (const { path, source: from } of relocation.copied) {
    await io.create(`${location}/${path}`, await source.read(from));
  }
  for (const { path, bytes } of relocation.written) await io.create(`${location}/${path}`, bytes);
  const { won } = await catalog.swap(name, null, `${location}/${relocation.metadata}`);
  if (!won) throw alreadyExists(name);
}

/** The files by their paths below the folder that holds `metadata/`. */
function relativeFiles(files: readonly File[]): Map<string, File> {
  const byPath = files.map((file): [string, File] => [file.webkitRelativePath || file.name, file]);
  const metadataFile = byPath.find(([path]) => /(^|\/)metadata\/[^/]+\.metadata\.json/.test(path));
  const [folder = ''] = metadataFile?.[0].split(/(?<=^|\/)metadata\//) ?? [];
  return new Map(
    byPath.flatMap(([path, file]) =>
      path.startsWith(folder) ? [[path.slice(folder.length), file]] : [],
    ),
  );
}

async function readFile(files: ReadonlyMap<string, File>, path: string): Promise<Uint8Array> {
  const file = files.get(path.slice(root.length + 1));
  if (file) return new Uint8Array(await file.arrayBuffer());
  throw new IcejamError(
    'NotFound',
    `A file of the table is missing: ${path.slice(root.length + 1)}`,
    {
      remedy: 'Choose the whole folder of the table.',
    },
  );
}

function noMetadata(table: TableName): IcejamError {
  return new IcejamError('InputInvalid', 'There is no metadata file among the files', {
    context: { table },
    remedy: 'Choose the folder of an Iceberg table, the one that holds data and metadata.',
  });
}

function alreadyExists(table: TableName): IcejamError {
  return new IcejamError('AlreadyExists', `Table already exists: ${table}`, {
    context: { table },
    remedy: 'Import it under another name, or drop the table first.',
  });
}
