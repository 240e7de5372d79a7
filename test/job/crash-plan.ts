import type { CommitContext } from '../../src/iceberg/context.ts';
import type { FileIO } from '../../src/iceberg/ports.ts';
import type { Gate, Stop } from '../../src/iceberg/stop.ts';
import { indexedDbCatalog } from '../../src/storage/catalog.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { webLockQueue } from '../../src/storage/locks.ts';

/** What a test tells its worker; any further message releases it from where it stands. */
export interface CrashCommand {
  table: string;
  operation: string;
  /** A stop of a commit, or the number of a moment of a tool: before, in the midst of or after a call of its ports. */
  killAt: Stop | number | null;
}

/** What the worker says: that it stands where it is to be killed, or how it ended; and the stops it came to. */
export type CrashMessage =
  { met: Stop | number; stops: Stop[] } | { ended: string; stops: Stop[]; moments: number };

/** The folder of a test's table. */
export const locationOf = (name: string): string => `opfs:///warehouse/${name.replace(':', '/')}`;

/** The browser's storage behind the ports. */
export async function openContext(
  io: FileIO,
  gate: Gate = () => Promise.resolve(),
): Promise<CommitContext> {
  return {
    io,
    catalog: indexedDbCatalog(await openDatabase()),
    clock: { now: Date.now, sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)) },
    random: {
      uuid: () => crypto.randomUUID(),
      snapshotId: () => BigInt(Math.floor(Math.random() * 2 ** 52)),
      below: () => 0,
    },
    gate,
    queue: webLockQueue(),
  };
}
