import type { FileIO } from './ports.ts';
import { metadataVersion, parseTableMetadata } from './table-metadata-file.ts';

/** A metadata file, and what it says of its place among the others. */
interface Version {
  path: string;
  /** The name of the file that it succeeded, `undefined` for the first. */
  previous: string | undefined;
  /** Epoch ms. */
  updatedAt: number;
}

/**
 * The current metadata file among the files of a table's folder (paths relative to `root`), `null` if there is none.
 * It is the one that `version-hint.text` names, by number as Hadoop catalogs do or by file name, else the one of the
 * highest version. The hint may lag behind, as there: `vN` files that follow without a gap are newer (Java's
 * `HadoopTableOperations.refresh`). So are files of another catalog's naming whose metadata log ends with it: a catalog
 * that adopts a table counts from zero and knows no hint. Of several that are equal, which only a lost swap leaves, it
 * is the one that was updated last. Throws as `parseTableMetadata` for a file that has to be looked into.
 */
export async function findCurrentMetadata(
  io: Pick<FileIO, 'read'>,
  root: string,
  files: readonly string[],
): Promise<string | null> {
  const candidates = files.filter(isMetadataFile);
  const read = (paths: readonly string[]) =>
    Promise.all(paths.map((path) => readVersion(io, root, path)));
  const hint = files.find((path) => /(^|\/)version-hint\.text$/.test(path));
  const text = hint === undefined ? '' : new TextDecoder().decode(await io.read(`${root}/${hint}`));
  const version = hintedVersion(candidates, text.trim()) ?? highestVersion(candidates);
  const highest = candidates.filter((path) => metadataVersion(path) === version);
  // A number means a file of a Hadoop catalog; another catalog, which counts for itself, may have reached it too.
  const meant = /^\d+$/.test(text.trim()) ? highest.filter(isHadoopName) : [];
  const [only, ...others] = meant.length > 0 ? meant : highest;
  if (only === undefined) return null;
  const start = others.length === 0 ? only : newest(await read([only, ...others])).path;
  const elsewhere = candidates.filter((path) => isHadoopName(path) !== isHadoopName(start));
  return lastSuccessor(start, await read(elsewhere));
}

/** Whether a path is that of a metadata file. Names that begin with a dot or `_` are other programs' hidden files. */
export function isMetadataFile(path: string): boolean {
  return /(^|\/)[^./_][^/]*\.metadata\.json(\.gz)?$/.test(path);
}

const isHadoopName = (path: string): boolean => /(^|\/)v\d+\.[^/]*$/.test(path);

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function hintedVersion(candidates: readonly string[], hint: string): number | undefined {
  const named = candidates.find((path) => [hint, `${hint}.metadata.json`].includes(nameOf(path)));
  if (named !== undefined) return metadataVersion(named);
  let version = /^\d+$/.test(hint) ? Number(hint) : NaN;
  if (!candidates.some((path) => metadataVersion(path) === version)) return undefined;
  const versions = new Set(candidates.filter(isHadoopName).map(metadataVersion));
  while (versions.has(version + 1)) version += 1;
  return version;
}

function highestVersion(candidates: readonly string[]): number {
  return Math.max(...candidates.map(metadataVersion));
}

/** Follows the metadata logs from a file to the one that no other succeeded. */
function lastSuccessor(start: string, versions: readonly Version[]): string {
  const successors = versions.filter(({ previous }) => previous === nameOf(start));
  if (successors.length === 0) return start;
  const next = newest(successors);
  const left = versions.filter((version) => version !== next);
  return lastSuccessor(next.path, left);
}

function newest(versions: readonly Version[]): Version {
  return versions.reduce((a, b) => (b.updatedAt > a.updatedAt ? b : a));
}

async function readVersion(io: Pick<FileIO, 'read'>, root: string, path: string): Promise<Version> {
  const metadata = await parseTableMetadata(await io.read(`${root}/${path}`), path);
  const previous = metadata['metadata-log'].at(-1)?.['metadata-file'];
  return {
    path,
    previous: previous === undefined ? undefined : nameOf(previous),
    updatedAt: metadata['last-updated-ms'],
  };
}
