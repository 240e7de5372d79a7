import { type ErrorValue, IcejamError } from '../error.ts';
import type { Workflow } from '../flare/workflow.ts';
import { tellDifference } from '../race/compare-races.ts';
import {
  beginningsOf,
  type RaceRecord,
  type RaceSummary,
  readRecord,
  recordVersion,
  scriptUpTo,
  summaryOf,
} from '../race/race-record.ts';
import type { Race } from '../race/runner.ts';
import type { Script } from '../race/script.ts';
import type { WorkflowReport } from '../race/report.ts';
import { RaceView } from './race-view.svelte.ts';
import type { RaceObserver, Session } from './session.ts';

/** A race in the list. */
export interface KeptRace extends RaceSummary {
  id: string;
  /** Epoch ms. */
  startedAt: number;
}

/** Events of a race beyond which it is not kept: it would crowd out the others. */
const keptEvents = 5000;

/** One of two races that are compared. */
export interface ComparedRace {
  race: KeptRace;
  view: RaceView;
}

/** Two races side by side, and their first difference in words. */
export interface Comparison {
  one: ComparedRace;
  other: ComparedRace;
  difference: string;
}

/** The races that this browser keeps, and the one that is on screen. */
export class Races {
  readonly #session: Session;
  readonly #view: RaceView;
  #list = $state.raw<readonly KeptRace[]>([]);
  #others = $state(0);
  #shown = $state.raw<RaceRecord | null>(null);
  #chosen = $state.raw<readonly string[]>([]);
  #comparison = $state.raw<Comparison | null>(null);
  #error = $state.raw<ErrorValue | null>(null);

  /** `view` is where a race is opened. */
  constructor(session: Session, view: RaceView) {
    this.#session = session;
    this.#view = view;
    session.onRace((race, workflow, text) => this.#watch(race, workflow, text));
  }

  /** The kept races, the newest first. */
  get list(): readonly KeptRace[] {
    return this.#list;
  }

  /** How many races were kept by another version of this page, which cannot be opened. */
  get others(): number {
    return this.#others;
  }

  /** The race that is on screen, once it is judged. */
  get shown(): RaceRecord | null {
    return this.#shown;
  }

  /** Ids of the races that are chosen for a comparison, two at most. */
  get chosen(): readonly string[] {
    return this.#chosen;
  }

  /** The two races that are compared. */
  get comparison(): Comparison | null {
    return this.#comparison;
  }

  /** Why the last wish did not come about. */
  get error(): ErrorValue | null {
    return this.#error;
  }

  /** Whether the race on screen can be forked at its cursor. */
  get canFork(): boolean {
    const { cursor, report, running } = this.#view;
    return cursor !== null && !running && report !== null && report === this.#shown?.report;
  }

  /** Looks again what is kept. */
  async refresh(): Promise<void> {
    const races = await this.#session.workbench.call('races', {});
    const list = races.flatMap(({ id, startedAt, summary }): KeptRace[] => {
      const known = summary as RaceSummary;
      return known.version === recordVersion ? [{ id, startedAt, ...known }] : [];
    });
    this.#list = list;
    this.#others = races.length - list.length;
    this.#chosen = this.#chosen.filter((id) => list.some((race) => race.id === id));
  }

  /** Puts a kept race on screen, to scrub through it. */
  open(id: string): Promise<void> {
    return this.#try(async () => {
      const record = await this.#load(id);
      if (this.#view.running) return;
      this.#view.show(record.events, record.report);
      this.#shown = record;
    });
  }

  /** Runs a kept race again, over its script: its tables are set back to how they were when it began. */
  replay(id: string): Promise<void> {
    return this.#try(async () => {
      const record = await this.#load(id);
      await this.#runAgain(record, record.report.script, 'run');
    });
  }

  /** Runs the race on screen again up to its cursor, and pauses there for another future. */
  fork(): Promise<void> {
    return this.#try(async () => {
      const { cursor } = this.#view;
      if (this.#shown === null || cursor === null) return;
      await this.#runAgain(this.#shown, scriptUpTo(this.#shown, cursor), 'pause');
    });
  }

  /** Forgets a kept race; its tables stay as they are. */
  remove(id: string): Promise<void> {
    return this.#try(async () => {
      await this.#session.workbench.call('deleteRace', { id });
      await this.refresh();
    });
  }

  /** Chooses a race for a comparison, or no longer; of three the one that was chosen first goes. */
  choose(id: string, isChosen: boolean): void {
    const others = this.#chosen.filter((other) => other !== id);
    this.#chosen = isChosen ? [...others.slice(-1), id] : others;
  }

  /** Compares the two chosen races, the earlier one first. */
  compare(): Promise<void> {
    return this.#try(async () => {
      const races = this.#list.filter(({ id }) => this.#chosen.includes(id));
      const [other, one] = races;
      if (one === undefined || other === undefined) return;
      const compared = { one: await this.#viewOf(one), other: await this.#viewOf(other) };
      const difference = tellDifference(compared.one.view.events, compared.other.view.events);
      this.#comparison = { ...compared, difference };
    });
  }

  /** Ends the comparison. */
  endComparison(): void {
    this.#comparison = null;
  }

  #watch(race: Race, workflow: Workflow, text: string): RaceObserver {
    const startedAt = Date.now();
    this.#shown = null;
    return {
      onReport: (report) => {
        const record = recordOf(race, { startedAt, text, workflow, report });
        this.#shown = record;
        void this.#try(() => this.#save(record));
      },
    };
  }

  async #save(record: RaceRecord): Promise<void> {
    if (record.events.length > keptEvents) return;
    const { id, startedAt } = record;
    const race = { id, startedAt, summary: summaryOf(record), log: record };
    await this.#session.workbench.call('saveRace', { race });
  }

  async #load(id: string): Promise<RaceRecord> {
    const stored = await this.#session.workbench.call('loadRace', { id });
    const record = readRecord(stored?.log);
    if (record !== null) return record;
    throw new IcejamError('NotFound', 'This race is not kept any more.', {
      context: { race: id },
      remedy: 'Open another one, or run its workflow again.',
    });
  }

  async #runAgain(record: RaceRecord, script: Script, afterScript: 'run' | 'pause') {
    if (this.#view.running) return;
    const { workflow, protocol, seed, text } = record;
    await this.#session.workbench.call('setBack', { tables: beginningsOf(record) });
    await this.#session.start(workflow, { protocol, seed, text, script, afterScript }).finished;
  }

  async #viewOf(race: KeptRace): Promise<ComparedRace> {
    const view = new RaceView();
    const { events, report } = await this.#load(race.id);
    view.show(events, report);
    return { race, view };
  }

  async #try(work: () => Promise<void>): Promise<void> {
    this.#error = null;
    try {
      await work();
    } catch (thrown) {
      this.#error = IcejamError.from(thrown).toValue();
    }
  }
}

function recordOf(
  { id, protocol, seed, events, kills }: Race,
  rest: Pick<RaceRecord, 'startedAt' | 'text' | 'workflow'> & { report: WorkflowReport },
): RaceRecord {
  return {
    version: recordVersion,
    id,
    protocol,
    seed,
    events: [...events],
    kills: [...kills],
    ...rest,
  };
}
