import { IcejamError, type ErrorValue } from '../../error.ts';
import { exhaustive } from '../../exhaustive.ts';
import type { CommitResult } from '../../iceberg/commit.ts';
import type { CommitContext } from '../../iceberg/context.ts';
import type { Catalog } from '../../iceberg/ports.ts';
import type { Protocol, StopDetail } from '../../iceberg/stop.ts';
import type { JobReport } from '../report.ts';
import { countingRandom } from './counting-random.ts';
import type { Place, Writer } from './script.ts';
import type { Turns } from './turns.ts';
import type { World } from './world.ts';

/** What all actors of one run share. */
export interface Stage {
  world: World;
  turns: Turns;
  protocol: Protocol;
  /** Logs that a job came to a stop. */
  log(job: string, attempt: number, detail: StopDetail): void;
  /** Epoch ms. */
  now: () => number;
}

/** A writer that goes from one place to the next only when it is told to. */
export class Actor {
  readonly name: string;
  /** Where the writer waits; it has ended once there is nowhere. */
  at: Place | null = 'start';
  readonly #stage: Stage;
  #isKilled = false;
  #lastStop: StopDetail | null = null;
  #result: CommitResult | null = null;
  #won: string | null = null;
  #attempts = 0;
  #written = { rows: 0, files: 0 };
  #hasReached = false;
  #goOn: () => void;
  #arrive: () => void = () => undefined;

  /** `number`, from 1, makes the writer's ids its own. */
  constructor(name: string, number: number, writer: Writer, stage: Stage) {
    this.name = name;
    this.#stage = stage;
    const context = this.#context(number);
    this.#goOn = () => void this.#run(() => writer(context, stage.protocol));
  }

  /** Whether the writer can go on: it has not ended, and no one else has the turn it waits for. */
  get canGoOn(): boolean {
    return this.at !== null && (this.at !== 'queued' || this.#stage.turns.has(this.name));
  }

  /** Lets the writer go on. Resolves when it waits again or has ended. */
  release(): Promise<void> {
    return new Promise((arrive) => {
      this.#arrive = arrive;
      this.#hasReached = false;
      this.#goOn();
    });
  }

  /** Ends the writer where it waits, as a killed worker ends: nothing of it runs any more, its lock is free. */
  kill(): void {
    this.at = null;
    this.#isKilled = true;
    this.#stage.turns.leave(this.name);
  }

  /** What the page would know of the job now; one that has not ended counts as killed where it is. */
  get report(): JobReport {
    const common = { name: this.name, attempts: this.#attempts, ms: 0, warnings: [] };
    if (this.#isKilled || this.#result === null || this.at !== null) {
      const message = `${this.name} was killed.`;
      const error: ErrorValue = { kind: 'WorkerKilled', message, context: {}, retryable: false };
      const isOpen = this.#won === null && this.#lastStop?.stop === 'before-swap';
      const outcome = isOpen ? 'unknown' : 'killed';
      return { ...common, outcome, snapshotId: this.#won, rows: 0, files: 0, error };
    }
    const { outcome } = this.#result;
    const snapshotId = this.#result.snapshotId?.toString() ?? null;
    const written = outcome === 'rejected' ? { rows: 0, files: 0 } : this.#written;
    const error = outcome === 'committed' ? null : this.#result.error.toValue();
    return { ...common, ...written, outcome, snapshotId, error };
  }

  async #run(write: () => Promise<CommitResult>): Promise<void> {
    this.#log(0, { stop: 'start', protocol: this.#stage.protocol });
    const result = await write().catch((thrown: unknown) => this.#failure(thrown));
    // A commit whose outcome is unknown has said so itself.
    if (this.#lastStop?.stop !== 'unknown')
      await this.#stop(this.#attempts, this.#lastWord(result));
    this.#result = result;
    this.at = null;
    this.#arrive();
  }

  /** What was thrown, as the end of a job. */
  #failure(thrown: unknown): CommitResult {
    const error = IcejamError.from(thrown);
    const outcome = error.kind === 'CommitStateUnknown' ? 'unknown' : 'rejected';
    return { outcome, attempts: this.#attempts, snapshotId: null, error };
  }

  #lastWord(result: CommitResult): StopDetail {
    switch (result.outcome) {
      case 'committed':
        return { stop: 'finished', outcome: 'committed', ...this.#written };
      case 'rejected':
        return { stop: 'failed', error: result.error.toValue() };
      case 'unknown':
        return { stop: 'unknown', error: result.error.toValue() };
      default:
        return exhaustive(result);
    }
  }

  #stop(attempt: number, detail: StopDetail): Promise<void> {
    this.#log(attempt, detail);
    return this.#waitAt(detail.stop);
  }

  #log(attempt: number, detail: StopDetail): void {
    this.#attempts = Math.max(this.#attempts, attempt);
    this.#lastStop = detail;
    if (detail.stop === 'swap-won') this.#won = detail.snapshotId ?? this.#won;
    if (detail.stop === 'data-written') {
      const rows = detail.files.reduce((sum, file) => sum + (file.rows ?? 0), 0);
      this.#written = { rows, files: detail.files.length };
    }
    this.#stage.log(this.name, attempt, detail);
  }

  #waitAt(place: Place): Promise<void> {
    return new Promise((goOn) => {
      this.at = place;
      this.#goOn = goOn;
      this.#arrive();
    });
  }

  #context(number: number): CommitContext {
    const { world, turns, now } = this.#stage;
    return {
      io: world.fileIOOf(this.name),
      catalog: this.#catalog(world.catalog),
      clock: { now, sleep: () => this.#waitAt('asleep') },
      random: countingRandom(number),
      gate: (attempt, detail) => this.#stop(attempt, detail),
      queue: {
        run: (_table, work) => turns.run(this.name, () => this.#waitAt('queued'), work),
      },
    };
  }

  /** The catalog, which is reached for once in a step. Who has swapped does not know it before the next one. */
  #catalog(catalog: Catalog): Catalog {
    const reach = async () => {
      if (this.#hasReached) await this.#waitAt('catalog');
      this.#hasReached = true;
    };
    const swapped = async <T>(answer: Promise<T>): Promise<T> => {
      const result = await answer;
      await this.#waitAt('swapped');
      return result;
    };
    return {
      load: (table) => reach().then(() => catalog.load(table)),
      swap: (table, expected, next) =>
        swapped(reach().then(() => catalog.swap(table, expected, next))),
      put: (table, next) => swapped(reach().then(() => catalog.put(table, next))),
    };
  }
}
