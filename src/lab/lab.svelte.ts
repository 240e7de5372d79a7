import { type ErrorValue, IcejamError } from '../error.ts';
import type { SaveChange } from '../flare/change-saves.ts';
import type { Protocol } from '../iceberg/stop.ts';
import type { StorageMessage } from '../storage/channel.ts';
import { readScript } from '../race/read-script.ts';
import type { Challenge } from './challenges.ts';
import { defaultQuery } from './default-query.ts';
import { Dropzone } from './dropzone.svelte.ts';
import type { ExploredRace } from './explored-race.ts';
import { Keys } from './keys.svelte.ts';
import { Lesson } from './lesson.svelte.ts';
import { inputsOf, Links } from './links.svelte.ts';
import { OtherTabs } from './other-tabs.svelte.ts';
import { RaceControls } from './race-controls.svelte.ts';
import { RaceView } from './race-view.svelte.ts';
import { Races } from './races.svelte.ts';
import { Reader } from './reader.svelte.ts';
import { type Example, examples, exampleText, scenarioText } from './samples.ts';
import type { Session, SessionRaceOptions } from './session.ts';
import { StoredFiles } from './stored-files.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { raceOf } from './share.ts';
import { missingFeatures } from './support.ts';
import { Tables } from './tables.svelte.ts';
import { Theme } from './theme.svelte.ts';
import { UnsafeTables } from './unsafe-tables.svelte.ts';
import { Workbench } from './workbench.svelte.ts';
import { WorkflowText } from './workflow-text.svelte.ts';

/** The pace of a race whose order is given: a class can follow it. */
const lessonPace = 1 / 16;

/** The whole page's state, over the session that it shares with the console API. */
export class Lab {
  readonly theme = new Theme(document.documentElement);
  readonly workflow = new WorkflowText();
  readonly race = new RaceView();
  readonly controls: RaceControls;
  readonly keys = new Keys();
  /** The other tabs that have this page open. */
  readonly tabs = new OtherTabs(this.race.beside);
  /** The scenario or link that is open. */
  readonly lesson = new Lesson();
  readonly links = new Links(this);
  readonly dropzone: Dropzone;
  readonly workbench: Workbench;
  readonly reader: Reader;
  readonly tables: Tables;
  readonly stored: StoredFiles;
  readonly unsafe: UnsafeTables;
  readonly races: Races;
  /** What this browser lacks, in sentences. */
  readonly missing = missingFeatures();
  /** How the jobs of the next race coordinate. */
  protocol = $state<Protocol>('queued');

  readonly #session: Session;
  #example = $state<Example | null>(null);
  #exampleText = $state('');
  #starting = $state(false);
  #error = $state.raw<ErrorValue | null>(null);
  /** Settles when the text that was asked for last stands in the editor. */
  #written: Promise<void> = Promise.resolve();

  constructor(session: Session) {
    this.#session = session;
    this.dropzone = new Dropzone(session);
    this.workbench = new Workbench(session);
    this.reader = new Reader(session);
    this.tables = new Tables(session);
    this.stored = new StoredFiles(session);
    this.unsafe = new UnsafeTables(session, this.race);
    this.races = new Races(session, this.race);
    this.controls = new RaceControls((thrown) => this.#fail(thrown), this.races);
    session.onRace((race, workflow) => {
      this.race.begin(workflow.jobs, race.startedAt);
      void this.reader.begin(workflow, this.workbench.view);
      this.controls.begin(race);
      race.finished.catch((thrown: unknown) => {
        this.race.end(null);
        this.controls.end();
        this.#fail(thrown);
      });
      return {
        onEvent: (event) => this.race.record(event),
        onJob: (job) => this.race.jobEnded(job),
        onState: (state) => {
          this.race.steered(state);
          this.controls.steered(state);
        },
        onReport: (report) => {
          this.race.end(report);
          this.lesson.judge(this.workflow.text, report, race.events);
          const { told } = this.race.beside;
          this.links.raceEnded(this.workflow.text, report, race.events, told);
          this.controls.end();
          void this.reader.look(this.workbench.view);
        },
        others: () => this.race.beside.told,
      };
    });
    session.onRace((race, workflow) => this.tabs.watch(race, workflow));
    new BroadcastChannel('icejam').onmessage = ({ data }: MessageEvent<StorageMessage>) =>
      this.#storageChanged(data);
  }

  /** The example whose text is in the editor; `null` if it was changed. */
  get example(): Example | null {
    return this.workflow.text === this.#exampleText ? this.#example : null;
  }

  /** Whether Run does something. */
  get canRun(): boolean {
    return this.workflow.runnable && !this.busy && this.missing.length === 0;
  }

  /** Whether a race runs or is about to. */
  get busy(): boolean {
    return this.#starting || this.race.running;
  }

  /** Why the last run did not come about. */
  get error(): ErrorValue | null {
    return this.#error;
  }

  /** Opens the first example and looks what is stored from the last visit. What fails is told on the page. */
  async start(): Promise<void> {
    try {
      if (this.missing.length === 0) await this.tabs.join();
      if (!(await this.openLink(location.hash))) await this.openExample(examples[0]);
      if (this.missing.length > 0) return;
      await Promise.all([this.dropzone.refresh(), this.tables.refresh(), this.races.refresh()]);
      if (this.tables.listing.length > 0) await this.workbench.tableChanged();
      else await this.workbench.warmUp();
      this.#session.warmUp();
    } catch (thrown) {
      this.#error = IcejamError.from(thrown).toValue();
    }
  }

  /** Takes what was typed; while no race is on screen, its jobs have their lanes at once. */
  edit(text: string): void {
    this.workflow.text = text;
    this.race.plan(this.workflow.jobs);
  }

  /** Puts an example into the editor. */
  openExample(example: Example): Promise<void> {
    return this.#write(async () => {
      this.#exampleText = await exampleText(example);
      this.#example = example;
      this.lesson.close();
      await this.#show(this.#exampleText);
      const query = defaultQuery(this.workflow.workflows);
      if (query !== null) this.workbench.propose(query);
    });
  }

  /** Puts a scenario into the editor, with its protocol, its query, and the order in which its jobs go on. */
  openScenario(scenario: Scenario): Promise<void> {
    return this.#write(async () => {
      const text = await scenarioText(scenario.name);
      this.lesson.open({ kind: 'scenario', scenario }, text);
      this.protocol = scenario.protocol;
      this.controls.pace = lessonPace;
      this.workbench.put(scenario.query);
      await this.#show(text);
    });
  }

  /** Puts a challenge's workflow into the editor, with the safety on, whatever the last lesson had. */
  openChallenge(challenge: Challenge): Promise<void> {
    return this.#write(async () => {
      const text = await scenarioText(challenge.workflow);
      this.lesson.open({ kind: 'challenge', challenge }, text);
      this.protocol = 'queued';
      await this.#show(text);
      this.#putDefaultQuery();
    });
  }

  /** Opens the race that a link's hash stands for; false if it stands for none. A damaged link is told, and opens nothing. */
  openLink(hash: string): Promise<boolean> {
    return this.#write(async () => {
      try {
        const race = await raceOf(hash);
        if (race === null || this.race.running) return false;
        const { workflow, protocol, query, files, script, seed } = race;
        this.lesson.open({ kind: 'link', order: { script, seed }, files }, workflow);
        this.protocol = protocol;
        if (script !== null) this.controls.pace = lessonPace;
        if (query !== null) this.workbench.put(query);
        await this.#show(workflow);
        return true;
      } catch (thrown) {
        this.#fail(thrown);
        return false;
      }
    });
  }

  /** Puts an explored schedule into the editor and runs it on real workers. Does nothing while a race runs. */
  async runExplored({ workflow, script }: ExploredRace, protocol: Protocol): Promise<void> {
    if (this.busy) return;
    this.lesson.open({ kind: 'explored', script }, workflow);
    this.protocol = protocol;
    this.controls.pace = lessonPace;
    await this.#write(() => this.#show(workflow));
    this.#putDefaultQuery();
    await this.run();
  }

  /**
   * Runs the workflows of the text in order; the sample trips are dropped first if they are read and missing. `paused`:
   * each job waits at its first stop.
   */
  async run({ paused = false } = {}): Promise<void> {
    if (!this.canRun) return;
    this.#starting = true;
    this.#error = null;
    try {
      await this.#written;
      if (!this.workflow.runnable) return;
      const { text, workflows } = this.workflow;
      const order = this.#order();
      await this.dropzone.provideSample(inputsOf(workflows));
      for (const workflow of workflows) {
        const jobs = order.script === undefined ? workflow.jobs.map(({ name }) => name) : [];
        const options = { protocol: this.protocol, text, paused, ...order };
        await this.#session.start(workflow, { ...options, ...this.controls.startOptions(jobs) })
          .finished;
      }
    } catch (thrown) {
      this.#error = IcejamError.from(thrown).toValue();
    } finally {
      this.#starting = false;
    }
  }

  /** Runs the race, pauses it, or lets it go on. */
  runOrPause(): void {
    if (this.race.running) this.controls.togglePause();
    else void this.run();
  }

  /** One event forward: in the log if the cursor is in the past, else a stop of a job. A race that is not on begins. */
  stepForward(): void {
    const { cursor, events, ownEvents, running } = this.race;
    if (cursor !== null) this.race.select(cursor < events.length - 1 ? cursor + 1 : null);
    else if (running) this.controls.step(this.race.lane);
    else if (ownEvents.length === 0) void this.run({ paused: true });
  }

  /** Whether a step forward does something. */
  get canStep(): boolean {
    const { cursor, ownEvents, running } = this.race;
    return cursor !== null || running || (ownEvents.length === 0 && this.canRun);
  }

  /** One event back in the log; a race that is on waits meanwhile. */
  stepBack(): void {
    if (this.race.running && !this.controls.paused) this.controls.togglePause();
    this.race.step(-1);
  }

  /** Chooses the nth lane from 0, if there is one of this tab. */
  chooseLane(index: number): void {
    const job = this.race.lanes[index];
    if (job?.elsewhere === null) this.race.chooseLane(job.name);
  }

  /** The lane that single keys act on: the chosen one, else the one of the event in focus. */
  get lane(): string | null {
    const { lanes, focus } = this.race;
    const own = lanes.filter(({ elsewhere }) => elsewhere === null).map(({ name }) => name);
    const wanted = [this.race.lane, focus?.job];
    return own.find((name) => wanted.includes(name)) ?? own[0] ?? null;
  }

  /** Changes how all jobs of the text save. */
  changeSaves(change: SaveChange): Promise<void> {
    return this.#write(() => this.#changeSaves(change));
  }

  /** Switches the comparison of swaps off for the next race, or on again. */
  toggleSafety(): void {
    if (!this.busy) this.protocol = this.protocol === 'unsafe' ? 'queued' : 'unsafe';
  }

  /** Deletes every table, every dropped file and every race. */
  async reset(): Promise<void> {
    this.#error = null;
    try {
      await this.#session.workbench.call('reset', {});
    } catch (thrown) {
      this.#error = IcejamError.from(thrown).toValue();
    }
  }

  async #changeSaves(change: SaveChange): Promise<void> {
    try {
      const { changeSaves } = await import('../flare/change-saves.ts');
      this.workflow.text = changeSaves(this.workflow.text, change);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #fail(thrown: unknown): void {
    this.#error = IcejamError.from(thrown).toValue();
  }

  /** Changes the text when the changes that were asked for before are made; a run waits for all of them. */
  #write<T>(change: () => Promise<T>): Promise<T> {
    const written = this.#written.then(change);
    this.#written = written.then(
      () => undefined,
      () => undefined,
    );
    return written;
  }

  async #show(text: string): Promise<void> {
    this.workflow.text = text;
    await this.workflow.ready;
    this.race.prepare(this.workflow.jobs);
  }

  #putDefaultQuery(): void {
    const query = defaultQuery(this.workflow.workflows);
    if (query !== null) this.workbench.put(query);
  }

  /** How the lesson wants the race to go. A script is one of a single workflow. */
  #order(): Pick<SessionRaceOptions, 'script' | 'seed'> {
    const { script, seed } = this.lesson.orderOf(this.workflow.text);
    return {
      ...(seed === null ? {} : { seed }),
      ...(script === null || this.workflow.workflows.length !== 1
        ? {}
        : { script: readScript(script) }),
    };
  }

  #storageChanged(message: StorageMessage): void {
    if (message.type === 'dataset-changed') {
      void this.dropzone.refresh();
      return;
    }
    if (message.type === 'races-changed' || message.type === 'reset') void this.races.refresh();
    if (message.type === 'races-changed') return;
    // The reader asks first: the worker answers one query after the other.
    if (this.race.running) void this.reader.look(this.workbench.view);
    void this.workbench.tableChanged();
    void this.tables.refresh();
    if (message.type !== 'reset') return;
    // Whichever tab it was: versions begin again, and what is on screen is of tables that are gone.
    this.race.prepare(this.workflow.jobs);
    this.workbench.forget();
    void this.dropzone.refresh();
  }
}
