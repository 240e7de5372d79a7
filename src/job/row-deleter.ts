import { quoted } from '../engine/types.ts';
import { writeDeletionVector, writePositionDeletes } from '../engine/write-deletes.ts';
import { dataLocation } from '../iceberg/data-location.ts';
import { referencedDataFile } from '../iceberg/delete-index.ts';
import type { Match } from '../iceberg/expression-match.ts';
import type { ManifestEntry } from '../iceberg/manifest-types.ts';
import { partitionPath } from '../iceberg/partition-spec.ts';
import type { FileScanTask } from '../iceberg/scan.ts';
import type { ChangedFile } from '../iceberg/snapshot-summary.ts';
import { schemaOfSpec, specById, type Table } from '../iceberg/table.ts';
import type { JobContext } from './job-context.ts';
import { RowRewriter } from './rewrite-rows.ts';
import type { Condition } from './statements.ts';

/** How deleted rows are taken out of files (Iceberg's `write.delete.mode`). */
export type DeleteMode = 'copy-on-write' | 'merge-on-read';

/** A file to read, and how many of its rows match as far as its partition and bounds tell. */
export interface MatchedTask extends FileScanTask {
  match: Match;
}

/** The name that a delete's condition has for the table. */
export const target = 'target';

const rowsOfFile = quoted('rows of a matched file');
const matches = quoted('positions that match');

/** What a delete adds to a table and takes out of it. */
export class RowDeleter {
  readonly add: ChangedFile[] = [];
  readonly remove: ManifestEntry[] = [];
  readonly #context: JobContext;
  readonly #table: Table;
  readonly #condition: Condition;
  readonly #mode: DeleteMode;
  readonly #rewriter: RowRewriter;

  constructor(context: JobContext, table: Table, condition: Condition, mode: DeleteMode) {
    this.#context = context;
    this.#table = table;
    this.#condition = condition;
    this.#mode = mode;
    this.#rewriter = new RowRewriter(context, table);
  }

  /** Deletes the matching rows of a file: the file goes if no row is left, else its rows are written again or marked. */
  async deleteFrom(task: MatchedTask): Promise<void> {
    const { engine } = this.#context;
    if (task.match === 'all') {
      this.remove.push(task.file);
      return;
    }
    await this.#rewriter.load(task, 'rows of a matched file');
    this.#condition.run((sql) =>
      engine.execute(
        `CREATE OR REPLACE TEMP TABLE ${matches} AS SELECT rowid AS pos FROM ${rowsOfFile} AS ${target} WHERE ${sql}`,
      ),
    );
    const [matching, live] = [this.#count(matches), this.#count(rowsOfFile)];
    if (matching === live) this.remove.push(task.file);
    else if (matching > 0) await this.#deleteSome(task);
    engine.execute(`DROP TABLE ${matches}; DROP TABLE ${rowsOfFile}`);
  }

  async #deleteSome(task: MatchedTask): Promise<void> {
    const kept = `FROM ${rowsOfFile} WHERE rowid NOT IN (FROM ${matches})`;
    if (this.#mode === 'copy-on-write') {
      this.add.push(...(await this.#rewriter.write(kept)));
      this.remove.push(task.file);
      return;
    }
    const { metadata } = this.#table;
    const asPositions = metadata['format-version'] < 3;
    const request = {
      file: task.file,
      path: this.#pathFor(task.file, asPositions ? 'parquet' : 'puffin'),
      properties: metadata.properties,
      io: this.#context.ports.io,
    };
    if (asPositions) {
      await this.#addDeletes(task.file, writePositionDeletes, {
        ...request,
        positions: `FROM ${matches}`,
      });
      return;
    }
    // A deletion vector replaces what was said before of the same file.
    const positions = `
      SELECT pos FROM range(${task.file.data_file.record_count}) AS r(pos)
      WHERE pos NOT IN (SELECT rowid ${kept})`;
    await this.#addDeletes(task.file, writeDeletionVector, { ...request, positions });
    this.remove.push(...task.deletes.filter((entry) => referencedDataFile(entry) !== null));
  }

  async #addDeletes(
    { spec_id: specId }: ManifestEntry,
    write: typeof writePositionDeletes,
    request: Parameters<typeof writePositionDeletes>[1],
  ): Promise<void> {
    this.add.push({ spec_id: specId, data_file: await write(this.#context.engine, request) });
  }

  /** A new delete file about a data file goes where that file's partition has its files. */
  #pathFor({ spec_id: specId, data_file: file }: ManifestEntry, ending: string): string {
    const { metadata } = this.#table;
    const spec = specById(metadata, specId);
    const folder = partitionPath(spec, schemaOfSpec(metadata, spec), file.partition);
    return dataLocation(metadata, folder, `${this.#rewriter.newName()}-deletes.${ending}`);
  }

  #count(relation: string): number {
    const { rows } = this.#context.engine.query(`SELECT count(*) AS n FROM ${relation}`);
    return Number(rows[0]?.n);
  }
}
