import { quoted } from '../engine/types.ts';
import { writePartitions } from '../engine/write.ts';
import { tableName } from '../flare/address.ts';
import type { Sink } from '../flare/workflow.ts';
import { createTable } from '../iceberg/create-table.ts';
import type { DataFile } from '../iceberg/manifest-types.ts';
import { buildPartitionSpec } from '../iceberg/partition-spec.ts';
import type { TableName } from '../iceberg/ports.ts';
import type { PartitionSpec, Schema, SortOrder, TableMetadata } from '../iceberg/table-metadata.ts';
import {
  currentSchema,
  currentSnapshot,
  defaultSortOrder,
  loadTable,
  specById,
  type Table,
} from '../iceberg/table.ts';
import type { KnownColumn } from '../spark/translate.ts';
import { commitFiles, discarding, type Written } from './commit-files.ts';
import { commitContext, type JobContext } from './job-context.ts';
import { readSortOrder } from './read-sort-order.ts';
import { changeOf } from './save-mode.ts';
import { matchColumns } from './sink-columns.ts';
import { sinkSchema } from './sink-schema.ts';

/** The table in the job's engine that holds a sink's rows. */
export const sinkRelation = (sink: Sink): string => `sink of ${sink.view}`;

/**
 * Writes the rows of a sink's view to its table and commits them; creates the table, in a commit of its own, if there
 * is none. Expected failures of the commit are part of the result; all others are thrown and leave the table as it was.
 */
export async function writeSink(
  context: JobContext,
  sink: Sink,
  columns: readonly KnownColumn[],
): Promise<Written> {
  const { engine, ports } = context;
  const name = tableName(sink.address);
  const own = sinkSchema(columns, sink, await unknownColumns(context, name, columns));
  const table = await openTable(context, sink, own);
  const schema = currentSchema(table.metadata);
  const { select, warnings } = matchColumns(own.fields, schema, name);
  for (const warning of warnings) context.warn(warning);
  const view = `rows of ${sink.view}`;
  engine.execute(
    `CREATE OR REPLACE TEMP VIEW ${quoted(view)} AS SELECT ${select.join(', ')} FROM ${quoted(sinkRelation(sink))}`,
  );
  const spec = specById(table.metadata, table.metadata['default-spec-id']);
  const sortOrder = sortOrderOf(sink, table.metadata, schema);
  const operationId = ports.random.uuid();
  const startedAt = ports.clock.now();
  const { files, added, change } = await discarding(context, async (own) => {
    const files = await writePartitions(engine, {
      view,
      schema,
      spec,
      properties: { ...table.metadata.properties, ...sink.properties },
      ...(sortOrder && { sortOrder }),
      table: table.metadata,
      newFileName: (count) => `00000-0-${operationId}-${String(count).padStart(5, '0')}.parquet`,
      io: own.ports.io,
    });
    const added = files.map((file) => ({ spec_id: spec['spec-id'], data_file: file }));
    const current = currentSnapshot(table.metadata)?.['snapshot-id'] ?? null;
    const read = context.read.get(name) ?? { snapshotId: current, scopes: () => [] };
    return { files, added, change: changeOf(sink, table, added, read) };
  });
  const ms = ports.clock.now() - startedAt;
  const commit = await commitFiles(context, table, { files: added, ms }, change);
  return { commit, rows: countRows(files), files: files.length };
}

/** The columns of the type `unknown` that a table has, if a column of the sink could go into one. */
async function unknownColumns(
  { ports }: JobContext,
  table: TableName,
  columns: readonly KnownColumn[],
): Promise<Set<string>> {
  const hasVoid = columns.some(({ sqlType }) => sqlType === 'void');
  if (!hasVoid || (await ports.catalog.load(table)) === null) return new Set();
  const { metadata } = await loadTable(ports, table);
  const unknown = currentSchema(metadata).fields.filter(({ type }) => type === 'unknown');
  return new Set(unknown.map((field) => field.name.toLowerCase()));
}

/** What the sink asks for, else the table's own order. */
function sortOrderOf(
  { sort, range }: Sink,
  metadata: TableMetadata,
  schema: Schema,
): SortOrder | undefined {
  if (sort === undefined) return defaultSortOrder(metadata);
  const items = sort.columns.map(({ name, order }) => {
    const [direction = 'ASC', ...nulls] = order.split('_');
    return `\`${name}\` ${direction} ${nulls.join(' ')}`;
  });
  return { 'order-id': 0, fields: readSortOrder(items.join(', '), schema, range) };
}

async function openTable(context: JobContext, sink: Sink, schema: Schema): Promise<Table> {
  const name = tableName(sink.address);
  const spec = buildPartitionSpec(schema, sink.partitionSpec);
  const { depot, collection, dataset } = sink.address;
  const { 'format-version': formatVersion = '2', ...properties } = sink.properties;
  const { table } = await createTable(commitContext(context, name), name, {
    location: `opfs:///warehouse/${depot}/${collection}/${dataset}`,
    schema,
    spec,
    properties,
    formatVersion: Number(formatVersion) as TableMetadata['format-version'],
  });
  warnOfOtherSpec(context, sink, table, spec);
  return table;
}

/** The creator of a table fixes its partition spec; Spark ignores what later sinks say without a word. */
function warnOfOtherSpec(
  context: JobContext,
  { partitionSpec, address }: Sink,
  { metadata }: Table,
  wanted: PartitionSpec,
): void {
  const actual = specById(metadata, metadata['default-spec-id']);
  const names = (spec: PartitionSpec) => spec.fields.map((f) => `${f.transform}(${f.name})`);
  if (partitionSpec.length === 0 || names(wanted).join() === names(actual).join()) return;
  context.warn({
    message: `The partitionSpec of this sink is ignored: ${tableName(address)} exists and is partitioned by ${names(actual).join(', ') || 'nothing'}.`,
    context: { table: tableName(address) },
    remedy: 'Drop the table first, or change its spec with dataos-tool dataset update-partition.',
  });
}

const countRows = (files: readonly DataFile[]): number =>
  files.reduce((sum, file) => sum + file.record_count, 0);
