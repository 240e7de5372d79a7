import { type ErrorValue, IcejamError } from '../error.ts';
import { planRepair, type RepairPlan } from '../race/repair.ts';
import type { Repaired } from '../workbench/api.ts';
import type { RaceView } from './race-view.svelte.ts';
import type { Session } from './session.ts';

/** What can be done about tables that a writer without compare-and-swap has touched. */
export class UnsafeTables {
  readonly #session: Pick<Session, 'workbench'>;
  readonly #race: Pick<RaceView, 'ownEvents' | 'report'>;
  #repaired = $state.raw<Repaired | null>(null);
  #error = $state.raw<ErrorValue | null>(null);

  constructor(session: Pick<Session, 'workbench'>, race: Pick<RaceView, 'ownEvents' | 'report'>) {
    this.#session = session;
    this.#race = race;
  }

  /** What the last repair added again. */
  get repaired(): Repaired | null {
    return this.#repaired;
  }

  /** Why the last repair or drop did not come about. */
  get error(): ErrorValue | null {
    return this.#error;
  }

  /** How what the race on screen lost of a table can be added again, `null` if it cannot. */
  planFor(table: string): RepairPlan | null {
    const { ownEvents, report } = this.#race;
    return report === null ? null : planRepair(table, ownEvents, report.verdict);
  }

  /** Adds again what was lost, and takes the mark off. */
  async repair(plan: RepairPlan): Promise<void> {
    await this.#attempt(async () => {
      this.#repaired = await this.#session.workbench.call('repairTable', plan);
    });
  }

  /** Takes a table out of the catalog, with its files. */
  async drop(table: string): Promise<void> {
    await this.#attempt(() => this.#session.workbench.call('dropTable', { table }));
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.#repaired = null;
    this.#error = null;
    try {
      await work();
    } catch (thrown) {
      this.#error = IcejamError.from(thrown).toValue();
    }
  }
}
