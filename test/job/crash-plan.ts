import { append } from '../../src/iceberg/append.ts';
import type { Change } from '../../src/iceberg/change.ts';
import { cherryPick } from '../../src/iceberg/cherry-pick.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import { deleteFiles } from '../../src/iceberg/delete-files.ts';
import { expireSnapshots } from '../../src/iceberg/expire-snapshots.ts';
import { compare } from '../../src/iceberg/expression.ts';
import type { DataFile } from '../../src/iceberg/manifest-types.ts';
import { overwriteFiles } from '../../src/iceberg/overwrite-files.ts';
import type { FileIO } from '../../src/iceberg/ports.ts';
import { createRef } from '../../src/iceberg/refs.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { rewriteFiles } from '../../src/iceberg/rewrite-files.ts';
import { rewriteManifests } from '../../src/iceberg/rewrite-manifests.ts';
import { rollbackTo } from '../../src/iceberg/rollback.ts';
import { planFiles } from '../../src/iceberg/scan.ts';
import type { ChangedFile } from '../../src/iceberg/snapshot-summary.ts';
import type { Gate, Stop } from '../../src/iceberg/stop.ts';
import { currentSnapshot, type Table } from '../../src/iceberg/table.ts';
import { updatePartitionSpec } from '../../src/iceberg/update-partition-spec.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { updateSchema } from '../../src/iceberg/update-schema.ts';
import { indexedDbCatalog } from '../../src/storage/catalog.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { webLockQueue, withExclusiveSnapshot } from '../../src/storage/locks.ts';

/** What a job or a tool can do to a table. */
export const operations = [
  'append',
  'overwrite',
  'overwrite-dynamic',
  'delete',
  'rewrite-files',
  'rewrite-manifests',
  'expire-snapshots',
  'rollback',
  'publish',
  'tag',
  'properties',
  'schema',
  'spec',
] as const;

/** One of {@link operations}. */
export type CrashOperation = (typeof operations)[number];

/** What a test tells its worker; any further message releases it from its stop. */
export interface CrashCommand {
  table: string;
  operation: CrashOperation;
  killAt: Stop | null;
}

/** What the worker says: that it stands at its stop, or how it ended. */
export type CrashMessage = { met: Stop } | { ended: string };

/** The browser's storage behind the ports. */
export async function openContext(
  io: FileIO,
  gate: Gate = () => Promise.resolve(),
): Promise<CommitContext> {
  return {
    io,
    catalog: indexedDbCatalog(await openDatabase()),
    clock: { now: Date.now, sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)) },
    random: {
      uuid: () => crypto.randomUUID(),
      snapshotId: () => BigInt(Math.floor(Math.random() * 2 ** 52)),
      below: () => 0,
    },
    gate,
    queue: webLockQueue(),
  };
}

/** Writes a data file of `rows` rows into the partition p. Its bytes are not Parquet: nobody here reads rows. */
export async function writeDataFile(
  { io, random }: CommitContext,
  { metadata }: Table,
  p: string,
  rows = 1,
): Promise<ChangedFile> {
  const path = `${metadata.location}/data/p=${p}/00000-0-${random.uuid()}-00001.parquet`;
  const bytes = new Uint8Array(64 + rows).fill(rows);
  await io.create(path, bytes);
  const file: DataFile = {
    content: 0,
    file_path: path,
    file_format: 'PARQUET',
    partition: [p],
    record_count: rows,
    file_size_in_bytes: bytes.length,
  };
  return { spec_id: 0, data_file: file };
}

/** The operation as a change of the table, with its data files written. */
export async function buildPlan(
  context: CommitContext,
  table: Table,
  operation: CrashOperation,
): Promise<Change> {
  const { metadata, name } = table;
  const head = currentSnapshot(metadata);
  const inA = compare('p', '==', 'a');
  const newFile = () => writeDataFile(context, table, 'a', 2);
  switch (operation) {
    case 'append':
      return append([await newFile()]);
    case 'overwrite':
      return overwriteFiles(table, { filter: { op: 'true' }, add: [await newFile()] });
    case 'overwrite-dynamic':
      return replacePartitions(table, [await newFile()]);
    case 'delete':
      return deleteFiles({ filter: inA });
    case 'rewrite-files': {
      const tasks = await planFiles(context.io, metadata, head);
      const remove = tasks
        .map(({ file }) => file)
        .filter((file) => file.data_file.partition[0] === 'a');
      return rewriteFiles({ remove, add: [await newFile()] });
    }
    case 'rewrite-manifests':
      return rewriteManifests();
    case 'expire-snapshots':
      return expireSnapshots({
        olderThan: Date.now() + 1000,
        withExclusive: (id, work) => withExclusiveSnapshot(name, id, work),
      });
    case 'rollback':
      return rollbackTo(table, metadata.snapshots[0]?.['snapshot-id'] ?? 0n);
    case 'publish': {
      const staged = metadata.snapshots.find(({ summary }) => summary['wap.id'] !== undefined);
      return cherryPick(context.io, table, staged?.['snapshot-id'] ?? 0n);
    }
    case 'tag':
      return createRef('v1', { type: 'tag', 'snapshot-id': head?.['snapshot-id'] ?? 0n });
    case 'properties':
      return updateProperties({ k: 'v' });
    case 'schema':
      return updateSchema([{ edit: 'add', name: 'x', type: 'int' }]);
    case 'spec':
      return updatePartitionSpec({ remove: ['p'] });
  }
}
