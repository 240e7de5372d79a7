import { append } from '../../src/iceberg/append.ts';
import type { Change } from '../../src/iceberg/change.ts';
import { cherryPick } from '../../src/iceberg/cherry-pick.ts';
import { commit } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import { createTable } from '../../src/iceberg/create-table.ts';
import { deleteFiles } from '../../src/iceberg/delete-files.ts';
import { type ExpireOptions, expireSnapshots } from '../../src/iceberg/expire-snapshots.ts';
import { alwaysTrue, compare } from '../../src/iceberg/expression.ts';
import type { DataFile } from '../../src/iceberg/manifest-types.ts';
import type { SnapshotOptions } from '../../src/iceberg/operation.ts';
import { overwriteFiles } from '../../src/iceberg/overwrite-files.ts';
import type { TableName } from '../../src/iceberg/ports.ts';
import {
  createRef,
  fastForward,
  removeBranch,
  removeTag,
  renameBranch,
  replaceBranch,
} from '../../src/iceberg/refs.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { replaceSortOrder } from '../../src/iceberg/replace-sort-order.ts';
import { rewriteFiles } from '../../src/iceberg/rewrite-files.ts';
import { rewriteManifests } from '../../src/iceberg/rewrite-manifests.ts';
import { rollbackTo, setCurrentSnapshot } from '../../src/iceberg/rollback.ts';
import { rowDelta } from '../../src/iceberg/row-delta.ts';
import { planFiles } from '../../src/iceberg/scan.ts';
import type { ChangedFile } from '../../src/iceberg/snapshot-summary.ts';
import { currentSnapshot, loadTable, type Table } from '../../src/iceberg/table.ts';
import { transaction } from '../../src/iceberg/transaction.ts';
import { updatePartitionSpec } from '../../src/iceberg/update-partition-spec.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { updateSchema } from '../../src/iceberg/update-schema.ts';
import { encodeValue } from '../../src/iceberg/value.ts';

/** What an operation is built with. */
export interface Building {
  context: CommitContext;
  table: Table;
  /** How an expiry knows of readers. */
  expiry?: Pick<ExpireOptions, 'withExclusive' | 'leased'>;
}

/** Writes a data file of `rows` rows into the partition p. Its bytes are not Parquet: nobody here reads rows. */
export async function writeDataFile(
  { io, random }: CommitContext,
  { metadata }: Table,
  p: string,
  { rows = 1, content = 0 }: { rows?: number; content?: DataFile['content'] } = {},
): Promise<ChangedFile> {
  const path = `${metadata.location}/data/p=${p}/00000-0-${random.uuid()}-00001.parquet`;
  const bytes = new Uint8Array(64 + rows).fill(rows);
  await io.create(path, bytes);
  const file: DataFile = {
    content,
    file_path: path,
    file_format: 'PARQUET',
    partition: [p],
    record_count: rows,
    file_size_in_bytes: bytes.length,
  };
  return { spec_id: 0, data_file: file };
}

/** The live data files in the partition a. */
async function filesInA({ context, table: { metadata } }: Building): Promise<ChangedFile[]> {
  const tasks = await planFiles(context.io, metadata, currentSnapshot(metadata));
  return tasks.map(({ file }) => file).filter(({ data_file: file }) => file.partition[0] === 'a');
}

const newFile = ({ context, table }: Building) => writeDataFile(context, table, 'a', { rows: 2 });
const inA = compare('p', '==', 'a');
const snapshotsOf = ({ table }: Building) =>
  table.metadata.snapshots.map((snapshot) => snapshot['snapshot-id']);
const headOf = ({ table }: Building) => table.metadata['current-snapshot-id'] ?? 0n;
const since = (building: Building) => ({ since: headOf(building) });
const strictly = (building: Building) => ({
  ...since(building),
  isolation: 'serializable' as const,
});
const appendWith =
  (options: SnapshotOptions & { fast?: boolean } = {}) =>
  async (building: Building) =>
    append([await newFile(building)], options);

/** Every operation that a job or a tool can commit, on a table of {@link seedTable}. */
export const everyOperation: Record<string, (building: Building) => Change | Promise<Change>> = {
  append: appendWith(),
  'append to a branch': appendWith({ branch: 'audit' }),
  'fast append': appendWith({ fast: true }),
  'staged append': appendWith({ stageOnly: true, summary: { 'wap.id': 'w2' } }),
  overwrite: async (b) => overwriteFiles(b.table, { filter: alwaysTrue, add: [await newFile(b)] }),
  'overwrite by filter': async (b) =>
    overwriteFiles(b.table, { filter: inA, add: [await newFile(b)] }, strictly(b)),
  'dynamic overwrite': async (b) => replacePartitions(b.table, [await newFile(b)], strictly(b)),
  'delete of whole files': () => deleteFiles({ filter: inA }),
  'delete by copy-on-write': async (b) =>
    overwriteFiles(b.table, { remove: await filesInA(b), add: [await newFile(b)] }, strictly(b)),
  'delete by merge-on-read': async (b) => {
    const file = await writeDataFile(b.context, b.table, 'a', { content: 1 });
    const [first] = await filesInA(b);
    const path = encodeValue('string', first?.data_file.file_path ?? '');
    const bounds = new Map([[2147483546, path]]);
    const deletes = { ...file.data_file, lower_bounds: bounds, upper_bounds: bounds };
    return rowDelta(
      { add: [{ ...file, data_file: deletes }] },
      { ...strictly(b), command: 'delete' },
    );
  },
  compaction: async (b) =>
    rewriteFiles({ remove: await filesInA(b), add: [await newFile(b)] }, since(b)),
  'rewrite of manifests': () => rewriteManifests(),
  expiry: ({ context, expiry = {} }) =>
    expireSnapshots({ olderThan: context.clock.now() + 1000, ...expiry }),
  rollback: (b) => rollbackTo(b.table, snapshotsOf(b)[0] ?? 0n),
  'set current snapshot': (b) => setCurrentSnapshot(b.table, snapshotsOf(b)[1] ?? 0n),
  'cherry-pick': (b) => cherryPick(b.context.io, b.table, snapshotsOf(b)[1] ?? 0n),
  'create branch': (b) => createRef('b2', { type: 'branch', 'snapshot-id': headOf(b) }),
  'create tag': (b) => createRef('t2', { type: 'tag', 'snapshot-id': headOf(b) }),
  'remove branch': () => removeBranch('audit'),
  'remove tag': () => removeTag('v1'),
  'rename branch': () => renameBranch('audit', 'audited'),
  'replace branch': () => replaceBranch('main', 'v1'),
  'fast-forward branch': () => fastForward('audit', 'main'),
  'set properties': () => updateProperties({ k: 'v' }),
  'remove properties': () => updateProperties({}, ['kept']),
  'add column': () => updateSchema([{ edit: 'add', name: 'x', type: 'int' }]),
  'drop column': () => updateSchema([{ edit: 'drop', column: 'n' }]),
  'rename column': () => updateSchema([{ edit: 'rename', column: 'n', name: 'm' }]),
  'widen column': () => updateSchema([{ edit: 'widen', column: 'n', type: 'long' }]),
  'move column': () => updateSchema([{ edit: 'move', column: 'n' }]),
  'make column optional': () => updateSchema([{ edit: 'make-optional', column: 'n' }]),
  'add partition field': () =>
    updatePartitionSpec({ add: [{ type: 'bucket', column: 'n', numBuckets: 4 }] }),
  'remove partition field': () => updatePartitionSpec({ remove: ['p'] }),
  'set sort order': () =>
    replaceSortOrder([
      { 'source-id': 1, transform: 'identity', direction: 'asc', 'null-order': 'nulls-first' },
    ]),
  transaction: async (b) =>
    transaction([updateProperties({}, ['kept']), append([await newFile(b)])]),
};

/** The definition of a table that is partitioned by its text column p. */
export const definitionAt = (location: string): Parameters<typeof createTable>[2] => ({
  location,
  schema: {
    type: 'struct',
    'schema-id': 0,
    fields: [
      { id: 1, name: 'p', required: false, type: 'string' },
      { id: 2, name: 'n', required: true, type: 'int' },
    ],
  },
  spec: {
    'spec-id': 0,
    fields: [{ name: 'p', transform: 'identity', 'source-id': 1, 'field-id': 1000 }],
  },
  properties: {
    kept: 'yes',
    'commit.manifest.min-count-to-merge': '2',
    'write.metadata.delete-after-commit.enabled': 'true',
    'write.metadata.previous-versions-max': '3',
  },
});

/**
 * A table that nobody works on, with three appends to two partitions, the second of them staged, the tag v1 and the
 * branch audit at the first. Each further commit merges manifests and deletes an old metadata file.
 */
export async function seedTable(
  context: CommitContext,
  name: TableName,
  location: string,
): Promise<Table> {
  await createTable(context, name, definitionAt(location));
  const change = async (build: (table: Table) => Change | Promise<Change>) => {
    const table = await loadTable(context, name);
    const result = await commit(context, table, await build(table), { protocol: 'queued' });
    if (result.outcome !== 'committed') throw result.error;
  };
  const add = (p: string, options: SnapshotOptions = {}) =>
    change(async (table) => append([await writeDataFile(context, table, p)], options));
  await add('a');
  const head = (table: Table) => table.metadata['current-snapshot-id'] ?? 0n;
  await change((table) => createRef('v1', { type: 'tag', 'snapshot-id': head(table) }));
  await change((table) => createRef('audit', { type: 'branch', 'snapshot-id': head(table) }));
  await add('b', { stageOnly: true, summary: { 'wap.id': 'w1' } });
  await add('a');
  return loadTable(context, name);
}
