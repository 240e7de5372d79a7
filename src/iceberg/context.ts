import type { Catalog, Clock, CommitQueue, FileIO, Random } from './ports.ts';
import type { Gate } from './stop.ts';

/** Everything that a commit reaches the world through. */
export interface CommitContext {
  io: FileIO;
  catalog: Catalog;
  clock: Clock;
  random: Random;
  gate: Gate;
  queue: CommitQueue;
}
