import { downloadZip } from 'client-zip';
import type { RewritePositionDeletes } from '../iceberg/file-mover.ts';
import type { FileIO } from '../iceberg/ports.ts';
import { rewriteLocations } from '../iceberg/relocate.ts';
import type { Relocation } from '../iceberg/relocation.ts';

/** A table as a zip, and the path of its newest metadata file in there. */
export interface ExportedTable {
  zip: Blob;
  metadata: string;
}

/**
 * The table of a metadata file, complete, as a Hadoop catalog has it at `location`: every path in it begins with that.
 * Files go into the zip one after the other, uncompressed, since they are compressed already.
 */
export async function exportTable(
  io: FileIO,
  metadata: string,
  location: string,
  rewritePositionDeletes: RewritePositionDeletes,
): Promise<ExportedTable> {
  const relocation = await rewriteLocations(io, metadata, {
    location,
    rewritePositionDeletes,
  });
  const zip = await downloadZip(filesOf(io, relocation)).blob();
  return { zip, metadata: relocation.metadata };
}

async function* filesOf(io: FileIO, { written, copied }: Relocation) {
  for (const { path, bytes } of written) yield { name: path, input: bytes };
  for (const { path, source } of copied) yield { name: path, input: await io.read(source) };
}
