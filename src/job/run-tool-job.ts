import { IcejamError } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import { tableName } from '../flare/address.ts';
import type { ToolJob } from '../flare/workflow.ts';
import { loadTable } from '../iceberg/table.ts';
import { register } from '../storage/registrations.ts';
import type { JobContext } from './job-context.ts';
import { resolveVersion } from './set-metadata.ts';

/** Does what `dataos-tool dataset <tool>` does. Throws what is wrong with the table or the flags. */
export async function runToolJob(context: JobContext, job: ToolJob): Promise<void> {
  const table = await loadTable(context.ports, tableName(job.address));
  switch (job.tool) {
    case 'set-metadata': {
      const { location } = resolveVersion(table, job.flags.version ?? 'latest');
      await register(context.db, table.name, location);
      return;
    }
    case 'update-partition':
    case 'add-column':
    case 'drop-column':
      throw new IcejamError('Unsupported', `dataos-tool dataset ${job.tool} does not run here.`, {
        range: job.range,
        remedy: 'Use set-metadata, or change the table in another engine.',
      });
    default:
      exhaustive(job.tool);
  }
}
