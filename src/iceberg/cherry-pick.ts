import { IcejamError } from '../error.ts';
import type { Change } from './change.ts';
import { isLive, ManifestReader } from './manifest-reader.ts';
import { status, type ManifestEntry } from './manifest-types.ts';
import { setBranchSnapshot } from './metadata-update.ts';
import { PartitionSet, printPartition } from './partition-set.ts';
import { fileKey, removeNothing } from './removal.ts';
import type { FileIO } from './ports.ts';
import { produceSnapshot } from './snapshot-producer.ts';
import type { ChangedFile } from './snapshot-summary.ts';
import { ancestorsOf, currentSnapshot, mainBranch, snapshotById, type Table } from './table.ts';
import type { Snapshot, TableMetadata } from './table-metadata.ts';

/**
 * Publishes on main what a staged or abandoned snapshot did: an append, or a dynamic overwrite whose partitions have
 * not changed since its parent. Where main is still at its parent, main moves to the snapshot itself and no new one is
 * made (Java's CherryPickOperation). Rejected with `Validation` if that cannot be done, if it was done already, and for
 * anything that is neither: on the table that it was built on, or on the base of an attempt. Throws `Validation` for a
 * snapshot that the table does not know.
 */
export async function cherryPick(io: FileIO, table: Table, snapshotId: bigint): Promise<Change> {
  const reader = new ManifestReader(io);
  const source = sourceOf(table.metadata, snapshotId);
  const entries = await ownEntries(reader, table.metadata, source);
  const added = entries.filter(isLive);
  const replaces = source.summary['replace-partitions'] === 'true';
  const wapId = source.summary['wap.id'];
  const check = async (metadata: TableMetadata) => {
    if (isNext(metadata, source)) return;
    checkCopies(metadata, source);
    if (replaces) await checkPartitions(reader, metadata, source, added);
    checkWapId(metadata, source);
  };
  const copy = produceSnapshot({
    type: replaces ? 'overwrite' : 'append',
    isolation: 'none',
    since: source['parent-snapshot-id'] ?? null,
    added: added.map(withoutRowId),
    removal: {
      ...removeNothing,
      files: new Set(
        entries.filter((entry) => !isLive(entry)).map((each) => fileKey(each.data_file)),
      ),
      mustExist: true,
    },
    merges: true,
    summary: {
      ...(wapId === undefined ? {} : { 'published-wap-id': wapId }),
      'source-snapshot-id': String(snapshotId),
    },
    target: {},
  });
  return {
    name: 'cherry-pick',
    begin: async (work) => {
      if (!work.follows) {
        if (!isNext(table.metadata, source)) checkKind(table.metadata, source);
        if (isCopied(source)) checkWapId(table.metadata, source);
        await check(table.metadata);
      }
      const prepared = await copy.begin(work);
      return {
        snapshotId: prepared.snapshotId,
        written: prepared.written,
        apply: async (attempt) => {
          const { metadata } = attempt.base;
          sourceOf(metadata, snapshotId);
          if (isNext(metadata, source)) {
            await attempt.stop({
              stop: 'validated',
              isolation: 'none',
              since: String(source['parent-snapshot-id'] ?? null),
              removes: [],
            });
            return setBranchSnapshot(metadata, mainBranch, snapshotId, attempt.at);
          }
          await check(metadata);
          return prepared.apply(attempt);
        },
      };
    },
  };
}

function sourceOf(metadata: TableMetadata, snapshotId: bigint): Snapshot {
  return (
    snapshotById(metadata, snapshotId) ??
    invalid(`Cannot cherry-pick unknown snapshot ID: ${snapshotId}`)
  );
}

/** The data files that a snapshot itself added and deleted. */
async function ownEntries(
  reader: ManifestReader,
  metadata: TableMetadata,
  snapshot: Snapshot,
): Promise<ManifestEntry[]> {
  const id = snapshot['snapshot-id'];
  const manifests = (await reader.manifests(snapshot)).filter(
    (manifest) => manifest.content === 0 && manifest.added_snapshot_id === id,
  );
  const entries = await reader.allEntries(metadata, manifests);
  return entries.filter((entry) => entry.snapshot_id === id && entry.status !== status.existing);
}

/** v3: a copy of a file gets row ids of its own. */
function withoutRowId({ spec_id: specId, data_file: file }: ManifestEntry): ChangedFile {
  const copy = { ...file };
  delete copy.first_row_id;
  return { spec_id: specId, data_file: copy };
}

/** Whether main is where the snapshot was made, so that it can simply follow. */
function isNext(metadata: TableMetadata, source: Snapshot): boolean {
  return metadata['current-snapshot-id'] === (source['parent-snapshot-id'] ?? null);
}

/** A write-audit-publish id is published once (Java's WapUtil). */
function checkWapId(metadata: TableMetadata, source: Snapshot): void {
  const wapId = source.summary['wap.id'];
  if (wapId === undefined) return;
  for (const { summary } of ancestorsOf(metadata, metadata['current-snapshot-id'])) {
    if (summary['wap.id'] === wapId || summary['published-wap-id'] === wapId) {
      invalid(`Duplicate request to cherry pick wap id that was published already: ${wapId}`);
    }
  }
}

function isReplacement({ summary }: Snapshot): boolean {
  return summary.operation === 'overwrite' && summary['replace-partitions'] === 'true';
}

/** Whether what a snapshot did can be done again; any other can only be moved to. */
function isCopied(source: Snapshot): boolean {
  return source.summary.operation === 'append' || isReplacement(source);
}

/** What can be copied onto a main that has moved on. */
function checkKind(metadata: TableMetadata, source: Snapshot): void {
  const id = source['snapshot-id'];
  const parent = source['parent-snapshot-id'];
  if (!isCopied(source)) {
    invalid(`Cannot cherry-pick snapshot ${id}: not append, dynamic overwrite, or fast-forward`);
  }
  if (!isReplacement(source) || parent === undefined) return;
  for (const snapshot of ancestorsOf(metadata, metadata['current-snapshot-id'])) {
    if (snapshot['snapshot-id'] === parent) return;
  }
  invalid(`Cannot cherry-pick overwrite not based on an ancestor of the current state: ${id}`);
}

/** What can be copied, once, onto a main that has moved on. */
function checkCopies(metadata: TableMetadata, source: Snapshot): void {
  checkKind(metadata, source);
  const id = source['snapshot-id'];
  const ancestors = [...ancestorsOf(metadata, metadata['current-snapshot-id'])];
  if (ancestors.some((snapshot) => snapshot['snapshot-id'] === id))
    invalid(`Cannot cherrypick snapshot ${id}: already an ancestor`);
  const copy = ancestors.find(({ summary }) => summary['source-snapshot-id'] === String(id));
  if (copy !== undefined) {
    invalid(
      `Cannot cherrypick snapshot ${id}: already picked to create ancestor ${copy['snapshot-id']}`,
    );
  }
}

/** Nothing was added since its parent to a partition that a dynamic overwrite replaces. */
async function checkPartitions(
  reader: ManifestReader,
  metadata: TableMetadata,
  source: Snapshot,
  added: readonly ManifestEntry[],
): Promise<void> {
  const replaced = new PartitionSet();
  for (const { spec_id: specId, data_file: file } of added) replaced.add(specId, file.partition);
  const head = currentSnapshot(metadata)?.['snapshot-id'] ?? null;
  for (const snapshot of ancestorsOf(metadata, head)) {
    if (snapshot['snapshot-id'] === source['parent-snapshot-id']) return;
    for (const entry of await ownEntries(reader, metadata, snapshot)) {
      const { spec_id: specId, data_file: file } = entry;
      if (!isLive(entry) || !replaced.has(specId, file.partition)) continue;
      const changed = printPartition(metadata, specId, file.partition);
      invalid(
        `Cannot cherry-pick replace partitions with changed partition: PartitionData{${changed}}`,
      );
    }
  }
}

function invalid(message: string): never {
  throw new IcejamError('Validation', message, {
    remedy: 'Run the job again on the table as it is now.',
  });
}
