import { IcejamError } from '../../src/error.ts';
import { HeldGate } from '../../src/job/stop-gate.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import type { SeededRandom } from '../../src/iceberg/memory.ts';
import type { Catalog, FileIO } from '../../src/iceberg/ports.ts';
import type { StopDetail } from '../../src/iceberg/stop.ts';
import type { Writers } from '../../src/race/explorer/script.ts';
import { exploredTable } from '../../src/race/explorer/writers.ts';
import type { JobCommand, JobMessage } from '../../src/race/message.ts';
import { seededRandom } from '../../src/job/random.ts';

/** A line of writers for one table's commits, from which the dead are taken. */
export class MemoryLine {
  #line: { owner: MemoryWorker; begin: () => void }[] = [];

  async run<T>(owner: MemoryWorker, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin) => {
      this.#line.push({ owner, begin });
      if (this.#line.length === 1) begin();
    });
    return work().finally(() => this.leave(owner));
  }

  leave(owner: MemoryWorker): void {
    const first = this.#line[0];
    this.#line = this.#line.filter((entry) => entry.owner !== owner);
    if (this.#line[0] !== first) this.#line[0]?.begin();
  }
}

/** What workers in memory share. `chance` decides how long messages and accesses take. */
export interface MemoryStorage {
  io: FileIO;
  catalog: Catalog;
  line: MemoryLine;
  writers: Writers;
  chance: SeededRandom;
}

/** A worker that runs an explored writer over storage in memory; whatever it does takes a while by chance. */
export class MemoryWorker {
  onmessage: ((event: { data: JobMessage }) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly #storage: MemoryStorage;
  #gate: HeldGate | undefined;
  #isDead = false;
  /** Messages arrive in the order in which they were sent. */
  #sent: Promise<void> = Promise.resolve();
  #told: Promise<void> = Promise.resolve();

  constructor(storage: MemoryStorage) {
    this.#storage = storage;
  }

  postMessage(command: JobCommand): void {
    this.#sent = this.#sent.then(async () => {
      await this.#while();
      if (!this.#isDead) this.#receive(command);
    });
  }

  terminate(): void {
    this.#isDead = true;
    this.#storage.line.leave(this);
  }

  #receive(command: JobCommand): void {
    if (command.type === 'run') void this.#run(command);
    else if (command.type === 'release') this.#gate?.release(command.stopId);
    else if (command.type === 'hold') this.#gate?.hold(command.holds);
  }

  #post(data: JobMessage): void {
    this.#told = this.#told.then(async () => {
      await this.#while();
      this.onmessage?.({ data });
    });
  }

  async #run({ job, protocol, seed, holds }: Extract<JobCommand, { type: 'run' }>) {
    const gate = new HeldGate(holds, (message) => this.#post(message));
    this.#gate = gate;
    let attempts = 0;
    const stop = async (table: string | null, attempt: number, detail: StopDetail) => {
      attempts = Math.max(attempts, attempt);
      await gate.pass(table, attempt, detail);
      await this.#while();
    };
    const { io, catalog, line, writers } = this.#storage;
    const context: CommitContext = {
      io: {
        read: (path) => this.#access(() => io.read(path)),
        create: (path, bytes) => this.#access(() => io.create(path, bytes)),
        delete: (path) => this.#access(() => io.delete(path)),
        list: (prefix) => this.#access(() => io.list(prefix)),
      },
      catalog: {
        load: (table) => this.#access(() => catalog.load(table)),
        swap: (...swap) => this.#access(() => catalog.swap(...swap)),
        put: (...put) => this.#access(() => catalog.put(...put)),
      },
      clock: { now: () => 0, sleep: () => this.#while() },
      random: seededRandom(seed),
      gate: (attempt, detail) => stop(exploredTable, attempt, detail),
      queue: {
        run: (table, work) => {
          const turn = line.run(this, work);
          this.#post({ type: 'queued', table });
          return turn;
        },
      },
    };
    await stop(null, 0, { stop: 'start', protocol });
    await stop(null, 0, { stop: 'inputs-read', inputs: [] });
    await stop(null, 0, { stop: 'rows-computed', rows: 0, statements: [] });
    const result = await writers[job]?.(context, protocol);
    if (result === undefined) throw new Error(`No writer ${job}`);
    const { outcome } = result;
    const error = result.outcome === 'committed' ? null : result.error.toValue();
    if (outcome === 'committed') {
      await stop(null, attempts, { stop: 'finished', outcome, rows: 0, files: 0 });
    } else if (outcome === 'rejected') {
      await stop(null, attempts, {
        stop: 'failed',
        error: IcejamError.from(result.error).toValue(),
      });
    }
    const snapshotId = result.snapshotId?.toString() ?? null;
    const report = { name: job, outcome, attempts, snapshotId, rows: 0, files: 0, ms: 0 };
    this.#post({ type: 'done', report: { ...report, warnings: [], error } });
  }

  async #access<T>(work: () => Promise<T>): Promise<T> {
    await this.#while();
    return work();
  }

  /** Passes some time; never ends in a worker that is dead. */
  async #while(): Promise<void> {
    for (let turns = this.#storage.chance.below(4); turns > 0; turns -= 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (this.#isDead) await new Promise(() => undefined);
  }
}
