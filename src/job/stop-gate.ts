import type { Stop, StopDetail } from '../iceberg/stop.ts';
import type { Holds } from '../race/holds.ts';
import type { JobMessage } from '../race/message.ts';

/** Announces a stop and waits there if the job is held. */
export type StopGate = (table: string | null, attempt: number, detail: StopDetail) => Promise<void>;

/** The worker's end of holding and releasing: every stop becomes a message, a held one waits for its release. */
export class HeldGate {
  readonly #post: (message: JobMessage) => void;
  #holds: Holds;
  #stopId = 0;
  readonly #waiting = new Map<number, () => void>();

  constructor(holds: Holds, post: (message: JobMessage) => void) {
    this.#holds = holds;
    this.#post = post;
  }

  /** Posts the stop; resolves at once, or when the stop is released. */
  readonly pass: StopGate = (table, attempt, detail) => {
    const stopId = this.#stopId++;
    const held = this.#holdsAt(detail.stop);
    this.#post({ type: 'stop', stopId, table, attempt, detail, held });
    return held ? new Promise((release) => this.#waiting.set(stopId, release)) : Promise.resolve();
  };

  #holdsAt(stop: Stop): boolean {
    if (this.#holds === 'none' || this.#holds === 'all') return this.#holds === 'all';
    return this.#holds.includes(stop);
  }

  /** Lets the job go on from a stop; a stop that is not waited at is ignored. */
  release(stopId: number): void {
    this.#waiting.get(stopId)?.();
    this.#waiting.delete(stopId);
  }

  /** Waits at these stops from now on. */
  hold(holds: Holds): void {
    this.#holds = holds;
  }
}
