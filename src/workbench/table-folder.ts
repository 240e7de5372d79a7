import { IcejamError } from '../error.ts';
import { isMetadataFile } from '../iceberg/current-metadata.ts';
import type { FileIO } from '../iceberg/ports.ts';
import type { TableFile } from './api.ts';
import { openZip } from './zip.ts';

/** The folder of a table among files that were given: what lies in it, by paths relative to {@link folderRoot}. */
export interface TableFolder {
  paths: string[];
  /** Reads a file below {@link folderRoot}. Throws `NotFound` that names it. */
  io: Pick<FileIO, 'read'>;
}

/** Where the files of a given folder seem to lie while they are read. */
export const folderRoot = 'import://table';

/**
 * The table's folder among files: the one that holds `metadata/` with metadata files. The files may come from any
 * folder above it, or be one zip of it. Throws `InputInvalid` if there is no table among them, or several, and what
 * `openZip` throws.
 */
export async function openTableFolder(files: readonly TableFile[]): Promise<TableFolder> {
  const readers = await readersOf(files);
  const folder = folderOf([...readers.keys()]);
  const inFolder = new Map(
    [...readers]
      .filter(([path]) => path.startsWith(folder))
      .map(([path, read]) => [path.slice(folder.length), read]),
  );
  return {
    paths: [...inFolder.keys()],
    io: {
      read: (path) => {
        const relative = path.slice(folderRoot.length + 1);
        return inFolder.get(relative)?.() ?? Promise.reject(missingFile(relative));
      },
    },
  };
}

/** The error for a file of the table that was not given. */
export function missingFile(path: string): IcejamError {
  return new IcejamError('NotFound', `A file of the table is missing: ${path}`, {
    context: { path },
    remedy: 'Choose the whole folder of the table, with everything below it.',
  });
}

async function readersOf(
  files: readonly TableFile[],
): Promise<Map<string, () => Promise<Uint8Array>>> {
  const [first, ...more] = files;
  if (first?.path.toLowerCase().endsWith('.zip') === true && more.length === 0) {
    return openZip(first.content);
  }
  return new Map(
    files.map(({ path, content }) => [
      path,
      async () => new Uint8Array(await content.arrayBuffer()),
    ]),
  );
}

/** The part of the paths in front of `metadata/`. */
function folderOf(paths: readonly string[]): string {
  const folders = new Set(
    paths
      .filter(isMetadataFile)
      .flatMap((path) => /^((?:.*\/)?)metadata\/[^/]+$/.exec(path)?.[1] ?? []),
  );
  const [folder, ...others] = folders;
  if (folder === undefined) {
    throw new IcejamError('InputInvalid', 'There is no Iceberg table among these files.', {
      remedy:
        'Choose the folder that holds the data and the metadata of a table, or a zip of it: a metadata file is called metadata/….metadata.json.',
    });
  }
  if (others.length > 0) {
    throw new IcejamError('InputInvalid', `There are ${folders.size} tables among these files.`, {
      context: { folders: [...folders].join(', ') },
      remedy: `Choose the folder of one table, such as ${folder.replace(/\/$/, '')}.`,
    });
  }
  return folder;
}
