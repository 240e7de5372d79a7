import type { RaceEvent } from './event.ts';
import type { StopMessage } from './message.ts';

/** The log of a race, and the stops that were heard and are not in it yet. */
export class RaceLog {
  /** What happened, in order. */
  readonly events: RaceEvent[] = [];
  readonly #startedAt = performance.now();
  #heard: { job: string; message: StopMessage }[] = [];

  /** A job says that it has come to a stop. */
  hear(job: string, message: StopMessage): void {
    this.#heard.push({ job, message });
  }

  /** Logs what was heard, as it was heard or in the order of these jobs, and tells it. */
  write(order: readonly string[] | null, onEvent: (event: RaceEvent) => void): void {
    const heard = this.#heard;
    this.#heard = [];
    if (order !== null) heard.sort((a, b) => order.indexOf(a.job) - order.indexOf(b.job));
    for (const { job, message } of heard) {
      const { table, attempt, detail } = message;
      const at = Math.round((performance.now() - this.#startedAt) * 10) / 10;
      const event = { seq: this.events.length, at, job, table, attempt, detail };
      this.events.push(event);
      onEvent(event);
    }
  }
}
