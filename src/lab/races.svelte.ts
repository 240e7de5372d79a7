import { type ErrorValue, IcejamError } from '../error.ts';
import type { Workflow } from '../flare/workflow.ts';
import { ends } from '../iceberg/stop.ts';
import { tellDifference } from '../race/compare-races.ts';
import {
  beginningsOf,
  partedAt,
  type RaceRecord,
  type RaceSummary,
  readRecord,
  recordVersion,
  scriptUpTo,
  summaryOf,
} from '../race/race-record.ts';
import type { Race } from '../race/runner.ts';
import type { Script } from '../race/script.ts';
import type { ForkablePast } from './race-controls.svelte.ts';
import { racesTouching, tabsMet } from '../race/told-race.ts';
import { grouped, joined } from '../words.ts';
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

/** A race that is to be run again as soon as somebody agrees that its tables are set back. */
export interface AskedRace {
  what: 'replay' | 'fork';
  /** Names of the tables that are set back. */
  tables: readonly string[];
  run: () => Promise<void>;
}

/** The races that this browser keeps, and the one that is on screen. */
export class Races implements ForkablePast {
  readonly #session: Session;
  readonly #view: RaceView;
  #list = $state.raw<readonly KeptRace[]>([]);
  #others = $state(0);
  #shown = $state.raw<RaceRecord | null>(null);
  #chosen = $state.raw<readonly string[]>([]);
  #comparison = $state.raw<Comparison | null>(null);
  #asked = $state.raw<AskedRace | null>(null);
  #error = $state.raw<ErrorValue | null>(null);
  #unkept = $state.raw<ErrorValue | null>(null);
  /** What is changed in a fork when it has repeated the past. */
  #change: (() => void) | null = null;

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

  /** Why the latest race could not be kept. */
  get unkept(): ErrorValue | null {
    return this.#unkept;
  }

  /** Whether the race on screen can be forked at its cursor. */
  get canFork(): boolean {
    const { ownCursor, report, running } = this.#view;
    return ownCursor !== null && !running && report !== null && report === this.#shown?.report;
  }

  /** Whether a job was at work at the cursor. */
  wasAlive(job: string): boolean {
    const { cursor, events } = this.#view;
    const last = events.slice(0, (cursor ?? 0) + 1).findLast((event) => event.job === job);
    return last !== undefined && !ends.includes(last.detail.stop);
  }

  /** The race that waits for a yes. */
  get asked(): AskedRace | null {
    return this.#asked;
  }

  /** Asks whether a kept race may be replayed. */
  askToReplay(id: string): void {
    const tables = this.#list.find((race) => race.id === id)?.tables ?? [];
    this.#asked = { what: 'replay', tables, run: () => this.replay(id) };
  }

  /** Asks whether the race on screen may be forked at its cursor, and `change` be made there. */
  askToFork(change: (() => void) | null = null): void {
    if (this.#shown === null || !this.canFork) return;
    const tables = beginningsOf(this.#shown).map(({ table }) => table);
    this.#asked = { what: 'fork', tables, run: () => this.fork(change) };
  }

  /** Answers whether the race that waits for it is run. */
  answer(yes: boolean): void {
    const asked = this.#asked;
    this.#asked = null;
    if (yes) void asked?.run();
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
      this.#view.show(record.events, record.report, record);
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

  /**
   * Runs the race on screen again up to its cursor, pauses there and makes a change, for another future. The old one
   * stays in sight.
   */
  fork(change: (() => void) | null = null): Promise<void> {
    return this.#try(async () => {
      const { ownCursor: cursor, lanes } = this.#view;
      const forked = this.#shown;
      if (forked === null || cursor === null) return;
      const parted = partedAt(forked, cursor);
      await this.#runAgain(forked, scriptUpTo(forked, cursor), 'pause', () => {
        this.#view.keepOldFuture(parted, lanes);
        this.#change = change;
      });
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
    this.#shown = null;
    this.#change = null;
    this.#unkept = null;
    return {
      onState: ({ script }) => {
        const change = this.#change;
        if (script !== null || change === null) return;
        this.#change = null;
        // Whoever makes the change is to know first that the race is in hand.
        queueMicrotask(change);
      },
      onReport: (report) => {
        const others = racesTouching(race.events, this.#view.beside.told);
        const record = recordOf(race, { text, workflow, report, others });
        this.#shown = record;
        void this.#save(record);
      },
    };
  }

  async #save(record: RaceRecord): Promise<void> {
    const { id, startedAt } = record;
    const race = { id, startedAt, summary: summaryOf(record), log: record };
    try {
      checkLength(record);
      await this.#session.workbench.call('saveRace', { race });
    } catch (thrown) {
      const error = IcejamError.from(thrown).toValue();
      this.#unkept = { ...error, message: `This race is not kept. ${error.message}` };
    }
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

  async #runAgain(
    record: RaceRecord,
    script: Script,
    afterScript: 'run' | 'pause',
    onStart: () => void = () => undefined,
  ): Promise<void> {
    if (this.#view.running) return;
    this.#refuseBesideOthers(record);
    const { workflow, protocol, seed, text } = record;
    await this.#session.workbench.call('setBack', { tables: beginningsOf(record) });
    const race = this.#session.start(workflow, { protocol, seed, text, script, afterScript });
    onStart();
    await race.finished;
  }

  /** Throws `IllegalState` where another tab has, or had, a hand in the race's tables. */
  #refuseBesideOthers({ events, others = [] }: RaceRecord): void {
    const met = tabsMet(events, others);
    if (met.length > 0) {
      throw new IcejamError(
        'IllegalState',
        `This race met commits of Tab ${joined(met)}; a replay runs the jobs of this tab alone, and would go another way.`,
        { remedy: 'Open it to look at it, or run both again by hand.' },
      );
    }
    const racing = this.#view.beside.told.find(({ endedAt }) => endedAt === null);
    if (racing !== undefined) {
      throw new IcejamError(
        'IllegalState',
        `Tab ${racing.tab} is racing, and would find the tables set back under its jobs.`,
        { remedy: 'Wait until its race is over.' },
      );
    }
  }

  async #viewOf(race: KeptRace): Promise<ComparedRace> {
    const view = new RaceView();
    const record = await this.#load(race.id);
    view.show(record.events, record.report, record);
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

/** Throws `IllegalState` for a race that is too long to be kept. */
function checkLength({ events }: RaceRecord): void {
  if (events.length <= keptEvents) return;
  throw new IcejamError(
    'IllegalState',
    `It came to ${grouped(events.length)} stops, and only races of up to ${grouped(keptEvents)} are kept.`,
    { remedy: 'Look at it now, or run it with fewer jobs or attempts.' },
  );
}

function recordOf(
  { id, protocol, seed, events, kills, startedAt }: Race,
  rest: Pick<RaceRecord, 'text' | 'workflow' | 'report' | 'others'>,
): RaceRecord {
  return {
    version: recordVersion,
    id,
    startedAt,
    protocol,
    seed,
    events: [...events],
    kills: [...kills],
    ...rest,
  };
}
