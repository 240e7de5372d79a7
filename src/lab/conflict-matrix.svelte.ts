import type { Protocol } from '../iceberg/stop.ts';
import type { ExplorationPlan, ExplorationReport } from '../race/explorer/api.ts';
import {
  asksPartition,
  type ExploredJob,
  type Operation,
  operations,
} from '../race/explorer/operations.ts';

/**
 * The worst that any schedule of two jobs comes to: both keep their rows, a job's rows are replaced by rule, a job is
 * refused, or rows are lost.
 */
export type CellMark = 'both' | 'replaced' | 'refused' | 'lost';

/** Whether the two jobs write the same partition. */
export type Overlap = 'same' | 'other';

/** A cell of the matrix: two operations, of which the order makes no difference. */
export interface Cell {
  one: Operation;
  two: Operation;
}

/** The worst that an exploration without kills found. Pure. */
function markOf({ violated, rejected, kinds }: ExplorationReport): CellMark {
  if (violated > 0) return 'lost';
  if (rejected > 0) return 'refused';
  return kinds.some(({ ledger }) => ledger.some(({ replaced }) => replaced > 0))
    ? 'replaced'
    : 'both';
}

/** Which operations conflict: every pair, each cell found by running all its schedules. */
export class ConflictMatrix {
  /** In the order of rows and columns. */
  readonly operations = operations;
  /** How the jobs coordinate. */
  protocol = $state<Protocol>('queued');
  overlap = $state<Overlap>('same');

  readonly #explore: (plan: ExplorationPlan) => Promise<ExplorationReport>;
  #marks = $state.raw<Readonly<Record<string, CellMark>>>({});
  #filling = $state(false);

  constructor(explore: (plan: ExplorationPlan) => Promise<ExplorationReport>) {
    this.#explore = explore;
  }

  /** Whether cells are being run. */
  get filling(): boolean {
    return this.#filling;
  }

  /** What a cell came to; `null`: it was not run yet. */
  markOf(cell: Cell): CellMark | null {
    return this.#marks[this.#keyOf(cell)] ?? null;
  }

  /** The jobs of a cell. */
  jobsOf({ one, two }: Cell): Pick<ExploredJob, 'operation' | 'partition'>[] {
    const isOther = this.overlap === 'other';
    return [
      { operation: one, partition: 'a' },
      { operation: two, partition: isOther ? 'b' : 'a' },
    ];
  }

  /** Runs every cell that was not run yet. Rejects when the worker is ended. */
  async fill(): Promise<void> {
    this.#filling = true;
    try {
      for (const cell of this.cells) if (this.markOf(cell) === null) await this.#run(cell);
    } finally {
      this.#filling = false;
    }
  }

  /** Every pair once. */
  get cells(): Cell[] {
    return operations.flatMap((one, row) =>
      operations.slice(0, row + 1).map((two): Cell => ({ one, two })),
    );
  }

  async #run(cell: Cell): Promise<void> {
    const key = this.#keyOf(cell);
    const jobs = this.jobsOf(cell).map((job, index) => ({ ...job, name: `job-${index + 1}` }));
    const { protocol } = this;
    const report = await this.#explore({ jobs, protocol, kills: false, limit: Infinity });
    this.#marks = { ...this.#marks, [key]: markOf(report) };
  }

  /** What is about the whole table is the same whichever partition the other one writes. */
  #keyOf({ one, two }: Cell): string {
    const overlap = [one, two].every(asksPartition) ? this.overlap : 'same';
    return `${this.protocol} ${overlap} ${[one, two].toSorted().join(' ')}`;
  }
}
