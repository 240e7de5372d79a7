import type { CommitResult } from '../../src/iceberg/commit.ts';

/** How a writer lives. */
export interface WriterBirth {
  table: string;
  /** Nobody else writes the partition `<lane>-own`. */
  lane: string;
  seed: string;
}

/** What a writer says. */
export type WriterMessage =
  /** Waits for any message before its next commit. */
  | { is: 'waiting' }
  /**
   * Waits for any message before it writes a data file, so that no file is unknown. `replaced`: the files whose rows the
   * new one holds, of a compaction.
   */
  | { is: 'writes'; path: string; partition: string; replaced: string[] | null }
  | { is: 'ended'; outcome: CommitResult['outcome'] }
  /** Stands still for ever, in the midst of a call of its ports. */
  | { is: 'dying' };
