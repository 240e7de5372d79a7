import { type ErrorValue, IcejamError } from '../error.ts';
import type { Job } from '../flare/workflow.ts';
import type { Protocol } from '../iceberg/stop.ts';
import type { RaceEvent } from '../race/event.ts';
import type { ExplorationPlan, ExplorationReport, ExplorerMethods } from '../race/explorer/api.ts';
import {
  asksPartition,
  type ExploredJob,
  type Operation,
  type Partition,
} from '../race/explorer/operations.ts';
import type { OutcomeKind } from '../race/explorer/outcome-kinds.ts';
import type { RemoteWorker } from '../rpc.ts';
import { ConflictMatrix } from './conflict-matrix.svelte.ts';
import { operationsOf } from './explored-operations.ts';
import { type ExploredRace, raceOfSchedule } from './explored-race.ts';
import { startExplorer } from './explorer-worker.ts';
import type { JudgedRace } from './race-view.svelte.ts';

/** The protocols in the order in which they are explored. */
export const protocols: readonly Protocol[] = ['queued', 'optimistic', 'unsafe'];

/** Three jobs without compare-and-swap have more schedules than a lesson has minutes. */
const limit = 4000;

const ordinals = ['one', 'two', 'three'];

/** What a job of an exploration is to do. */
export type ExploredChoice = Pick<ExploredJob, 'operation' | 'partition'>;

/** A schedule as a race that is over. */
export interface ReplayedRace {
  events: readonly RaceEvent[];
  report: JudgedRace;
}

/** Every schedule of two or three small jobs, run in a worker of its own so that the page stays alive. */
export class Explorer {
  /** Whether jobs may be killed too, wherever they wait. */
  kills = $state(false);
  /** Every pair of operations at a glance. */
  readonly matrix = new ConflictMatrix((plan) => this.#startedWorker().call('explore', plan));

  #choices = $state.raw<readonly ExploredChoice[]>([
    { operation: 'append', partition: 'a' },
    { operation: 'append', partition: 'a' },
  ]);
  #reports = $state.raw<Readonly<Partial<Record<Protocol, ExplorationReport>>>>({});
  #running = $state<Protocol | null>(null);
  #error = $state.raw<ErrorValue | null>(null);
  #worker: RemoteWorker<ExplorerMethods> | null = null;

  /** What the jobs do, two or three of them. */
  get choices(): readonly ExploredChoice[] {
    return this.#choices;
  }

  /** What was found, by protocol; while one runs, so far. */
  get reports(): Readonly<Partial<Record<Protocol, ExplorationReport>>> {
    return this.#reports;
  }

  /** The protocol whose schedules are being run. */
  get running(): Protocol | null {
    return this.#running;
  }

  get error(): ErrorValue | null {
    return this.#error;
  }

  /** The jobs by name, as they are called in the schedules. */
  get jobs(): readonly ExploredJob[] {
    return this.#choices.map((choice, index) => ({
      ...choice,
      name: `${choice.operation}-${ordinals[index] ?? index + 1}`,
    }));
  }

  /** Whether it makes a difference in which partition an operation is done. */
  asksPartition(operation: Operation): boolean {
    return asksPartition(operation);
  }

  /** Gives the jobs these things to do. */
  choose(choices: readonly ExploredChoice[]): void {
    this.stop();
    this.#choices = choices;
    this.#reports = {};
  }

  /** Gives the nth job something else to do. */
  change(index: number, change: Partial<ExploredChoice>): void {
    this.choose(
      this.#choices.map((choice, at) => (at === index ? { ...choice, ...change } : choice)),
    );
  }

  /** Adds a third job, or takes it away. */
  setThird(operation: Operation | null): void {
    const [one, two, three] = this.#choices;
    if (one === undefined || two === undefined) return;
    const partition: Partition = three?.partition ?? 'a';
    this.choose(operation === null ? [one, two] : [one, two, { operation, partition }]);
  }

  /** Takes over what the jobs of a workflow do, the first three of them; false if fewer than two write a table. */
  takeFrom(jobs: readonly Job[]): boolean {
    const found = jobs.flatMap((job) => operationsOf(job)).slice(0, ordinals.length);
    if (found.length < 2) return false;
    this.choose(found.map((operation) => ({ operation, partition: 'a' })));
    return true;
  }

  /** Runs every schedule under each protocol. What fails is told by {@link error}. */
  async explore(): Promise<void> {
    this.stop();
    this.#reports = {};
    this.#error = null;
    const worker = this.#startedWorker();
    try {
      for (const protocol of protocols) {
        this.#running = protocol;
        this.#tell(await this.#ask(worker, this.#planOf(protocol)));
      }
    } catch (thrown) {
      // Who was stopped has said so itself, and perhaps begun anew.
      if (this.#worker === worker) this.#error = IcejamError.from(thrown).toValue();
    } finally {
      if (this.#worker === worker) this.#running = null;
    }
  }

  /** Runs the cells of the matrix that are still empty. What fails is told by {@link error}. */
  async fillMatrix(): Promise<void> {
    this.stop();
    this.#error = null;
    const worker = this.#startedWorker();
    try {
      await this.matrix.fill();
    } catch (thrown) {
      if (this.#worker === worker) this.#error = IcejamError.from(thrown).toValue();
    }
  }

  /** Ends the exploration; what was found so far stays. */
  stop(): void {
    if (this.#running === null && !this.matrix.filling) return;
    this.#worker?.close();
    this.#worker = null;
    this.#running = null;
  }

  /** Runs the example of a kind again, as a race to look at. */
  async replay(protocol: Protocol, { example }: OutcomeKind): Promise<ReplayedRace> {
    this.stop();
    const plan = this.#planOf(protocol);
    const { events, jobs, verdict } = await this.#startedWorker().call('replay', {
      plan,
      script: example,
    });
    const name = jobs.map((job) => job.name).join(', ');
    return { events, report: { name, protocol, jobs, verdict } };
  }

  /** The example of a kind as a race of real workers, `null` if they cannot run it. */
  raceOf({ example }: OutcomeKind): ExploredRace | null {
    return raceOfSchedule(this.jobs, example);
  }

  #startedWorker(): RemoteWorker<ExplorerMethods> {
    return (this.#worker ??= startExplorer());
  }

  #ask(worker: RemoteWorker<ExplorerMethods>, plan: ExplorationPlan): Promise<ExplorationReport> {
    return worker.call('explore', plan, (soFar) => {
      if (this.#worker === worker) this.#tell(soFar as ExplorationReport);
    });
  }

  #tell(report: ExplorationReport): void {
    this.#reports = { ...this.#reports, [report.protocol]: report };
  }

  #planOf(protocol: Protocol): ExplorationPlan {
    return { jobs: this.jobs, protocol, kills: this.kills, limit };
  }
}
