import type { ExplorerMethods } from '../race/explorer/api.ts';
import { RemoteWorker } from '../rpc.ts';

/** Starts a worker that runs schedules. */
export function startExplorer(): RemoteWorker<ExplorerMethods> {
  return new RemoteWorker(
    new Worker(new URL('../../workers/explorer.ts', import.meta.url), {
      type: 'module',
      name: 'explorer',
    }),
  );
}
