import { IcejamError } from '../error.ts';
import type { FileIO } from '../iceberg/ports.ts';
import { parseTableMetadata } from '../iceberg/table-metadata-file.ts';
import type { TableMetadata } from '../iceberg/table-metadata.ts';
import type { Table } from '../iceberg/table.ts';

/** A committed metadata file of a table. */
export interface MetadataVersion {
  /** The pointer's version when it named this file. */
  version: number;
  location: string;
}

/**
 * The committed metadata files of a table, oldest first: those that the current one names in its log, and itself.
 * A file that is merely there may be the leaving of a lost swap, so no folder is listed.
 */
export function committedVersions({ pointer, metadata }: Table): MetadataVersion[] {
  const log = metadata['metadata-log'].map((entry) => entry['metadata-file']);
  return [...log, pointer.location].map((location, at) => ({
    version: pointer.version - log.length + at,
    location,
  }));
}

/**
 * The metadata file that `--version` means: `latest`, `vN` with or without a metadata file's endings, or a file's name.
 * Throws `IllegalArgument` that lists what there is.
 */
export function resolveVersion(table: Table, asked: string): MetadataVersion {
  const versions = committedVersions(table);
  const found =
    asked === 'latest'
      ? versions.at(-1)
      : versions.findLast((known) => matches(known, asked.trim()));
  if (found !== undefined) return found;
  const [oldest, newest] = [versions[0]?.version ?? 0, table.pointer.version];
  throw new IcejamError('IllegalArgument', `${table.name} has no metadata version ${asked}.`, {
    context: { table: table.name, version: asked },
    remedy: `Say latest, or one from v${oldest} to v${newest}, or the name of its file.`,
  });
}

/**
 * The metadata of a version. Throws `IllegalState` unless the file is metadata of this very table, by its uuid, and
 * `NotFound` if it was deleted: a log may name what somebody else has put there.
 */
export async function readVersion(
  io: FileIO,
  table: Table,
  { location }: MetadataVersion,
): Promise<TableMetadata> {
  const metadata = await parseTableMetadata(await io.read(location), location);
  const found = metadata['table-uuid'];
  const current = table.metadata['table-uuid'];
  if (found === current) return metadata;
  throw new IcejamError(
    'IllegalState',
    `Table UUID does not match: current=${current} != refreshed=${found}`,
    {
      context: { table: table.name, location },
      remedy: 'Register another version: this file belongs to another table.',
    },
  );
}

/** The error of a version whose snapshot the table does not know any more: its files are deleted. */
export function expiredVersion(
  table: Table,
  { version }: MetadataVersion,
  snapshotId: bigint,
): IcejamError {
  return new IcejamError(
    'IllegalState',
    `Version v${version} of ${table.name} cannot be registered: the snapshot that it shows, ${snapshotId}, has expired.`,
    {
      context: { table: table.name, snapshot: String(snapshotId) },
      remedy: 'Register a later version, such as latest.',
    },
  );
}

function matches({ version, location }: MetadataVersion, asked: string): boolean {
  const numbered = /^v?(\d+)(\.gz)?(\.metadata)?(\.json)?$/.exec(asked);
  if (numbered !== null) return Number(numbered[1]) === version;
  return location.slice(location.lastIndexOf('/') + 1) === asked;
}
