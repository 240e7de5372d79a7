import type { StopDetail } from '../iceberg/stop.ts';

/** Stops at which a job that has a table's turn still has it. */
const inTurn: readonly StopDetail['stop'][] = [
  'base-read',
  'validated',
  'list-written',
  'metadata-written',
  'before-swap',
  'swap-lost',
];

/** Who queues for the commits of each table, told from what jobs do. The first in line has the turn. */
export class CommitLine {
  readonly #lines = new Map<string, string[]>();

  /** A job goes on from a lost swap into the queue; one that has the turn keeps it. */
  join(table: string, job: string): void {
    const line = this.#lines.get(table) ?? [];
    if (!line.includes(job)) line.push(job);
    this.#lines.set(table, line);
  }

  /** A job has come to a stop, which may mean that its turn is over. */
  reached(job: string, { stop }: StopDetail): void {
    if (!inTurn.includes(stop)) this.leave(job);
  }

  /** A job has ended, or is done with its turn. */
  leave(job: string): void {
    for (const [table, line] of this.#lines) {
      this.#lines.set(
        table,
        line.filter((other) => other !== job),
      );
    }
  }

  /** Who has the turn that a job waits for; `null`: nobody of this race. */
  ahead(table: string, job: string): string | null {
    const first = this.#lines.get(table)?.[0];
    return first === undefined || first === job ? null : first;
  }
}
