import { commit } from '../../src/iceberg/commit.ts';
import type { Stop } from '../../src/iceberg/stop.ts';
import { loadTable } from '../../src/iceberg/table.ts';
import { claimingFileIO } from '../../src/storage/in-flight.ts';
import { holdJobLock, withExclusiveSnapshot } from '../../src/storage/locks.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import { everyOperation, seedTable } from '../iceberg/every-operation.ts';
import { openContext, type CrashCommand, type CrashMessage } from './crash-plan.ts';

const post = (message: CrashMessage) => self.postMessage(message);

/** Does one operation on a table, which it makes first, as a job does; stays for ever at the stop where it is to be killed. */
self.onmessage = async ({ data }: MessageEvent<CrashCommand>) => {
  await holdJobLock('crash', data.table);
  const stops: Stop[] = [];
  const { io } = claimingFileIO(opfsFileIO());
  const context = await openContext(io, async (_attempt, { stop }) => {
    stops.push(stop);
    if (stop !== data.killAt) return;
    post({ met: stop });
    await new Promise<void>((release) => {
      self.onmessage = () => release();
    });
  });
  const location = `opfs:///warehouse/${data.table.replace(':', '/')}`;
  const table =
    (await loadTable(context, data.table).catch(() => null)) ??
    (await seedTable({ ...context, gate: () => Promise.resolve() }, data.table, location));
  const change = await everyOperation[data.operation]?.({
    context,
    table,
    expiry: { withExclusive: (id, work) => withExclusiveSnapshot(table.name, id, work) },
  });
  if (change === undefined) throw new Error(`No operation ${data.operation}`);
  const result = await commit(context, table, change, { protocol: 'queued' });
  post({ ended: result.outcome, stops });
};
