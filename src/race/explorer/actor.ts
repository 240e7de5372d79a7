import { IcejamError, type ErrorValue } from '../../error.ts';
import type { CommitResult } from '../../iceberg/commit.ts';
import type { CommitContext } from '../../iceberg/context.ts';
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
  #result: CommitResult | IcejamError | null = null;
  #won: string | null = null;
  #attempts = 0;
  #written = { rows: 0, files: 0 };
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
    const { outcome, snapshotId, error } = describe(this.#result);
    const written = outcome === 'rejected' ? { rows: 0, files: 0 } : this.#written;
    return { ...common, ...written, outcome, snapshotId, error: error?.toValue() ?? null };
  }

  async #run(write: () => Promise<CommitResult>): Promise<void> {
    this.#log(0, { stop: 'start', protocol: this.#stage.protocol });
    const result = await write().catch((thrown: unknown) => IcejamError.from(thrown));
    const { outcome, error } = describe(result);
    // An unknown outcome has been told by the commit itself.
    if (outcome === 'committed') {
      await this.#stop(this.#attempts, { stop: 'finished', outcome, ...this.#written });
    } else if (outcome === 'rejected' && error !== null) {
      await this.#stop(this.#attempts, { stop: 'failed', error: error.toValue() });
    }
    this.#result = result;
    this.at = null;
    this.#arrive();
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
      catalog: world.catalog,
      // How long a writer sleeps is for the explorer to say: it sleeps until it is let go on.
      clock: { now, sleep: async () => undefined },
      random: countingRandom(number),
      gate: (attempt, detail) => this.#stop(attempt, detail),
      queue: {
        run: (_table, work) => turns.run(this.name, () => this.#waitAt('queued'), work),
      },
    };
  }
}

function describe(result: CommitResult | IcejamError): {
  outcome: CommitResult['outcome'];
  snapshotId: string | null;
  error: IcejamError | null;
} {
  if (result instanceof IcejamError)
    return { outcome: 'rejected', snapshotId: null, error: result };
  return {
    outcome: result.outcome,
    snapshotId: result.snapshotId?.toString() ?? null,
    error: result.outcome === 'committed' ? null : result.error,
  };
}
