import { tableName } from '../flare/address.ts';
import { type ReadingCommand, readingCommands, type ToolCommand } from '../flare/tool-commands.ts';
import type { ToolJob } from '../flare/workflow.ts';
import { commit, type CommitResult } from '../iceberg/commit.ts';
import type { Registration } from '../iceberg/stop.ts';
import { loadTable } from '../iceberg/table.ts';
import type { Told } from '../race/report.ts';
import { listPointers } from '../storage/catalog.ts';
import { register } from '../storage/registrations.ts';
import { dropTable } from './drop-table.ts';
import { commitContext, type ToolContext } from './job-context.ts';
import { checkVersion, resolveVersion } from './set-metadata.ts';
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
  const table = await loadTable(ports, name);
  if (tool === 'set-metadata') {
    const found = resolveVersion(table, flags.version ?? 'latest');
    await checkVersion(ports.io, table, found);
    await register(context.db, name, found.location);
    const registered = { table: name, ...found, latest: table.pointer.version };
    return { did: 'register', registered };
  }
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
