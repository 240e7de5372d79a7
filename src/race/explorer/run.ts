import { scriptDoesNotFit, type Step, type Writers } from './script.ts';
import type { Protocol, StopDetail } from '../../iceberg/stop.ts';
import type { TableName } from '../../iceberg/ports.ts';
import type { RaceEvent } from '../event.ts';
import type { JobReport } from '../report.ts';
import { Actor } from './actor.ts';
import { Turns } from './turns.ts';
import type { Touch, World } from './world.ts';

/** What a run is made of. */
export interface RunOptions {
  protocol: Protocol;
  /** The world in which the run begins; it stays as it is. */
  world: World;
  /** The one table that the writers write. */
  table: TableName;
}

/** A schedule of so many steps does not end: three jobs need less than two hundred. */
const endless = 1000;

/** Time begins here for every run; each step takes a millisecond. */
const epoch = Date.UTC(2026, 0, 1);

/** One schedule as it comes about: writers over a world of their own, of whom one takes a step at a time. */
export class Run {
  readonly world: World;
  readonly table: TableName;
  /** What has happened so far. */
  readonly events: RaceEvent[] = [];
  /** The steps taken so far. */
  readonly script: Step[] = [];
  readonly #actors: readonly Actor[];
  readonly #turns: Turns;

  constructor(writers: Writers, { protocol, world, table }: RunOptions) {
    this.world = world.fork();
    this.table = table;
    this.#turns = new Turns(this.world);
    const stage = {
      world: this.world,
      turns: this.#turns,
      protocol,
      log: (job: string, attempt: number, detail: StopDetail) => this.#log(job, attempt, detail),
      now: () => epoch + this.script.length,
    };
    this.#actors = Object.entries(writers).map(
      ([name, writer], index) => new Actor(name, index + 1, writer, stage),
    );
  }

  /** Who can go on, in the order of the writers; who has swapped is told so before anybody else goes on. */
  get releases(): Step[] {
    const swapped = this.#actors.filter(({ at }) => at === 'swapped');
    return (swapped.length > 0 ? swapped : this.#actors).flatMap((actor) =>
      actor.canGoOn && actor.at !== null ? [{ do: 'release', job: actor.name, at: actor.at }] : [],
    );
  }

  /** Whether nobody can go on, or somebody goes on and on. */
  get hasEnded(): boolean {
    return this.isEndless || !this.#actors.some((actor) => actor.canGoOn);
  }

  /** Whether somebody goes on and on. */
  get isEndless(): boolean {
    return this.script.length >= endless;
  }

  /** Kills that let somebody go on who would have had to wait: that of the writer whose turn it is. */
  get kills(): Step[] {
    const { blocker } = this.#turns;
    return this.lastKills.filter(({ job }) => job === blocker);
  }

  /** Kills of all that have not ended: what makes the present moment the end of a schedule. */
  get lastKills(): Step[] {
    return this.#actors.flatMap(({ name, at }) =>
      at === null ? [] : [{ do: 'kill', job: name, at }],
    );
  }

  /** Takes a step and tells what it touched. Throws `IllegalState` for a step that cannot be taken. */
  async take(step: Step): Promise<Touch[]> {
    const actor = this.#actors.find(({ name }) => name === step.job);
    if (actor?.at !== step.at || (step.do === 'release' && !actor.canGoOn)) {
      throw scriptDoesNotFit(step);
    }
    this.script.push(step);
    if (step.do === 'kill') actor.kill();
    else await actor.release();
    return this.world.takeTouches();
  }

  /** What became of the jobs so far. */
  get jobs(): JobReport[] {
    return this.#actors.map((actor) => actor.report);
  }

  #log(job: string, attempt: number, detail: StopDetail): void {
    const table = detail.stop === 'start' ? null : this.table;
    const { length } = this.events;
    this.events.push({ seq: length, at: this.script.length, job, table, attempt, detail });
  }
}
