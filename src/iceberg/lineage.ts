import { readIfWhole } from './forgotten.ts';
import type { FileIO } from './ports.ts';
import { ancestorsOf, snapshotById } from './table.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';

/**
 * How far a history goes back: `whole`: to the snapshot that was asked for; `expired`: not so far, as the metadata has
 * forgotten older snapshots; `diverged`: to the first snapshot of main, which does not build on the one asked for.
 */
export type Reach = 'whole' | 'expired' | 'diverged';

/** The snapshots of main since one of them. */
export interface Lineage {
  reach: Reach;
  /** What `recent` builds on; `null`: an empty table. */
  start: Snapshot | null;
  /** Oldest first. */
  recent: Snapshot[];
}

/** The snapshots of main after `since` (decimal text; `null`: from the beginning), as far as metadata knows them. */
export function lineageSince(metadata: TableMetadata, since: string | null): Lineage {
  const lineage = [...ancestorsOf(metadata, metadata['current-snapshot-id'])].reverse();
  const at = lineage.findIndex((snapshot) => String(snapshot['snapshot-id']) === since);
  if (at >= 0) {
    return { reach: 'whole', start: lineage[at] ?? null, recent: lineage.slice(at + 1) };
  }
  const [oldest = null] = lineage;
  if (oldest?.['parent-snapshot-id'] === undefined) {
    return { reach: since === null ? 'whole' : 'diverged', start: null, recent: lineage };
  }
  // What the oldest snapshot removed is forgotten too: the history begins after it.
  return { reach: 'expired', start: oldest, recent: lineage.slice(1) };
}

/**
 * A table's metadata with the snapshots that it has forgotten by expiries, as far as they are needed to reach `since`
 * and the older metadata files that its log names still tell of them.
 */
export async function recallSnapshots(
  io: Pick<FileIO, 'read'>,
  metadata: TableMetadata,
  since: string | null,
): Promise<TableMetadata> {
  let whole = metadata;
  for (const { 'metadata-file': path } of metadata['metadata-log'].toReversed()) {
    if (lineageSince(whole, since).reach !== 'expired') break;
    const older = (await readIfWhole(io, path))?.snapshots ?? [];
    const forgotten = older.filter(
      ({ 'snapshot-id': id }) => snapshotById(whole, id) === undefined,
    );
    whole = { ...whole, snapshots: [...forgotten, ...whole.snapshots] };
  }
  return whole;
}
