import { openEngine, type Engine } from '../../src/engine/duckdb.ts';
import { schemaOf } from '../../src/engine/types.ts';
import { writePartitions } from '../../src/engine/write.ts';
import { append } from '../../src/iceberg/append.ts';
import type { Change } from '../../src/iceberg/change.ts';
import { commit } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import { createTable } from '../../src/iceberg/create-table.ts';
import { buildPartitionSpec, type PartitionRequest } from '../../src/iceberg/partition-spec.ts';
import type { TableName } from '../../src/iceberg/ports.ts';
import type { Protocol } from '../../src/iceberg/stop.ts';
import { currentSchema, loadTable, specById, type Table } from '../../src/iceberg/table.ts';
import type { Schema } from '../../src/iceberg/table-metadata.ts';
import type { ChangedFile } from '../../src/iceberg/snapshot-summary.ts';
import { addressOf } from '../../src/workbench/relation-name.ts';
import { indexedDbCatalog } from '../../src/storage/catalog.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { webLockQueue } from '../../src/storage/locks.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import { SeededRandom } from '../../src/iceberg/memory.ts';

/** A writer of real tables into the browser's storage. */
export class TableWriter {
  readonly context: CommitContext;
  readonly db: Database;
  readonly #engine: Engine;

  private constructor(engine: Engine, db: Database) {
    this.#engine = engine;
    this.db = db;
    this.context = {
      io: opfsFileIO(),
      catalog: indexedDbCatalog(db),
      clock: { now: Date.now, sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)) },
      random: new SeededRandom(Date.now()),
      queue: webLockQueue(),
      gate: () => Promise.resolve(),
    };
  }

  static async open(): Promise<TableWriter> {
    return new TableWriter(await openEngine(), await openDatabase());
  }

  /** Creates an empty table with the columns of a query. */
  create(name: TableName, sql: string, partition: PartitionRequest[] = []): Promise<Table> {
    return this.createFrom(name, schemaOf(this.#engine.describe(sql)), 2, partition);
  }

  /** Creates an empty table of that format version. */
  async createFrom(
    name: TableName,
    schema: Schema,
    formatVersion: 1 | 2 | 3,
    partition: PartitionRequest[] = [],
  ): Promise<Table> {
    const { depot, collection, dataset } = addressOf(name);
    const { table } = await createTable(this.context, name, {
      location: `opfs:///warehouse/${depot}/${collection}/${dataset}`,
      schema,
      spec: buildPartitionSpec(schema, partition),
      properties: { 'write.metadata.compression-codec': 'gzip' },
      formatVersion,
    });
    return table;
  }

  /** Appends a query's rows; answers the snapshot's id as text. */
  append(name: TableName, sql: string): Promise<string> {
    return this.change(name, sql, (files) => append(files));
  }

  /** Writes a query's rows and commits what is made of the files. */
  async change(
    name: TableName,
    sql: string,
    changeOf: (files: ChangedFile[], table: Table) => Change,
    protocol: Protocol = 'queued',
  ): Promise<string> {
    const table = await loadTable(this.context, name);
    const { metadata } = table;
    const spec = specById(metadata, metadata['default-spec-id']);
    this.#engine.execute(`CREATE OR REPLACE TABLE source AS ${sql}`);
    const operation = crypto.randomUUID();
    const files = await writePartitions(this.#engine, {
      view: 'source',
      schema: currentSchema(metadata),
      spec,
      properties: metadata.properties,
      table: metadata,
      newFileName: (count) => `${operation}-${String(count)}.parquet`,
      io: this.context.io,
    });
    const added = files.map((file) => ({ spec_id: spec['spec-id'], data_file: file }));
    const result = await commit(this.context, table, changeOf(added, table), { protocol });
    if (result.outcome !== 'committed') throw result.error;
    return String(result.snapshotId);
  }

  /** A query's columns, and its rows as an Arrow stream. */
  arrow(sql: string) {
    const rows = this.#engine.query(sql).rows.length;
    return { columns: this.#engine.describe(sql), rows, stream: this.#engine.queryArrow(sql) };
  }

  close(): void {
    this.#engine.close();
    this.db.close();
  }
}
