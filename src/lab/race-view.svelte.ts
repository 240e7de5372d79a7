import { untrack } from 'svelte';
import type { ErrorValue } from '../error.ts';
import type { Job } from '../flare/workflow.ts';
import type { Protocol } from '../iceberg/stop.ts';
import { conclude } from '../race/conclude.ts';
import { type ConflictingFile, conflictingFiles, conflictOf } from '../race/conflict.ts';
import type { RaceEvent } from '../race/event.ts';
import { historyOf } from '../race/history.ts';
import { joinLogs } from '../race/joined-log.ts';
import { narrate } from '../race/narrate.ts';
import { type Past, pastOf } from '../race/past.ts';
import type { RaceState } from '../race/race-state.ts';
import type { PartedLog, RaceRecord } from '../race/race-record.ts';
import type { JobReport, WorkflowReport } from '../race/report.ts';
import { reasonOf } from '../race/reason.ts';
import { tellingEvent } from '../race/telling-event.ts';
import { type Witness, witnessOf } from '../race/witness.ts';
import { type Exhibited, exhibitedIn } from './exhibited.ts';
import { type LaneJob, laneJob, withHolders } from './lane-job.ts';
import { lanesBeside } from './lanes-beside.ts';
import { LogCursor } from './log-cursor.svelte.ts';
import { type OldFuture, oldFutureOf } from './old-future.ts';
import { epochNow, RacesBeside } from './races-beside.svelte.ts';

/** `events`: one column per event, so that a commit of 30 ms reads as well as a read of 500 ms. `clock`: true time. */
export type AxisName = 'events' | 'clock';

/** What a race came to; a race that no worker ran has no seed and no script. */
export type JudgedRace = Omit<WorkflowReport, 'seed' | 'script'>;

/** A race on screen, with those of other tabs that meet it: the log, what became of the jobs, and the cursor in the log. */
export class RaceView {
  /** How the diagram counts from left to right. */
  axis = $state<AxisName>('events');

  #jobs = $state.raw<readonly Pick<Job, 'name' | 'dependencies'>[]>([]);
  /** Epoch ms. */
  #startedAt = $state(0);
  #own = $state.raw<readonly RaceEvent[]>([]);
  #reports = $state.raw<Readonly<Record<string, JobReport>>>({});
  #report = $state.raw<JudgedRace | null>(null);
  #running = $state(false);
  #isLive = $state(false);
  #lane = $state<string | null>(null);
  #state = $state.raw<RaceState | null>(null);
  #oldFuture = $state.raw<OldFuture | null>(null);
  #pending: RaceEvent[] = [];
  #pendingState: RaceState | null = null;
  #isFlushing = false;
  readonly #schedule: (flush: () => void) => void;

  /** The races of other tabs beside this one. */
  readonly beside = new RacesBeside(() => this.#flushSoon());

  readonly #log = $derived(
    joinLogs({ startedAt: this.#startedAt, events: this.#own }, this.beside.shown),
  );
  readonly #events = $derived(this.#log.events);
  readonly #cursor = new LogCursor(() => this.#log);
  readonly #isOnElsewhere = $derived(this.beside.shown.some(({ endedAt }) => endedAt === null));
  readonly #history = $derived(historyOf(this.#events));
  readonly #ownLanes = $derived(
    this.#jobs.map((job) =>
      laneJob(job, {
        lane: this.#state?.lanes[job.name],
        outcome: this.#reports[job.name]?.outcome,
        isLive: this.#isLive,
      }),
    ),
  );
  readonly #witness = $derived(
    this.#report?.verdict.result === 'violated' ? witnessOf(this.#events) : null,
  );
  readonly #exhibited = $derived(exhibitedIn(this.#log, this.#report?.verdict.exhibit));
  readonly #lanes = $derived(
    withHolders([...this.#ownLanes, ...lanesBeside(this.beside.shown)], this.#history),
  );
  readonly #focus = $derived(
    this.cursor === null ? this.#newest() : (this.#events[this.cursor] ?? null),
  );

  /** `schedule` says when events that arrived go on screen; a frame at a time by default. */
  constructor(schedule: (flush: () => void) => void = (flush) => requestAnimationFrame(flush)) {
    this.#schedule = schedule;
  }

  /** The log so far, with what other tabs did meanwhile. */
  get events(): readonly RaceEvent[] {
    return this.#events;
  }

  /** The log of this tab's race alone. */
  get ownEvents(): readonly RaceEvent[] {
    return this.#own;
  }

  /** The log by job and by table. */
  get history() {
    return this.#history;
  }

  /** One lane per job, in the order of the workflow; below them those of other tabs. */
  get lanes(): readonly LaneJob[] {
    return this.#lanes;
  }

  /** What became of the jobs that have ended. */
  get reports(): readonly JobReport[] {
    return this.#jobs.flatMap(({ name }) => this.#reports[name] ?? []);
  }

  /** The whole report, `null` until the race is judged. */
  get report(): JudgedRace | null {
    return this.#report;
  }

  /** The lost update that the verdict found, `null` if it found none. */
  get witness(): Witness | null {
    return this.#witness;
  }

  /** The events that the verdict points at, `null` if it points at none that are in the log. */
  get exhibited(): Exhibited | null {
    return this.#exhibited;
  }

  /** Whether an event is lit: the verdict rests on it. */
  isLit(seq: number): boolean {
    const { buried, by } = this.#witness ?? {};
    if (buried !== undefined) return seq === buried.seq || seq === by?.seq;
    return this.#exhibited?.events.some((event) => event.seq === seq) ?? false;
  }

  /** Whether jobs are at work. */
  get running(): boolean {
    return this.#running;
  }

  /** How a job coordinates with the others, `null` before it has said so. */
  protocolOf(job: string): Protocol | null {
    const start = this.#history.segments.get(job)?.[0]?.events[0]?.detail;
    return start?.stop === 'start' ? start.protocol : null;
  }

  /** The lane that was chosen, which keys act on and which is looked at while it waits; `null` if none was. */
  get lane(): string | null {
    return this.#lane;
  }

  /** Chooses a lane of this tab. */
  chooseLane(job: string | null): void {
    this.#lane = job;
  }

  /**
   * The job that waits at a breakpoint of its own: that of the chosen lane, else the one that came there last; `null` if
   * none does. One of another tab only while there is no race of this one.
   */
  get held(): LaneJob | null {
    const since = ({ where }: LaneJob) => (where?.is === 'held' ? where.since : 0);
    const lanes = this.#own.length === 0 ? this.#lanes : this.#ownLanes;
    const held = lanes.filter((lane) => lane.held).toSorted((a, b) => since(b) - since(a));
    return held.find(({ name }) => name === this.#lane) ?? held[0] ?? null;
  }

  /** Whether the sentence sums the race up: it is judged, nothing is chosen, and there is no news from another tab. */
  get summing(): boolean {
    if (this.cursor !== null || this.#report === null) return false;
    const { focus } = this;
    if (focus === null || !this.#isOnElsewhere || this.#isOwn(focus)) return true;
    return focus.seq < (this.#events.findLast(this.#isOwn)?.seq ?? 0);
  }

  /** Sequence number of the event that was chosen; `null`: follow the race. */
  get cursor(): number | null {
    return this.#cursor.seq;
  }

  /** The last event of this tab's race that was known at the cursor, as its own log counts; `null`: there was none. */
  get ownCursor(): number | null {
    if (this.cursor === null) return null;
    const at = this.#events.slice(0, this.cursor + 1).findLastIndex(this.#isOwn);
    return this.#log.origins[at]?.seq ?? null;
  }

  /** The event that the sentence and the inspector speak of. */
  get focus(): RaceEvent | null {
    return this.#focus;
  }

  /** What just happened, or what the race came to. */
  get sentence(): string {
    if (this.summing) {
      return conclude(this.#own, this.#report?.verdict.ledger, this.#history);
    }
    return this.#focus === null ? '' : narrate(this.#focus, this.#history);
  }

  /** Whether a job runs in another tab, and is steered there. */
  isElsewhere(job: string): boolean {
    return this.#lanes.some(({ elsewhere, name }) => elsewhere !== null && name === job);
  }

  /**
   * What happened at an event. Only who was first at a lost swap may be heard later: all else is said once, and not again
   * with each event that follows.
   */
  sentenceOf(event: RaceEvent): string {
    if (event.detail.stop === 'swap-lost') return narrate(event, this.#history);
    return untrack(() => narrate(event, this.#history));
  }

  /** The files that a commit was refused for, `null` if it was refused for something else. */
  filesInConflict(error: ErrorValue): ConflictingFile[] | null {
    const conflict = conflictOf(error);
    return conflict && conflictingFiles(conflict, this.#history);
  }

  /** See {@link reasonOf}. */
  reasonOf(error: ErrorValue): string {
    return reasonOf(error, this.#history);
  }

  /** What came before an event. */
  pastOf(event: RaceEvent): Past {
    return pastOf(event, this.#history);
  }

  /** What the race on screen was forked from, until it is let go; it has no columns of its own beside another tab's. */
  get oldFuture(): OldFuture | null {
    return this.beside.shown.length === 0 ? this.#oldFuture : null;
  }

  /** The race that has just begun is a fork: its other future stays in sight. */
  keepOldFuture(log: PartedLog, lanes: readonly LaneJob[]): void {
    const own = lanes.filter(({ elsewhere }) => elsewhere === null);
    this.#oldFuture = oldFutureOf(log, own);
  }

  /** Shows the race alone. */
  letOldFutureGo(): void {
    this.#oldFuture = null;
  }

  /** Shows the jobs of a workflow that has not run yet. */
  prepare(jobs: readonly Job[]): void {
    if (this.#running) return;
    this.#clear();
    this.plan(jobs);
    this.beside.clear(epochNow());
  }

  /** Has lanes for the jobs of the race to come, unless one is on screen. */
  plan(jobs: readonly Job[]): void {
    if (this.#running || this.#own.length > 0) return;
    // The workflows of a text run one after the other, each in lanes of its own, and may use a name again.
    const isFirst = ({ name }: Job, at: number) =>
      jobs.findIndex((job) => job.name === name) === at;
    this.#jobs = jobs.filter(isFirst);
  }

  /** Begins a new race with these jobs; epoch ms. */
  begin(jobs: readonly Pick<Job, 'name' | 'dependencies'>[], startedAt = epochNow()): void {
    this.#jobs = jobs;
    this.#clear();
    this.#startedAt = startedAt;
    this.beside.begin(startedAt);
    this.#running = true;
    this.#isLive = true;
  }

  /**
   * Shows a race that is over, whoever ran it, with those of other tabs that it met. Does nothing while another one runs.
   */
  show(
    events: readonly RaceEvent[],
    report: JudgedRace,
    { startedAt, others = [] }: Partial<Pick<RaceRecord, 'startedAt' | 'others'>> = {},
  ): void {
    if (this.#running) return;
    this.#jobs = report.jobs.map(({ name }) => ({ name, dependencies: [] }));
    this.#clear();
    this.#own = events;
    this.#startedAt = startedAt ?? 0;
    this.beside.showPast(others);
    this.#reports = Object.fromEntries(report.jobs.map((job) => [job.name, job]));
    this.#report = report;
  }

  /** Takes one event of the race into the log. */
  record(event: RaceEvent): void {
    this.#pending.push(event);
    this.#flushSoon();
  }

  /** Takes note of how the race is steered and where its jobs are. */
  steered(state: RaceState): void {
    this.#pendingState = state;
    this.#flushSoon();
  }

  /** A job has ended. */
  jobEnded(report: JobReport): void {
    this.#flush();
    this.#reports = { ...this.#reports, [report.name]: report };
  }

  /** The race is over; `null`: it could not be judged. */
  end(report: JudgedRace | null): void {
    this.#flush();
    this.#report = report;
    this.#running = false;
    this.#state = null;
    this.beside.end(epochNow());
  }

  /** Chooses an event; the picture shows what was known then. `null`: follows the race again. */
  select(seq: number | null): void {
    this.#cursor.select(seq);
  }

  /** Moves the cursor by so many events; from the end of the log if it followed the race. */
  step(by: number): void {
    this.#cursor.step(by);
  }

  /** Moves the cursor to the next event of the same job (`by` 1), or the one before (-1). */
  stepInLane(by: 1 | -1): void {
    const { focus } = this;
    if (focus === null) return;
    const own = this.#events.filter(({ job }) => job === focus.job);
    this.select(own[own.indexOf(focus) + by]?.seq ?? focus.seq);
  }

  /** Moves the cursor to the nearest event of the lane below (1) or above (-1). */
  changeLane(by: 1 | -1): void {
    const { focus } = this;
    if (focus === null) return;
    const index = this.#lanes.findIndex(({ name }) => name === focus.job);
    const other = this.#lanes[index + by]?.name;
    const distance = ({ seq }: RaceEvent) => Math.abs(seq - focus.seq);
    const nearest = this.#events
      .filter(({ job }) => job === other)
      .toSorted((a, b) => distance(a) - distance(b))[0];
    if (nearest !== undefined) this.select(nearest.seq);
  }

  /** The event to look at while nobody chose one: where a job is held, what came last in a race that waits. */
  #newest(): RaceEvent | null {
    const { held } = this;
    if (held !== null) return this.#events.findLast(({ job }) => job === held.name) ?? null;
    if (this.#state?.paused === true) {
      const waits = this.#lane !== null && this.#state.lanes[this.#lane]?.where.is === 'held';
      return this.#events.findLast(({ job }) => !waits || job === this.#lane) ?? null;
    }
    if (this.#running || this.#isOnElsewhere) return tellingEvent(this.#events, false);
    const isAlone = this.#own.length === 0 || this.beside.shown.length === 0;
    return tellingEvent(isAlone ? this.#events : this.#events.filter(this.#isOwn), true);
  }

  readonly #isOwn = ({ job }: RaceEvent) => this.#jobs.some(({ name }) => name === job);

  #clear(): void {
    this.#pending = [];
    this.#pendingState = null;
    this.#own = [];
    this.#reports = {};
    this.#report = null;
    this.#isLive = false;
    this.#state = null;
    this.#oldFuture = null;
    this.#cursor.select(null);
  }

  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#schedule(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushing = false;
    this.beside.flush();
    if (this.#pending.length > 0) {
      this.#own = [...this.#own, ...this.#pending];
      this.#pending = [];
    }
    if (this.#pendingState === null) return;
    this.#state = this.#pendingState;
    this.#pendingState = null;
    const isAtWork = Object.values(this.#state.lanes).some(({ where }) => where.is !== 'ended');
    // A job that is started again begins the race again.
    if (isAtWork && !this.#running) {
      this.#report = null;
      this.#running = true;
      this.beside.begin(this.#startedAt);
    }
  }
}
