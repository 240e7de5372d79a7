import { IcejamError } from '../error.ts';
import type { CommitContext } from './context.ts';
import type { TableName } from './ports.ts';
import { parseTableMetadata } from './table-metadata-file.ts';
import type { TableMetadata } from './table-metadata.ts';

/** The metadata file of a table that readers follow instead of the pointer. */
export interface Registered {
  location: string;
  /** `null`: the file is gone. */
  metadata: TableMetadata | null;
}

/** What is registered for a table, `null` if nothing is. Throws `Corrupt`. */
export async function loadRegistered(
  { catalog, io }: Pick<CommitContext, 'catalog' | 'io'>,
  name: TableName,
): Promise<Registered | null> {
  const location = (await catalog.registered?.(name)) ?? null;
  if (location === null) return null;
  try {
    return { location, metadata: await parseTableMetadata(await io.read(location), location) };
  } catch (thrown) {
    if (!(thrown instanceof IcejamError) || thrown.kind !== 'NotFound') throw thrown;
    return { location, metadata: null };
  }
}
