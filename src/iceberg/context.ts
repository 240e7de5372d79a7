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
  /**
   * Lets one at a time delete what a table does not refer to any more, or make it refer to that again. Absent: nobody does
   * the latter, or the caller holds the turn.
   */
  deletions?: CommitQueue;
}
