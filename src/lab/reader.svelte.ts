import { sqlName } from '../flare/address.ts';
import type { Sink, Workflow } from '../flare/workflow.ts';
import type { Session } from './session.ts';
import type { View } from './workbench.svelte.ts';

/** What the reader saw when it asked. */
export interface Sighting {
  /** ms from the beginning of the race to the answer. */
  at: number;
  rows: number;
  /** The version that it read, `null` while there is no table. */
  version: number | null;
}

/** A reader that counts the table's rows while the jobs write: at the start, at each commit, and at the end. */
export class Reader {
  readonly #session: Pick<Session, 'workbench'>;
  #sightings = $state.raw<readonly Sighting[]>([]);
  #sql: string | null = null;
  #startedAt = 0;
  #asked = 0;

  constructor(session: Pick<Session, 'workbench'>) {
    this.#session = session;
  }

  /** In the order of the answers. */
  get sightings(): readonly Sighting[] {
    return this.#sightings;
  }

  /** Begins anew with the table of the workflow's first sink. */
  begin(workflow: Workflow, view: View): Promise<void> {
    const sink = workflow.jobs.flatMap(({ stack }): Sink[] =>
      stack.kind === 'flare' ? stack.sinks : [],
    )[0];
    this.#sightings = [];
    this.#asked += 1;
    this.#startedAt = performance.now();
    this.#sql = sink === undefined ? null : `select count(*) as rows from ${sqlName(sink.address)}`;
    return this.look(view);
  }

  /** Counts the rows now. */
  async look(view: View): Promise<void> {
    const sql = this.#sql;
    if (sql === null) return;
    const race = this.#asked;
    const sighting = await this.#count(sql, view).catch(() => ({ rows: 0, version: null }));
    if (race !== this.#asked) return;
    const at = performance.now() - this.#startedAt;
    this.#sightings = [...this.#sightings, { at, ...sighting }];
  }

  async #count(sql: string, view: View): Promise<Omit<Sighting, 'at'>> {
    const { rows, tables } = await this.#session.workbench.call('query', { sql, at: view });
    return { rows: Number(rows[0]?.rows ?? 0), version: tables[0]?.version ?? null };
  }
}
