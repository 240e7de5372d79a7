import type { CommitContext } from '../../src/iceberg/context.ts';
import { createTable } from '../../src/iceberg/create-table.ts';
import type { FileIO, TableName } from '../../src/iceberg/ports.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import { loadTable } from '../../src/iceberg/table.ts';
import { runToolJob } from '../../src/job/run-tool-job.ts';
import { dropPointer } from '../../src/storage/catalog.ts';
import type { Database } from '../../src/storage/database.ts';
import { filesInFlight } from '../../src/storage/in-flight.ts';
import { deletionQueue, leasedSnapshots, withOrphans } from '../../src/storage/locks.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import type { TableFile } from '../../src/workbench/api.ts';
import { importTable } from '../../src/workbench/import-table.ts';
import { setBack } from '../../src/workbench/set-back.ts';
import { definitionAt } from '../iceberg/every-operation.ts';
import { toolJob, workflowOf } from '../lab/jobs/workflow.ts';
import { locationOf } from './crash-plan.ts';

/** What a tool works on. */
export interface ToolWork {
  context: CommitContext;
  db: Database;
  name: TableName;
  location: string;
}

/** The table that is imported under other names. */
export const imported = 'crash:imported/t';

/** Runs `dataos-tool dataset` with these words. */
async function runTool({ context, db, name }: ToolWork, ...words: string[]): Promise<void> {
  const [job] = workflowOf(toolJob('tool', ...words, '--address', `dataos://${name}`)).jobs;
  if (job?.stack.kind !== 'tool') throw new Error('no tool');
  const gate = () => Promise.resolve();
  const warn = () => undefined;
  await runToolJob({ job: 'tool', protocol: 'queued', db, ports: context, gate, warn }, job.stack);
}

/** The files of the table to import as a user gives them. */
async function givenFiles(io: FileIO, location: string): Promise<TableFile[]> {
  const files = await io.list(`${location}/`);
  return Promise.all(
    files.map(async ({ path }) => ({
      path: path.slice(location.lastIndexOf('/') + 1),
      content: new Blob([(await io.read(path)) as Uint8Array<ArrayBuffer>]),
    })),
  );
}

/** What changes a table or the catalog and is no commit to a table that is there. */
export const everyTool: Record<string, (work: ToolWork) => Promise<unknown>> = {
  'create table': ({ context, name, location }) =>
    createTable(context, name, definitionAt(location)),
  import: async ({ context, name }) => {
    const files = await givenFiles(opfsFileIO(), locationOf(imported));
    await importTable(context, name, files, () => Promise.reject(new Error('no deletes')));
  },
  'set-metadata': (work) => runTool(work, 'set-metadata', '--version', 'latest'),
  drop: (work) => runTool(work, 'drop'),
  'drop with purge': (work) => runTool(work, 'drop', '--purge', 'true'),
  'set back': async ({ context, db, name }) => {
    const { metadata } = await loadTable({ ...context, io: opfsFileIO() }, name);
    const location = metadata['metadata-log'].at(-1)?.['metadata-file'] ?? null;
    const drop = (table: TableName) => dropPointer(db, table);
    await setBack({ ...context, deletions: deletionQueue, drop }, [{ table: name, location }]);
  },
  remove_orphans: ({ context, name }) =>
    withOrphans(name, () =>
      removeOrphans(context, name, {
        olderThan: Infinity,
        inFlight: filesInFlight,
        leased: () => leasedSnapshots(name),
      }),
    ),
};
