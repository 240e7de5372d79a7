import type { Change } from '../iceberg/change.ts';
import { commit, type CommitResult } from '../iceberg/commit.ts';
import { summarizeFile } from '../iceberg/file-summary.ts';
import { content } from '../iceberg/manifest-types.ts';
import { deletePaths, OwnFiles } from '../iceberg/own-files.ts';
import type { ChangedFile } from '../iceberg/snapshot-summary.ts';
import { summarizeBase, type Table } from '../iceberg/table.ts';
import { commitContext, type ToolContext } from './job-context.ts';

/** What a job wrote into one table and how its commit ended. */
export interface Written {
  commit: CommitResult;
  /** Rows that the job itself made. */
  rows: number;
  /** Data and delete files. */
  files: number;
}

/** Files that a job has written and no table knows yet. */
export interface NewFiles {
  files: readonly ChangedFile[];
  /** What writing them took. */
  ms: number;
}

/**
 * Runs `work` with a context whose created files are deleted again if it throws: nobody will commit them. Throws what
 * `work` throws.
 */
export async function discarding<Context extends ToolContext, T>(
  context: Context,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const files = new OwnFiles(context.ports.io);
  const io = {
    ...context.ports.io,
    create: (path: string, bytes: Uint8Array) => files.create(path, bytes),
  };
  try {
    return await work({ ...context, ports: { ...context.ports, io } });
  } catch (thrown) {
    await deletePaths(context.ports.io, files.except(new Set()));
    throw thrown;
  }
}

/** Tells of the files and commits the change that adds them. If that is rejected, they are deleted again. */
export async function commitFiles(
  context: ToolContext,
  table: Table,
  { files, ms }: NewFiles,
  change: Change,
): Promise<CommitResult> {
  const { metadata, name } = table;
  const summaries = (wanted: readonly ChangedFile[]) =>
    wanted.map((file) => summarizeFile(metadata, file));
  const isData = ({ data_file: file }: ChangedFile) => file.content === content.data;
  const deletes = files.filter((file) => !isData(file));
  await context.gate(name, 0, {
    stop: 'data-written',
    base: summarizeBase(table),
    files: summaries(files.filter(isData)),
    ...(deletes.length === 0 ? {} : { deletes: summaries(deletes) }),
    ms,
  });
  return commit(commitContext(context, name), table, change, {
    protocol: context.protocol,
    dataFiles: files.map(({ data_file: file }) => file.file_path),
  });
}
