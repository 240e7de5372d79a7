import { commit } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import { compare } from '../../src/iceberg/expression.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { content } from '../../src/iceberg/manifest-types.ts';
import { overwriteFiles } from '../../src/iceberg/overwrite-files.ts';
import { rowDelta } from '../../src/iceberg/row-delta.ts';
import { liveFiles } from '../../src/iceberg/scan.ts';
import type { ChangedFile } from '../../src/iceberg/snapshot-summary.ts';
import type { Isolation } from '../../src/iceberg/stop.ts';
import { currentSnapshot, loadTable, summarizeBase, type Table } from '../../src/iceberg/table.ts';
import { encodeValue } from '../../src/iceberg/value.ts';
import type { Writer } from '../../src/race/explorer/script.ts';
import { commitChange, exploredTable, replaces, writes } from '../../src/race/explorer/writers.ts';

/** Which row is deleted, and how. */
interface RowDeletion {
  /** One of the first file of this partition, if there is one. */
  partition: string;
  isolation: Isolation;
  /** Whether by a file of one row in place of its file (copy-on-write), or else by a delete file (merge-on-read). */
  copy: boolean;
}

/** Deletes a row. */
export function deletesRow({ copy, isolation, partition }: RowDeletion): Writer {
  const conflictFilter = compare('p', '==', partition);
  const validationOn = ({ metadata }: Table) => {
    const since = currentSnapshot(metadata)?.['snapshot-id'] ?? null;
    return { isolation, since, conflictFilter };
  };
  if (copy) {
    return writes({ [partition]: 1 }, async (written) => {
      const { context, files, table } = written;
      const remove = await firstFile(context, table, partition);
      const validation = validationOn(table);
      return commitChange(written, overwriteFiles(table, { remove, add: files }, validation));
    });
  }
  return async (context, protocol) => {
    const { io, random, gate } = context;
    const table = await loadTable(context, exploredTable);
    const [file] = await firstFile(context, table, partition);
    if (file === undefined) return replaces({})(context, protocol);
    const path = `${table.metadata.location}/data/p=${partition}/${random.uuid()}-deletes`;
    await io.create(path, Uint8Array.of(0));
    const deletes = [{ path, bytes: 1, rows: 1 }];
    await gate(0, { stop: 'data-written', base: summarizeBase(table), files: [], deletes, ms: 0 });
    const add = [deleteFile(path, file, table)];
    const change = rowDelta({ add }, { ...validationOn(table), command: 'delete' });
    return commit(context, table, change, { protocol, dataFiles: [path] });
  };
}

async function firstFile({ io }: CommitContext, { metadata }: Table, partition: string) {
  const { data } = await liveFiles(new ManifestReader(io), metadata, currentSnapshot(metadata));
  return data.filter((file) => file.data_file.partition[0] === partition).slice(0, 1);
}

/** The field `file_path` of position deletes, by whose bounds their one data file is known. */
const filePathId = 2147483546;

function deleteFile(path: string, { spec_id, data_file }: ChangedFile, { metadata }: Table) {
  const bounds = new Map([[filePathId, encodeValue('string', data_file.file_path)]]);
  const common = {
    content: content.positionDeletes,
    file_path: path,
    partition: data_file.partition,
    record_count: 1,
    file_size_in_bytes: 1,
  };
  const vector = {
    file_format: 'PUFFIN',
    referenced_data_file: data_file.file_path,
    content_offset: 4,
    content_size_in_bytes: 1,
  };
  const parquet = { file_format: 'PARQUET', lower_bounds: bounds, upper_bounds: bounds };
  const isVector = metadata['format-version'] === 3;
  return { spec_id, data_file: { ...common, ...(isVector ? vector : parquet) } };
}
