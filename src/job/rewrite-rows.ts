import { loadLiveRows } from '../engine/live-rows.ts';
import { unreadableColumn } from '../engine/scan.ts';
import { isReadable, quoted } from '../engine/types.ts';
import { writePartitions } from '../engine/write.ts';
import { IcejamError } from '../error.ts';
import { lineageFields, rewriteSchema } from '../iceberg/row-lineage.ts';
import type { FileScanTask } from '../iceberg/scan.ts';
import type { ChangedFile } from '../iceberg/snapshot-summary.ts';
import { currentSchema, specById, type Table } from '../iceberg/table.ts';
import type { Schema, SortOrder } from '../iceberg/table-metadata.ts';
import type { JobContext } from './job-context.ts';

const ofFile = 'rows of an old file';

/** Rewrites rows of one table's files into new files; every file that it writes has a name of its own. */
export class RowRewriter {
  /** The columns of the rows. */
  readonly schema: Schema;
  readonly #context: JobContext;
  readonly #table: Table;
  readonly #operationId: string;
  #files = 0;

  /** Throws `Unsupported` for a table with a column whose values would be lost. */
  constructor(context: JobContext, table: Table) {
    const { metadata } = table;
    this.#context = context;
    this.#table = table;
    this.#operationId = context.ports.random.uuid();
    this.schema = rewriteSchema(metadata, currentSchema(metadata));
    const lost = this.schema.fields.find(({ type }) => !isReadable(type));
    if (lost === undefined) return;
    const { message } = unreadableColumn(lost);
    throw new IcejamError('Unsupported', `Cannot write rows of ${table.name} again. ${message}`, {
      context: { table: table.name, column: lost.name },
      remedy: 'Do this in another engine that knows the type, such as Spark 4.',
    });
  }

  /** A path in the table's data folder that no other file has, without its ending. */
  newName(): string {
    this.#files += 1;
    return `00000-0-${this.#operationId}-${String(this.#files).padStart(5, '0')}`;
  }

  /**
   * Loads the live rows of a task's file into the new table `into`, where a row's `rowid` is its position in the file.
   * From format version 3 on each row has the id and the sequence number that it has in the file.
   */
  async load(task: FileScanTask, into: string): Promise<void> {
    const { engine, ports } = this.#context;
    const { metadata } = this.#table;
    await loadLiveRows(engine, ports.io, metadata, task, { schema: this.schema, into });
    if (metadata['format-version'] < 3) return;
    const { rowId, lastUpdated } = lineageFields;
    const { data_file: file, sequence_number: sequenceNumber } = task.file;
    const first = file.first_row_id;
    engine.execute(`
      UPDATE ${quoted(into)} SET
        ${rowId.name} = coalesce(${rowId.name}, ${first === undefined ? 'NULL' : `${first} + rowid`}),
        ${lastUpdated.name} = coalesce(${lastUpdated.name}, ${sequenceNumber})`);
  }

  /** Loads the live rows of all these tasks into the new table `into`, in their order; answers how many there are. */
  async loadAll(tasks: readonly FileScanTask[], into: string): Promise<number> {
    const { engine } = this.#context;
    engine.execute(`DROP TABLE IF EXISTS ${quoted(into)}`);
    for (const [index, task] of tasks.entries()) {
      await this.load(task, ofFile);
      const target =
        index === 0 ? `CREATE TEMP TABLE ${quoted(into)} AS` : `INSERT INTO ${quoted(into)}`;
      engine.execute(`${target} FROM ${quoted(ofFile)}`);
    }
    engine.execute(`DROP TABLE ${quoted(ofFile)}`);
    return Number(engine.query(`SELECT count(*) AS n FROM ${quoted(into)}`).rows[0]?.n);
  }

  /** Writes the rows of a query under the table's current spec, each partition in its own files. */
  async write(rows: string, sortOrder?: SortOrder): Promise<ChangedFile[]> {
    const { engine, ports } = this.#context;
    const { metadata } = this.#table;
    const spec = specById(metadata, metadata['default-spec-id']);
    const view = 'rows to write again';
    engine.execute(`CREATE OR REPLACE TEMP VIEW ${quoted(view)} AS ${rows}`);
    const properties = { ...metadata.properties };
    // The caller has cut the rows to the size that is wanted of Parquet; the writer would cut them by their size as Arrow.
    delete properties['write.target-file-size-bytes'];
    const files = await writePartitions(engine, {
      view,
      schema: this.schema,
      spec,
      properties,
      ...(sortOrder && { sortOrder }),
      table: metadata,
      newFileName: () => `${this.newName()}.parquet`,
      io: ports.io,
    });
    return files.map((file) => ({ spec_id: spec['spec-id'], data_file: file }));
  }
}
