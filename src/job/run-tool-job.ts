import { tableName } from '../flare/address.ts';
import { type ReadingCommand, readingCommands, type ToolCommand } from '../flare/tool-commands.ts';
import type { ToolJob } from '../flare/workflow.ts';
import { commit, type CommitResult } from '../iceberg/commit.ts';
import type { Registration } from '../iceberg/stop.ts';
import { loadTable, snapshotById } from '../iceberg/table.ts';
import type { Told } from '../race/report.ts';
import { listPointers } from '../storage/catalog.ts';
import { leaseVersion } from '../storage/lease.ts';
import { register } from '../storage/registrations.ts';
import { dropTable } from './drop-table.ts';
import { commitContext, type ToolContext } from './job-context.ts';
import { expiredVersion, readVersion, resolveVersion } from './set-metadata.ts';
import { changeByTool } from './table-tool.ts';
import { tellTable, tellTables } from './tell-table.ts';

/** What a tool did: a commit, or what is none. */
export type ToolResult =
  | { did: 'commit'; commit: CommitResult }
  | { did: 'register'; registered: Registration }
  | { did: 'drop'; dropped: { table: string; purged: boolean } }
  | { did: 'tell'; told: Told };

/**
 * Does what `dataos-tool dataset <tool>` does. `set-metadata` moves the registered version and never the pointer.
 * Throws what is wrong with the table or the flags.
 */
export async function runToolJob(context: ToolContext, job: ToolJob): Promise<ToolResult> {
  const { ports } = context;
  const { tool, flags } = job;
  const name = tableName(job.address);
  if (isReading(tool)) return { did: 'tell', told: await tell(context, tool, job) };
  if (tool === 'drop') {
    const purge = flags.purge?.toLowerCase() === 'true';
    await dropTable(context, name, { purge });
    return { did: 'drop', dropped: { table: name, purged: purge } };
  }
  if (tool === 'set-metadata') {
    return { did: 'register', registered: await registerVersion(context, job) };
  }
  const table = await loadTable(ports, name);
  const change = await changeByTool(tool, job, table, ports.io);
  const { protocol } = context;
  return {
    did: 'commit',
    commit: await commit(commitContext(context, name), table, change, { protocol }),
  };
}

const isReading = (tool: ToolCommand): tool is ReadingCommand =>
  readingCommands.some((each) => each === tool);

async function tell(
  { db, ports }: ToolContext,
  tool: ReadingCommand,
  { address }: ToolJob,
): Promise<Told> {
  if (tool !== 'list') return tellTable(tool, await loadTable(ports, tableName(address)));
  const names = (await listPointers(db)).map(({ table }) => table);
  return tellTables(names, `${address.depot}:${address.collection}`);
}

/** The snapshot that the version shows is leased until it is registered, and kept by its registration from then on. */
async function registerVersion({ db, ports }: ToolContext, job: ToolJob): Promise<Registration> {
  const find = async () => {
    const table = await loadTable(ports, tableName(job.address));
    const asked = resolveVersion(table, job.flags.version ?? 'latest');
    const shown = (await readVersion(ports.io, table, asked))['current-snapshot-id'];
    if (shown !== null && snapshotById(table.metadata, shown) === undefined) {
      throw expiredVersion(table, asked, shown);
    }
    return { ...table, asked, shown };
  };
  const { version, release } = await leaseVersion(tableName(job.address), find, ({ shown }) =>
    shown === null ? [] : [shown],
  );
  const { name, asked, pointer } = version;
  try {
    await register(db, name, asked.location);
  } finally {
    release();
  }
  return { table: name, ...asked, latest: pointer.version };
}
