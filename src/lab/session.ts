import type { DropProgress, DropzoneMethods } from '../dropzone/api.ts';
import { IcejamError } from '../error.ts';
import type { Workflow } from '../flare/workflow.ts';
import { checkRace } from '../race/checker/check-race.ts';
import { deletedFiles } from '../race/checker/files.ts';
import { firstReads } from '../race/checker/reads.ts';
import { witnessOf } from '../race/checker/witness.ts';
import type { Steering } from '../race/conductor.ts';
import type { RaceEvent } from '../race/event.ts';
import { WorkerPool } from '../race/pool.ts';
import type { JobReport, Verdict } from '../race/report.ts';
import { type Race, type RaceOptions, startRace } from '../race/runner.ts';
import type { ToldRace } from '../race/told-race.ts';
import { RemoteWorker } from '../rpc.ts';
import type { DroppedFile } from '../storage/records.ts';
import { compileWasm } from '../wasm.ts';
import type { WorkbenchMethods } from '../workbench/api.ts';

/** Spare job workers: the use case has two jobs. */
const spareWorkers = 2;

/** What a caller says of a race; the session knows the rest. */
export interface SessionRaceOptions extends Pick<
  RaceOptions,
  'protocol' | 'seed' | keyof Steering
> {
  /** The text that the workflow was read from. */
  text?: string;
}

/** Told what happens in a race, in order. */
export interface RaceObserver extends Pick<
  RaceOptions,
  'onEvent' | 'onJob' | 'onState' | 'onReport'
> {
  /** What it knows of races of other tabs when the race is judged. */
  others?: () => readonly ToldRace[];
}

/** Told of every race that starts, whoever started it. */
export type RaceListener = (race: Race, workflow: Workflow, text: string) => RaceObserver;

/** The page's end of all workers: one per page, shared by the screen and the console API. */
export class Session {
  readonly workbench: RemoteWorker<WorkbenchMethods>;
  readonly dropzone: RemoteWorker<DropzoneMethods>;
  /** Resolves when the Workbench's worker answers; if it cannot, the first question to it says why. */
  readonly ready: Promise<void>;
  readonly #pool: WorkerPool;
  readonly #listeners = new Set<RaceListener>();

  constructor() {
    this.workbench = new RemoteWorker(
      new Worker(new URL('../../workers/workbench.ts', import.meta.url), {
        type: 'module',
        name: 'workbench',
      }),
    );
    // Compiled once for all: a worker that cannot have them compiles its own, and tells what is wrong.
    const wasm = compileWasm().catch(() => null);
    this.ready = wasm
      .then((modules) => this.workbench.call('adoptWasm', { modules }))
      .catch(() => undefined);
    this.#pool = new WorkerPool(spareWorkers, wasm);
    this.dropzone = new RemoteWorker(
      new Worker(new URL('../../workers/dropzone.ts', import.meta.url), {
        type: 'module',
        name: 'dropzone',
      }),
    );
  }

  /** Starts spare job workers, so that the next race need not wait for their engines. */
  warmUp(): void {
    this.#pool.refill();
  }

  /** Calls `listener` for each race from now on; the answer ends that. */
  onRace(listener: RaceListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts a file into a dataset `depot:collection/dataset`. */
  drop(
    address: string,
    file: File,
    progress: (progress: DropProgress) => void = () => undefined,
  ): Promise<DroppedFile> {
    return this.dropzone.call('drop', { address, file }, (value) =>
      progress(value as DropProgress),
    );
  }

  /** Starts a workflow's jobs; listeners hear of the race before its first event. */
  start(workflow: Workflow, { text = '', ...options }: SessionRaceOptions): Race {
    const observers: RaceObserver[] = [];
    const { seed } = options;
    const race = startRace(workflow, {
      ...options,
      ...(seed === undefined ? {} : { seedUses: this.workbench.call('countSeed', { seed }) }),
      pool: this.#pool,
      check: (events, jobs) =>
        this.#check(
          events,
          jobs,
          observers.flatMap(({ others }) => others?.() ?? []),
        ),
      onEvent: (event) => observers.forEach((observer) => observer.onEvent?.(event)),
      onJob: (job) => observers.forEach((observer) => observer.onJob?.(job)),
      onState: (state) => observers.forEach((observer) => observer.onState?.(state)),
      onReport: (report) => observers.forEach((observer) => observer.onReport?.(report)),
    });
    // A job's first message comes after this task, so nobody misses an event.
    for (const listener of this.#listeners) observers.push(listener(race, workflow, text));
    return race;
  }

  /** Ends every worker. */
  close(): void {
    this.#pool.close();
    this.workbench.close();
    this.dropzone.close();
  }

  async #check(
    events: readonly RaceEvent[],
    jobs: readonly JobReport[],
    others: readonly ToldRace[],
  ): Promise<Verdict> {
    const deleted = deletedFiles(events);
    const histories = await Promise.all(
      [...firstReads(events)].map(([table, { snapshotId: since }]) =>
        this.workbench.call('history', { table, since, deleted }).catch((thrown: unknown) => {
          // A table that cannot be read is evidence that is missing, which the verdict says.
          if (thrown instanceof IcejamError && thrown.kind !== 'WorkerKilled') return null;
          throw thrown;
        }),
      ),
    );
    return checkRace(
      events,
      jobs,
      histories.filter((history) => history !== null),
      others.map(witnessOf),
    );
  }
}
