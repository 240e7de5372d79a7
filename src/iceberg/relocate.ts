import { IcejamError } from '../error.ts';
import type { RewritePositionDeletes } from './file-mover.ts';
import type { FileIO } from './ports.ts';
import { relocate, type Relocation } from './relocation.ts';
import { isGzipped, metadataVersion, parseTableMetadata } from './table-metadata-file.ts';

const utf8 = new TextEncoder();

/**
 * The table as others read it from a folder: under `location`, with the metadata files named as a Hadoop catalog
 * names them (`metadata/v3.gz.metadata.json`) and `metadata/version-hint.text`.
 * Throws what {@link relocate} throws, and `IllegalArgument` for a file that lies outside the table's location.
 */
export async function rewriteLocations(
  io: Pick<FileIO, 'read'>,
  metadataPath: string,
  options: { location: string; rewritePositionDeletes?: RewritePositionDeletes },
): Promise<Relocation> {
  const bytes = await io.read(metadataPath);
  const { location: root } = await parseTableMetadata(bytes, metadataPath);
  const relocation = await relocate(io, {
    ...options,
    location: options.location.replace(/\/+$/, ''),
    root,
    metadata: placeUnder(root, metadataPath),
    placeOf: (path) => placeUnder(root, path),
    metadataNames: hadoopNames,
  });
  const hint = String(metadataVersion(relocation.metadata));
  relocation.written.push({ path: 'metadata/version-hint.text', bytes: utf8.encode(hint) });
  return relocation;
}

function placeUnder(root: string, path: string): string {
  if (path.startsWith(`${root}/`)) return path.slice(root.length + 1);
  throw new IcejamError(
    'IllegalArgument',
    `The file ${path} lies outside the table's location ${root}`,
    { remedy: 'Only a table whose files all lie under its location can be exported.' },
  );
}

/** `metadata/v1.metadata.json` and so on; the last number is that of the current file's own name, if it can be. */
function hadoopNames(paths: readonly string[]): string[] {
  const current = paths.at(-1) ?? '';
  const isHadoop = /(^|\/)v\d+\.[^/]*$/.test(current);
  const own = metadataVersion(current) + (isHadoop ? 0 : 1);
  const first = Math.max(own, paths.length) - paths.length + 1;
  return paths.map((path, index) => {
    const gzip = isGzipped(path) ? '.gz' : '';
    return `metadata/v${first + index}${gzip}.metadata.json`;
  });
}

/**
 * A table that another engine wrote, as it has to lie at `location`: its metadata names another place, but its files
 * are under `root`, whose listing is `files` (relative paths). A path in the metadata is taken for the file whose
 * relative path it ends with, the longest if there are several.
 * Throws what {@link relocate} throws.
 */
export function reroot(
  io: Pick<FileIO, 'read'>,
  options: {
    root: string;
    files: readonly string[];
    /** The metadata file to adopt, relative to the root; see `findCurrentMetadata`. */
    metadata: string;
    location: string;
    rewritePositionDeletes?: RewritePositionDeletes;
  },
): Promise<Relocation> {
  const files = new Set(options.files);
  return relocate(io, {
    ...options,
    location: options.location.replace(/\/+$/, ''),
    placeOf: (path) => placeBySuffix(files, path),
    metadataNames: (paths) => [...paths],
  });
}

function placeBySuffix(files: ReadonlySet<string>, path: string): string {
  const parts = path.split('/');
  for (let from = 0; from < parts.length; from += 1) {
    const suffix = parts.slice(from).join('/');
    if (files.has(suffix)) return suffix;
  }
  // Expired and deleted, or missing: what needs it will say so.
  const folder = Math.max(parts.lastIndexOf('data'), parts.lastIndexOf('metadata'), 0);
  return parts.slice(folder).join('/');
}
