import { tableName } from '../flare/address.ts';
import type { ToolJob } from '../flare/workflow.ts';
import { commit, type CommitResult } from '../iceberg/commit.ts';
import { loadTable } from '../iceberg/table.ts';
import { register } from '../storage/registrations.ts';
import { commitContext, type ToolContext } from './job-context.ts';
import { resolveVersion } from './set-metadata.ts';
import { changeByTool } from './table-tool.ts';

/**
 * Does what `dataos-tool dataset <tool>` does; `null` if that is no commit. `set-metadata` moves the registered version
 * and never the pointer. Throws what is wrong with the table or the flags.
 */
export async function runToolJob(context: ToolContext, job: ToolJob): Promise<CommitResult | null> {
  const table = await loadTable(context.ports, tableName(job.address));
  if (job.tool === 'set-metadata') {
    const { location } = resolveVersion(table, job.flags.version ?? 'latest');
    await register(context.db, table.name, location);
    return null;
  }
  return commit(commitContext(context, table.name), table, changeByTool(job.tool, job, table), {
    protocol: context.protocol,
  });
}
