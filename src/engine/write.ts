import { dataLocation } from '../iceberg/data-location.ts';
import { content, type DataFile } from '../iceberg/manifest-types.ts';
import { buildMetrics } from '../iceberg/metrics.ts';
import { partitionPath } from '../iceberg/partition-spec.ts';
import type { FileIO } from '../iceberg/ports.ts';
import { storedSchema } from '../iceberg/schema.ts';
import type { PartitionSpec, Schema, SortOrder, TableMetadata } from '../iceberg/table-metadata.ts';
import { arrowSchema } from './arrow-type.ts';
import type { Engine } from './duckdb.ts';
import { engineSchema } from './fixed-bytes.ts';
import { joinStream } from './ipc.ts';
import { writeParquet } from './parquet.ts';
import { ordinal, type Partition, partitionRows } from './partition.ts';
import { orderItems } from './sort-order.ts';
import { quoted } from './types.ts';

/** What to write, and where. */
export interface WriteRequest {
  /** A table or view that has the schema's columns by name, and gives the same rows each time it is asked. */
  view: string;
  schema: Schema;
  spec: PartitionSpec;
  /** The table's properties, and above them those of the one who writes. */
  properties: Record<string, string>;
  /** The table, whose location and properties say where its files go. */
  table: Pick<TableMetadata, 'location' | 'properties'>;
  /** How the rows of each partition are sorted, as far as SQL can; not at all by default. */
  sortOrder?: SortOrder;
  /** A file's name, which no other writer gives; `count` numbers the files from 1. */
  newFileName: (count: number) => string;
  io: FileIO;
}

/** Rows that are sorted by partition at a time: more would take more memory, fewer more scans of the view. */
const maxSortedRows = 500_000;

/** A file is closed when its rows take so much as Arrow, or the table's target size; as Parquet they take less. */
const maxFileBytes = 128 * 1024 * 1024;
/** The default of `write.target-file-size-bytes`. */
const defaultTargetBytes = 512 * 1024 * 1024;

const sorted = quoted('rows sorted by partition');

/**
 * Writes a view's rows as Parquet files, at least one for each partition that has rows. Each file is complete before the
 * next is begun, so that the memory it takes does not grow with the view. After an error, files written so far stay.
 */
export async function writePartitions(engine: Engine, request: WriteRequest): Promise<DataFile[]> {
  const { partitions, rowsOf, close } = partitionRows(engine, request);
  const files: DataFile[] = [];
  try {
    for (const batch of batchesOf(partitions)) {
      const rows = rowsOf(batch);
      const alone = batch.length === 1;
      if (!alone) {
        engine.execute(`CREATE OR REPLACE TEMP TABLE ${sorted} AS ${rows} ORDER BY ${ordinal}`);
      }
      for (const partition of batch) {
        await writePartition(engine, request, partition, alone ? `(${rows})` : sorted, files);
      }
    }
    return files;
  } finally {
    engine.execute(`DROP TABLE IF EXISTS ${sorted}`);
    close();
  }
}

/** Neighbouring partitions, together no more than {@link maxSortedRows} unless there is only one. */
function batchesOf(partitions: readonly Partition[]): Partition[][] {
  const batches: Partition[][] = [];
  let rows = 0;
  for (const partition of partitions) {
    const batch = batches.at(-1);
    rows += partition.rows;
    if (batch && rows <= maxSortedRows) {
      batch.push(partition);
    } else {
      batches.push([partition]);
      rows = partition.rows;
    }
  }
  return batches;
}

/** Writes the rows of one partition out of `relation` and adds the files to `files`. */
async function writePartition(
  engine: Engine,
  request: WriteRequest,
  partition: Partition,
  relation: string,
  files: DataFile[],
): Promise<void> {
  const { schema, properties } = request;
  const target = Number(properties['write.target-file-size-bytes'] ?? defaultTargetBytes);
  const limit = Math.min(target, maxFileBytes);
  const stored = storedSchema(schema).fields;
  const columns = stored.map(({ name }) => quoted(name)).join(', ');
  const items = sortItems(request);
  const order = items.length === 0 ? '' : ` ORDER BY ${items.join(', ')}`;
  const rows = `SELECT ${columns} FROM ${relation} AS r WHERE ${ordinal} = ${partition.ordinal}${order}`;
  let batches: Uint8Array[] = [];
  let bytes = 0;
  for (const batch of engine.stream(rows)) {
    batches.push(batch);
    bytes += batch.length;
    if (bytes < limit) continue;
    files.push(await writeFile(request, partition, batches, files.length + 1));
    batches = [];
    bytes = 0;
  }
  if (batches.length > 0) {
    files.push(await writeFile(request, partition, batches, files.length + 1));
  }
}

function sortItems({ schema, sortOrder }: WriteRequest): string[] {
  return (sortOrder && orderItems(sortOrder, schema, 'r')) ?? [];
}

async function writeFile(
  request: WriteRequest,
  { values }: Partition,
  batches: readonly Uint8Array[],
  count: number,
): Promise<DataFile> {
  const { schema, spec, properties, table, newFileName, io, sortOrder } = request;
  const stored = storedSchema(schema);
  const file = await writeParquet(joinStream(arrowSchema(engineSchema(stored)), batches), {
    schema: stored,
    properties,
  });
  const path = dataLocation(table, partitionPath(spec, schema, values), newFileName(count));
  await io.create(path, file.bytes);
  return {
    content: content.data,
    file_path: path,
    file_format: 'PARQUET',
    partition: values,
    record_count: file.rows,
    file_size_in_bytes: file.bytes.length,
    ...buildMetrics(schema, properties, file.columns, sortOrder),
    split_offsets: file.splitOffsets,
    sort_order_id: sortItems(request).length === 0 ? 0 : (sortOrder?.['order-id'] ?? 0),
  };
}
