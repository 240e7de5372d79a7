import { causalOrder } from './causal-order.ts';
import type { Kill, RaceEvent } from './event.ts';
import type { StopMessage } from './message.ts';
import type { JobReport } from './report.ts';
import type { Script } from './script.ts';
import { scriptOf } from './script-of.ts';

/** The log of a race, and the stops that were heard and are not in it yet. */
export class RaceLog {
  /** What happened, in order. */
  readonly events: RaceEvent[] = [];
  /** The workers that were ended before their jobs. */
  readonly kills: Kill[] = [];
  /** Epoch ms, with fractions: events of several tabs go by one clock. */
  readonly startedAt = performance.timeOrigin + performance.now();
  #heard: { job: string; message: StopMessage }[] = [];

  /** The order in which the jobs went on. */
  get script(): Script {
    return scriptOf(causalOrder(this.events, this.kills));
  }

  /** A job says that it has come to a stop. */
  hear(job: string, message: StopMessage): void {
    this.#heard.push({ job, message });
  }

  /** A job has ended; it matters to the log if its worker was ended before it. */
  noteEnd({ name, error }: JobReport): void {
    if (error?.kind !== 'WorkerKilled') return;
    const last = this.events.findLast(({ job }) => job === name);
    this.kills.push({ job: name, at: last?.detail.stop ?? 'start', after: this.events.length });
  }

  /** Logs what was heard, as it was heard or in the order of these jobs, and tells it. */
  write(order: readonly string[] | null, onEvent: (event: RaceEvent) => void): void {
    const heard = this.#heard;
    this.#heard = [];
    if (order !== null) heard.sort((a, b) => order.indexOf(a.job) - order.indexOf(b.job));
    for (const { job, message } of heard) {
      const { table, attempt, detail } = message;
      const now = performance.timeOrigin + performance.now();
      const at = Math.round((now - this.startedAt) * 10) / 10;
      const event = { seq: this.events.length, at, job, table, attempt, detail };
      this.events.push(event);
      onEvent(event);
    }
  }

  /** Snapshots by table, decimal text, that a job's runs so far may have committed. */
  perhapsCommitted(name: string): Record<string, string[]> {
    const perhaps: Record<string, string[]> = {};
    for (const { job, table, detail } of this.events) {
      if (job !== name || table === null || detail.stop !== 'list-written') continue;
      (perhaps[table] ??= []).push(detail.snapshotId);
    }
    return perhaps;
  }
}
