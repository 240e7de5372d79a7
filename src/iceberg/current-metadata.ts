import type { FileIO } from './ports.ts';
import { metadataVersion, parseTableMetadata } from './table-metadata-file.ts';

/**
 * The current metadata file among the files of a table's folder (paths relative to `root`), `null` if there is none.
 * It is the one that `version-hint.text` names, by number as Hadoop catalogs do or by file name, and as there, the
 * hint may lag behind: `vN` files that follow without a gap are newer (Java's `HadoopTableOperations.refresh`). Without a
 * usable hint it is the file of the highest version. Of several files of one version, which only a lost swap leaves, it
 * is the one that was updated last. Throws as `parseTableMetadata` for such a file.
 */
export async function findCurrentMetadata(
  io: Pick<FileIO, 'read'>,
  root: string,
  files: readonly string[],
): Promise<string | null> {
  const candidates = files.filter(isMetadataFile);
  const hint = files.find((path) => /(^|\/)version-hint\.text$/.test(path));
  const text = hint === undefined ? '' : new TextDecoder().decode(await io.read(`${root}/${hint}`));
  const version = hintedVersion(candidates, text.trim()) ?? highestVersion(candidates);
  const newest = candidates.filter((path) => metadataVersion(path) === version);
  if (newest.length < 2) return newest[0] ?? null;
  const updates = await Promise.all(newest.map((path) => updatedAt(io, `${root}/${path}`)));
  return newest[updates.indexOf(Math.max(...updates))] ?? null;
}

/** Whether a path is that of a metadata file. Names that begin with a dot or `_` are other programs' hidden files. */
export function isMetadataFile(path: string): boolean {
  return /(^|\/)[^./_][^/]*\.metadata\.json(\.gz)?$/.test(path);
}

function hintedVersion(candidates: readonly string[], hint: string): number | undefined {
  const names = [hint, `${hint}.metadata.json`];
  const named = candidates.find((path) => names.some((name) => path.endsWith(`/${name}`)));
  if (hint !== '' && named !== undefined) return metadataVersion(named);
  let version = /^\d+$/.test(hint) ? Number(hint) : NaN;
  if (!candidates.some((path) => metadataVersion(path) === version)) return undefined;
  const isHadoop = (path: string) => /(^|\/)v\d+\.[^/]*$/.test(path);
  const versions = new Set(candidates.filter(isHadoop).map(metadataVersion));
  while (versions.has(version + 1)) version += 1;
  return version;
}

function highestVersion(candidates: readonly string[]): number {
  return Math.max(...candidates.map(metadataVersion));
}

async function updatedAt(io: Pick<FileIO, 'read'>, path: string): Promise<number> {
  return (await parseTableMetadata(await io.read(path), path))['last-updated-ms'];
}
