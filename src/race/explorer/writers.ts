import { append } from '../../iceberg/append.ts';
import type { Change } from '../../iceberg/change.ts';
import { commit } from '../../iceberg/commit.ts';
import type { CommitContext } from '../../iceberg/context.ts';
import { createTable, type NewTable } from '../../iceberg/create-table.ts';
import { alwaysTrue, compare, type Expression } from '../../iceberg/expression.ts';
import { summarizeFile } from '../../iceberg/file-summary.ts';
import { content } from '../../iceberg/manifest-types.ts';
import { overwriteFiles } from '../../iceberg/overwrite-files.ts';
import { replacePartitions } from '../../iceberg/replace-partitions.ts';
import type { ChangedFile } from '../../iceberg/snapshot-summary.ts';
import type { Isolation } from '../../iceberg/stop.ts';
import { currentSnapshot, loadTable, type Table } from '../../iceberg/table.ts';
import { countingRandom } from './counting-random.ts';
import type { Writer } from './script.ts';
import { World } from './world.ts';

/** The table of these writers: rows with an id, partitioned by `p`. */
export const exploredTable = 'lab:explorer/rows';

const definition: NewTable = {
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

/** A world with the table in it, which holds these rows, committed by an append. */
export async function worldWith(
  rows: Rows,
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
  await createTable(context, exploredTable, { ...definition, properties });
  await appends(rows)(context, 'optimistic');
  return world;
}

/** Adds rows. */
export function appends(rows: Rows): Writer {
  return writes(rows, (_table, files) => append(files));
}

/** Adds rows to a table that it creates if there is none. */
export function createsAndAppends(rows: Rows): Writer {
  return async (context, protocol) => {
    await createTable(context, exploredTable, definition);
    return appends(rows)(context, protocol);
  };
}

/** Dynamic overwrite: replaces the partitions of the rows by the rows. */
export function replaces(rows: Rows, isolation: Isolation = 'none'): Writer {
  return writes(rows, (table, files) =>
    replacePartitions(table, files, { isolation, since: headOf(table) }),
  );
}

/** Static overwrite: replaces the partition `of`, or everything, by the rows; a delete if there are none. */
export function overwrites(of: string | null, rows: Rows, isolation: Isolation = 'none'): Writer {
  const filter: Expression = of === null ? alwaysTrue : compare('p', '==', of);
  return writes(rows, (table, add) =>
    overwriteFiles(table, { filter, add }, { isolation, since: headOf(table) }),
  );
}

function writes(rows: Rows, changeOf: (table: Table, files: ChangedFile[]) => Change): Writer {
  return async (context, protocol) => {
    const table = await loadTable(context, exploredTable);
    const files = await writeFiles(context, table, rows);
    const written = files.map((file) => summarizeFile(table.metadata, file));
    await context.gate(0, { stop: 'data-written', files: written, ms: 0 });
    return commit(context, table, changeOf(table, files), { protocol });
  };
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
        partition: [partition],
        record_count: count,
        file_size_in_bytes: 1,
      },
    });
  }
  return files;
}

const headOf = ({ metadata }: Table): bigint | null =>
  currentSnapshot(metadata)?.['snapshot-id'] ?? null;
