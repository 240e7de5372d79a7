import { commit } from '../../src/iceberg/commit.ts';
import { loadTable } from '../../src/iceberg/table.ts';
import { claimingFileIO } from '../../src/storage/in-flight.ts';
import { holdJobLock } from '../../src/storage/locks.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import { buildPlan, openContext, type CrashCommand, type CrashMessage } from './crash-plan.ts';

const post = (message: CrashMessage) => self.postMessage(message);

/** Does one operation on a table as a job does, and stays for ever at the stop where it is to be killed. */
self.onmessage = async ({ data }: MessageEvent<CrashCommand>) => {
  await holdJobLock('crash', data.table);
  const { io } = claimingFileIO(opfsFileIO());
  const context = await openContext(io, async (_attempt, { stop }) => {
    if (stop !== data.killAt) return;
    post({ met: stop });
    await new Promise<void>((release) => {
      self.onmessage = () => release();
    });
  });
  const table = await loadTable(context, data.table);
  const change = await buildPlan(context, table, data.operation);
  const result = await commit(context, table, change, { protocol: 'queued' });
  post({ ended: result.outcome });
};
