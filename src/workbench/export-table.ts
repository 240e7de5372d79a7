import { downloadZip } from 'client-zip';
import type { RewritePositionDeletes } from '../iceberg/file-mover.ts';
import type { Catalog, FileIO, TableName } from '../iceberg/ports.ts';
import { rewriteLocations } from '../iceberg/relocate.ts';
import type { Relocation } from '../iceberg/relocation.ts';
import { loadTable, type Table } from '../iceberg/table.ts';
import { isGzipped, serializeTableMetadata } from '../iceberg/table-metadata-file.ts';
import { leaseVersion } from '../storage/lease.ts';

/** A table as a zip, and the path of its newest metadata file in there. */
export interface ExportedTable {
  zip: Blob;
  metadata: string;
}

/**
 * A table, complete, as a Hadoop catalog has it at `location`: every path in it begins with that. No file that its
 * snapshots need is deleted meanwhile. Files go into the zip one after the other, uncompressed, since they are compressed
 * already.
 */
export async function exportTable(
  ports: { io: FileIO; catalog: Catalog },
  table: TableName,
  location: string,
  rewritePositionDeletes: RewritePositionDeletes,
): Promise<ExportedTable> {
  const { version, release } = await leaseVersion(table, () => loadTable(ports, table), snapshots);
  try {
    const { metadata, pointer } = version;
    const io: Pick<FileIO, 'read'> = {
      // No lease keeps the metadata file itself, once the table has moved on.
      read: (path) =>
        path === pointer.location
          ? serializeTableMetadata(metadata, { gzip: isGzipped(path) })
          : ports.io.read(path),
    };
    const options = { location, rewritePositionDeletes };
    const relocation = await rewriteLocations(io, pointer.location, options);
    const zip = await downloadZip(filesOf(io, relocation)).blob();
    return { zip, metadata: relocation.metadata };
  } finally {
    release();
  }
}

const snapshots = ({ metadata }: Table): bigint[] =>
  metadata.snapshots.map((snapshot) => snapshot['snapshot-id']);

async function* filesOf(io: Pick<FileIO, 'read'>, { written, copied }: Relocation) {
  for (const { path, bytes } of written) yield { name: path, input: bytes };
  for (const { path, source } of copied) yield { name: path, input: await io.read(source) };
}
