import { commit } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import type { Stop } from '../../src/iceberg/stop.ts';
import { loadTable, type Table } from '../../src/iceberg/table.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { claimingFileIO } from '../../src/storage/in-flight.ts';
import { holdJobLock, leasedSnapshots, withExclusiveSnapshot } from '../../src/storage/locks.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import { everyOperation, seedTable } from '../iceberg/every-operation.ts';
import { countedCatalog, countedFiles } from './counted-ports.ts';
import { locationOf, openContext, type CrashCommand, type CrashMessage } from './crash-plan.ts';
import { everyTool } from './every-tool.ts';

const post = (message: CrashMessage) => self.postMessage(message);

self.onmessage = ({ data }: MessageEvent<CrashCommand>) => {
  // A rejection that nobody handles is not told to the page, an error is.
  run(data).catch((thrown: unknown) => setTimeout(() => reportError(thrown)));
};

/** Does one operation as a job does, on a table that it makes if need be; stays for ever where it is to be killed. */
async function run({ table: name, operation, killAt }: CrashCommand): Promise<void> {
  await holdJobLock('crash', name);
  const stops: Stop[] = [];
  const stay = async (met: Stop | number) => {
    post({ met, stops });
    await new Promise<void>((release) => {
      self.onmessage = () => release();
    });
  };
  const tool = everyTool[operation];
  if (tool === undefined) {
    const { io } = claimingFileIO(opfsFileIO());
    const context = await openContext(io, async (_attempt, { stop }) => {
      stops.push(stop);
      if (stop === killAt) await stay(stop);
    });
    const table =
      (await loadTable(context, name).catch(() => null)) ??
      (await seedTable({ ...context, gate: () => Promise.resolve() }, name, locationOf(name)));
    const ended = await commitOperation(context, table, operation);
    post({ ended, stops, moments: 0 });
    return;
  }
  let moments = 0;
  const pass = async (halfWay: () => Promise<void> = () => Promise.resolve()) => {
    const moment = ++moments;
    if (moment !== killAt) return;
    await halfWay();
    await stay(moment);
  };
  const { io } = claimingFileIO(countedFiles(opfsFileIO(), pass));
  const plain = await openContext(io);
  const context = { ...plain, catalog: countedCatalog(plain.catalog, pass) };
  await tool({ context, db: await openDatabase(), name, location: locationOf(name) });
  await pass();
  post({ ended: 'done', stops, moments });
}

async function commitOperation(
  context: CommitContext,
  table: Table,
  operation: string,
): Promise<string> {
  const { name } = table;
  const change = await everyOperation[operation]?.({
    context,
    table,
    expiry: {
      withExclusive: (id, work) => withExclusiveSnapshot(name, id, work),
      leased: () => leasedSnapshots(name),
    },
  });
  if (change === undefined) throw new Error(`No operation ${operation}`);
  return (await commit(context, table, change, { protocol: 'queued' })).outcome;
}
