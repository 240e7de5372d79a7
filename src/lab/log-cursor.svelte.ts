import type { RaceEvent } from '../race/event.ts';
import type { JoinedLog } from '../race/joined-log.ts';

/** A place in a log that still grows; while there is none, the log is followed. */
export class LogCursor {
  readonly #log: () => JoinedLog;
  /** The event that was chosen, as its own race’s log has it: others may come to stand before it. */
  #chosen = $state.raw<RaceEvent | null>(null);
  readonly #seq = $derived.by(() => {
    const seq = this.#chosen === null ? -1 : this.#log().origins.indexOf(this.#chosen);
    return seq < 0 ? null : seq;
  });

  /** A cursor in the log that `log` answers with, which may be another one each time. */
  constructor(log: () => JoinedLog) {
    this.#log = log;
  }

  /** Sequence number of the event that was chosen, `null` if none was. */
  get seq(): number | null {
    return this.#seq;
  }

  /** Chooses the event that is nearest to a sequence number; `null`: follows the log. */
  select(seq: number | null): void {
    const { origins } = this.#log();
    const at = Math.min(Math.max(seq ?? 0, 0), origins.length - 1);
    this.#chosen = seq === null ? null : (origins[at] ?? null);
  }

  /** Moves by so many events; from the end if the log was followed. */
  step(by: number): void {
    const last = this.#log().origins.length - 1;
    if (last < 0 || (this.#seq === null && by > 0)) return;
    this.select((this.#seq ?? last + 1) + by);
  }
}
