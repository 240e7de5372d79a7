import { tableName } from '../flare/address.ts';
import type { ToolJob } from '../flare/workflow.ts';
import { commit, type CommitResult } from '../iceberg/commit.ts';
import type { Registration } from '../iceberg/stop.ts';
import { loadTable } from '../iceberg/table.ts';
import { register } from '../storage/registrations.ts';
import { commitContext, type ToolContext } from './job-context.ts';
import { checkVersion, resolveVersion } from './set-metadata.ts';
import { changeByTool } from './table-tool.ts';

/** What a tool did: a commit, or a registration, which is none. */
export type ToolResult = { commit: CommitResult } | { registered: Registration };

/**
 * Does what `dataos-tool dataset <tool>` does. `set-metadata` moves the registered version and never the pointer.
 * Throws what is wrong with the table or the flags.
 */
export async function runToolJob(context: ToolContext, job: ToolJob): Promise<ToolResult> {
  const table = await loadTable(context.ports, tableName(job.address));
  if (job.tool === 'set-metadata') {
    const found = resolveVersion(table, job.flags.version ?? 'latest');
    await checkVersion(context.ports.io, table, found);
    await register(context.db, table.name, found.location);
    return { registered: { table: table.name, ...found, latest: table.pointer.version } };
  }
  const change = await changeByTool(job.tool, job, table, context.ports.io);
  const { protocol } = context;
  return { commit: await commit(commitContext(context, table.name), table, change, { protocol }) };
}
