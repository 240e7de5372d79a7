import { type ErrorValue, IcejamError } from '../error.ts';
import type { Answer } from '../workbench/api.ts';
import type { Session } from './session.ts';

/** Which version a query reads: the pointer's, the registered one, or a snapshot by its id in decimal text. */
export type View = 'latest' | 'registered' | (string & {});

/** The SQL box: a statement, the version that it reads, and the answer. */
export class Workbench {
  /** Whether the query is asked again after each commit. */
  live = $state(true);

  readonly #session: Pick<Session, 'workbench'>;
  #sql = $state('');
  #edited = $state(false);
  #view = $state<View>('latest');
  #answer = $state.raw<Answer | null>(null);
  #error = $state.raw<ErrorValue | null>(null);
  #running = $state(false);
  #again = false;
  #byHand = false;

  constructor(session: Pick<Session, 'workbench'>) {
    this.#session = session;
  }

  get sql(): string {
    return this.#sql;
  }

  set sql(sql: string) {
    this.#edited ||= sql !== this.#sql;
    this.#sql = sql;
  }

  get view(): View {
    return this.#view;
  }

  set view(view: View) {
    this.#view = view;
    void this.run();
  }

  /** The last good answer. */
  get answer(): Answer | null {
    return this.#answer;
  }

  /** Why the last question had no answer. */
  get error(): ErrorValue | null {
    return this.#error;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Puts a query into the box unless the user wrote one. */
  propose(sql: string): void {
    if (!this.#edited) this.#sql = sql;
  }

  /** Puts a query into the box in place of whatever is there; an answer to another one goes. */
  put(sql: string): void {
    if (sql !== this.#sql) {
      this.#answer = null;
      this.#error = null;
    }
    this.#sql = sql;
    this.#edited = false;
  }

  /** Starts the engine, so that the first question need not wait for it. */
  async warmUp(): Promise<void> {
    await this.#session.workbench.call('query', { sql: 'select 1' });
  }

  /** Takes the answer off the screen. */
  forget(): void {
    this.#answer = null;
    this.#error = null;
    this.#view = 'latest';
  }

  /** Asks. A question that is asked while another one runs comes after it; only the latest one counts. */
  async run(): Promise<void> {
    this.#byHand = true;
    await this.#run();
  }

  /** Asks again because the table has changed. */
  async tableChanged(): Promise<void> {
    if (this.live && this.#sql.trim() !== '') await this.#run();
  }

  async #run(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    do {
      this.#again = false;
      await this.#ask();
    } while (this.#again as boolean);
    this.#running = false;
  }

  async #ask(): Promise<void> {
    const byHand = this.#byHand;
    this.#byHand = false;
    try {
      const answer = await this.#session.workbench.call('query', {
        sql: this.#sql,
        at: this.#view,
      });
      this.#answer = answer;
      this.#error = null;
    } catch (thrown) {
      const error = IcejamError.from(thrown).toValue();
      const isTableMissing =
        error.kind === 'NoSuchTable' || error.context.errorClass === 'TABLE_OR_VIEW_NOT_FOUND';
      if (isTableMissing) this.#answer = null;
      // A race may write the table that the query is about later than others: that is no error.
      if (byHand || !isTableMissing) this.#error = error;
    }
  }
}
