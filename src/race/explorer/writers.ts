import { append } from '../../iceberg/append.ts';
import type { Change } from '../../iceberg/change.ts';
import { commit, type CommitResult } from '../../iceberg/commit.ts';
import type { CommitContext } from '../../iceberg/context.ts';
import { createTable, type NewTable } from '../../iceberg/create-table.ts';
import { deleteFiles } from '../../iceberg/delete-files.ts';
import { alwaysTrue, compare, type Expression } from '../../iceberg/expression.ts';
import { summarizeFile } from '../../iceberg/file-summary.ts';
import { ManifestReader } from '../../iceberg/manifest-reader.ts';
import { content } from '../../iceberg/manifest-types.ts';
import { overwriteFiles } from '../../iceberg/overwrite-files.ts';
import { replacePartitions } from '../../iceberg/replace-partitions.ts';
import { rewriteFiles } from '../../iceberg/rewrite-files.ts';
import { liveFiles } from '../../iceberg/scan.ts';
import type { ChangedFile } from '../../iceberg/snapshot-summary.ts';
import type { Isolation, Protocol } from '../../iceberg/stop.ts';
import {
  currentSnapshot,
  loadTable,
  specById,
  summarizeBase,
  type Table,
} from '../../iceberg/table.ts';
import { countingRandom } from './counting-random.ts';
import type { Writer } from './script.ts';
import { World } from './world.ts';

/** The table of these writers: rows with an id, partitioned by `p`. */
export const exploredTable = 'lab:explorer/rows';

/** Nothing that is explored depends on it, and thousands of schedules would wait for deflated manifests. */
const uncompressed = { 'write.manifest.compression-codec': 'uncompressed' };

const definition: NewTable = {
  properties: uncompressed,
  location: 'memory:///lab/explorer/rows',
  schema: {
    type: 'struct',
    'schema-id': 0,
    fields: [
      { id: 1, name: 'id', required: true, type: 'long' },
      { id: 2, name: 'p', required: true, type: 'string' },
    ],
  },
  spec: {
    'spec-id': 0,
    fields: [{ name: 'p', transform: 'identity', 'source-id': 2, 'field-id': 1000 }],
  },
};

/** Rows to write, by partition. */
export type Rows = Readonly<Record<string, number>>;

/** A world with the table in it, to which these rows were appended and these writers wrote, one after the other. */
export async function worldWith(
  commits: readonly (Rows | Writer)[],
  properties: Record<string, string> = {},
): Promise<World> {
  const world = new World();
  const context: CommitContext = {
    io: world.fileIOOf(null),
    catalog: world.catalog,
    clock: { now: () => 0, sleep: async () => undefined },
    random: countingRandom(0),
    gate: async () => undefined,
    queue: { run: (_table, work) => work() },
  };
  await createTable(context, exploredTable, {
    ...definition,
    properties: { ...uncompressed, ...properties },
  });
  for (const each of commits) {
    const writer = typeof each === 'function' ? each : appends(each);
    await writer(context, 'optimistic');
  }
  return world;
}

/** Adds rows. */
export function appends(rows: Rows): Writer {
  return writes(rows, (written) => commitChange(written, append(written.files)));
}

/** Creates the table if there is none, and then does what the writer does. */
export function creates(writer: Writer): Writer {
  return async (context, protocol) => {
    await createTable(context, exploredTable, definition);
    return writer(context, protocol);
  };
}

/** Dynamic overwrite: replaces the partitions of the rows by the rows. */
export function replaces(rows: Rows, isolation: Isolation = 'none'): Writer {
  return writes(rows, (written) => {
    const { files, table } = written;
    const options = { isolation, since: headOf(table) };
    return commitChange(written, replacePartitions(table, files, options));
  });
}

/** Static overwrite: replaces the partition `of`, or everything, by the rows; a delete if there are none. */
export function overwrites(of: string | null, rows: Rows, isolation: Isolation = 'none'): Writer {
  const filter: Expression = of === null ? alwaysTrue : compare('p', '==', of);
  return writes(rows, (written) => {
    const { files: add, table } = written;
    const options = { isolation, since: headOf(table) };
    return commitChange(written, overwriteFiles(table, { filter, add }, options));
  });
}

/** Deletes a partition, decided at commit time; nothing if the writer finds it empty. */
export function deletes(partition: string): Writer {
  return async (context, protocol) => {
    const table = await loadTable(context, exploredTable);
    if ((await filesOf(context, table, partition)).length === 0) return unchanged(table);
    const written = await writeAndTell(context, protocol, table, {});
    return commitChange(written, deleteFiles({ filter: compare('p', '==', partition) }));
  };
}

/** Compaction: puts one file in place of those of a partition, with the same rows; nothing if there are none. */
export function compacts(partition: string): Writer {
  return async (context, protocol) => {
    const table = await loadTable(context, exploredTable);
    const remove = await filesOf(context, table, partition);
    if (remove.length === 0) return unchanged(table);
    const rows = remove.reduce((sum, file) => sum + file.data_file.record_count, 0);
    const written = await writeAndTell(context, protocol, table, { [partition]: rows });
    return commitChange(
      written,
      rewriteFiles({ remove, add: written.files }, { since: headOf(table) }),
    );
  };
}

/** Commits what needs no data files. */
export function maintains(change: () => Change): Writer {
  return async (context, protocol) => {
    const table = await loadTable(context, exploredTable);
    return commitChange({ context, protocol, table }, change());
  };
}

/** The live files of a partition. */
async function filesOf(
  { io }: CommitContext,
  { metadata }: Table,
  partition: string,
): Promise<ChangedFile[]> {
  const { data } = await liveFiles(new ManifestReader(io), metadata, currentSnapshot(metadata));
  return data.filter((file) => file.data_file.partition[0] === partition);
}

/** A writer that has its data files and is about to commit them. */
export interface Written {
  context: CommitContext;
  protocol: Protocol;
  /** As the writer found it when it began. */
  table: Table;
  files: ChangedFile[];
}

/** Writes rows into data files and ends with what `finish` does with them. */
export function writes(rows: Rows, finish: (written: Written) => Promise<CommitResult>): Writer {
  return async (context, protocol) => {
    const table = await loadTable(context, exploredTable);
    return finish(await writeAndTell(context, protocol, table, rows));
  };
}

async function writeAndTell(
  context: CommitContext,
  protocol: Protocol,
  table: Table,
  rows: Rows,
): Promise<Written> {
  const files = await writeFiles(context, table, rows);
  const summaries = files.map((file) => summarizeFile(table.metadata, file));
  const base = summarizeBase(table);
  await context.gate(0, { stop: 'data-written', base, files: summaries, ms: 0 });
  return { context, protocol, table, files };
}

/** Commits a change as the race's protocol says. */
export function commitChange(
  { context, protocol, table }: Omit<Written, 'files'>,
  change: Change,
): Promise<CommitResult> {
  return commit(context, table, change, { protocol });
}

/** One file for each partition; nobody reads what is in it. */
async function writeFiles(
  { io, random }: CommitContext,
  { metadata }: Table,
  rows: Rows,
): Promise<ChangedFile[]> {
  const files: ChangedFile[] = [];
  for (const [partition, count] of Object.entries(rows)) {
    const path = `${metadata.location}/data/p=${partition}/${random.uuid()}.parquet`;
    await io.create(path, Uint8Array.of(0));
    files.push({
      spec_id: metadata['default-spec-id'],
      data_file: {
        content: content.data,
        file_path: path,
        file_format: 'PARQUET',
        partition: specById(metadata, metadata['default-spec-id']).fields.map(() => partition),
        record_count: count,
        file_size_in_bytes: 1,
      },
    });
  }
  return files;
}

/** The end of a writer that found nothing to do. */
const unchanged = ({ pointer }: Table): CommitResult => ({
  outcome: 'committed',
  attempts: 0,
  snapshotId: null,
  snapshot: null,
  pointer,
});

const headOf = ({ metadata }: Table): bigint | null =>
  currentSnapshot(metadata)?.['snapshot-id'] ?? null;
