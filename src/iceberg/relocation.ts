import { IcejamError } from '../error.ts';
import {
  FileMover,
  statisticsPath,
  type CopiedFile,
  type Move,
  type WrittenFile,
} from './file-mover.ts';
import type { FileIO } from './ports.ts';
import type { TableMetadata } from './table-metadata.ts';
import { isGzipped, parseTableMetadata, serializeTableMetadata } from './table-metadata-file.ts';

/** A table as it has to lie at its new location. Complete: whatever is not listed is not part of the table. */
export interface Relocation {
  /** The current metadata file, relative to the new location. */
  metadata: string;
  /** The current metadata as that file holds it. */
  table: TableMetadata;
  written: WrittenFile[];
  copied: CopiedFile[];
}

/** Where a table is, where it goes, and what its metadata files are called there. */
export interface RelocateOptions extends Move {
  /** The current metadata file, relative to the root. */
  metadata: string;
  /** The new names of the metadata files, oldest first, relative to the new location. */
  metadataNames: (paths: readonly string[]) => string[];
}

/**
 * The table at another location: every path in its metadata files, manifest lists and manifests is rewritten, along
 * with the lengths that change by it, also where snapshots' summaries count them. All snapshots of the current metadata come along, and the older metadata files
 * of its log that still exist; the log forgets the others.
 * Throws `NotFound` for a file that is missing, `Corrupt` for one that cannot be read, `Unsupported` if there are
 * position deletes and no function that rewrites them.
 */
export async function relocate(
  io: Pick<FileIO, 'read'>,
  options: RelocateOptions,
): Promise<Relocation> {
  const { current, older } = await readVersions(io, options);
  const versions = [...older, current];
  const names = options.metadataNames(versions.map((version) => version.path));
  const renamed = new Map(versions.map(({ path }, index) => [path, names[index] ?? path]));
  const files = new FileMover(io, options);
  const moveVersion = ({ metadata }: Version): TableMetadata =>
    moveMetadata(metadata, options.location, files, (path) => renamed.get(options.placeOf(path)));

  const { snapshots, statistics, 'partition-statistics': more } = current.metadata;
  for (const snapshot of snapshots) await files.moveSnapshot(snapshot, current.metadata);
  files.copyStatistics([...statistics, ...more]);
  const written: WrittenFile[] = [];
  for (const version of versions) {
    const path = renamed.get(version.path) ?? version.path;
    const gzip = isGzipped(path);
    written.push({ path, bytes: await serializeTableMetadata(moveVersion(version), { gzip }) });
  }
  return {
    metadata: renamed.get(options.metadata) ?? options.metadata,
    table: moveVersion(current),
    written: [...written, ...files.written.values()],
    copied: Array.from(files.copied, (path) => ({ path, source: `${options.root}/${path}` })),
  };
}

interface Version {
  /** Relative to the root. */
  path: string;
  metadata: TableMetadata;
}

/** The current metadata, and those of its log that still exist, oldest first. */
async function readVersions(
  io: Pick<FileIO, 'read'>,
  { root, metadata: path, placeOf }: RelocateOptions,
): Promise<{ current: Version; older: Version[] }> {
  const read = async (file: string): Promise<Version> => ({
    path: file,
    metadata: await parseTableMetadata(await io.read(`${root}/${file}`), `${root}/${file}`),
  });
  const current = await read(path);
  const older: Version[] = [];
  for (const entry of current.metadata['metadata-log']) {
    try {
      older.push(await read(placeOf(entry['metadata-file'])));
    } catch (error) {
      if (!(error instanceof IcejamError) || error.kind !== 'NotFound') throw error;
    }
  }
  return { current, older };
}

/** Properties that name folders: under the new location the defaults hold. */
const folderProperties = [
  'write.data.path',
  'write.metadata.path',
  'write.object-storage.path',
  'write.folder-storage.path',
];

function moveMetadata(
  metadata: TableMetadata,
  location: string,
  files: FileMover,
  renamed: (path: string) => string | undefined,
): TableMetadata {
  return {
    ...metadata,
    location,
    properties: Object.fromEntries(
      Object.entries(metadata.properties).filter(([key]) => !folderProperties.includes(key)),
    ),
    snapshots: metadata.snapshots.map((snapshot) => ({
      ...snapshot,
      summary: files.summaryOf(snapshot),
      'manifest-list': files.move(snapshot['manifest-list']),
    })),
    statistics: metadata.statistics.map((file) => moveStatistics(file, files)),
    'partition-statistics': metadata['partition-statistics'].map((file) =>
      moveStatistics(file, files),
    ),
    'metadata-log': metadata['metadata-log'].flatMap((entry) => {
      const name = renamed(entry['metadata-file']);
      return name === undefined ? [] : [{ ...entry, 'metadata-file': `${location}/${name}` }];
    }),
  };
}

function moveStatistics(file: unknown, files: FileMover): unknown {
  const path = statisticsPath(file);
  return path === undefined ? file : { ...(file as object), 'statistics-path': files.move(path) };
}
