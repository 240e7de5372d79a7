import type { Workflow } from '../flare/workflow.ts';
import type { LaneState } from '../race/race-state.ts';
import type { Race } from '../race/runner.ts';
import { type RaceNews, type ToldRace, withNews } from '../race/told-race.ts';
import { epochNow } from './races-beside.svelte.ts';
import type { RaceObserver } from './session.ts';

/** Puts a race of this tab into words for the others: once as a whole, then news by news. */
export class RaceTeller {
  readonly #tell: (news: RaceNews) => void;
  #race: Omit<ToldRace, 'tab'>;
  #news: RaceNews | null = null;

  /** `tell` gets all that happens in one task together, in order. */
  constructor(race: Race, { jobs }: Workflow, tell: (news: RaceNews) => void) {
    this.#tell = tell;
    this.#race = {
      id: race.id,
      startedAt: race.startedAt,
      endedAt: null,
      isCutOff: false,
      jobs: jobs.map(({ name, dependencies }) => ({ name, dependencies })),
      events: [],
      reports: {},
      lanes: race.state.lanes,
    };
    race.finished.catch(() => this.#add({ endedAt: epochNow() }));
  }

  /** Whether the race is over, unless a job is run again. */
  get isOver(): boolean {
    return this.#race.endedAt !== null;
  }

  /** All that is known of the race; what is not told yet is told by that. */
  whole(tab: string): ToldRace {
    this.#take();
    return { ...this.#race, tab };
  }

  /** What makes this hear of the race. */
  observer(): RaceObserver {
    return {
      onEvent: (event) => this.#add({ events: [event] }),
      onJob: (report) => this.#add({ reports: { [report.name]: report } }),
      onState: ({ lanes }) => this.#steered(lanes),
      onReport: () => this.#add({ endedAt: epochNow() }),
    };
  }

  #steered(lanes: ToldRace['lanes']): void {
    const told = { ...this.#race.lanes, ...this.#news?.lanes };
    const changed = Object.entries(lanes).filter(([job, lane]) => !isSame(told[job], lane));
    if (changed.length === 0) return;
    // A job that is run again begins the race again.
    const isAtWork = Object.values(lanes).some(({ where }) => where.is !== 'ended');
    this.#add({ lanes: Object.fromEntries(changed), ...(isAtWork ? { endedAt: null } : {}) });
  }

  #add(change: Partial<RaceNews>): void {
    // No timer and no frame: a tab that is not on screen has neither in good time.
    if (this.#news === null) queueMicrotask(() => this.#send());
    const news = this.#news ?? this.#none();
    this.#news = {
      ...news,
      ...change,
      events: [...news.events, ...(change.events ?? [])],
      reports: { ...news.reports, ...change.reports },
      lanes: { ...news.lanes, ...change.lanes },
    };
  }

  #none(): RaceNews {
    const { id, endedAt, events } = this.#race;
    return { id, endedAt, events: [], reports: {}, lanes: {}, after: events.length };
  }

  #send(): void {
    const news = this.#take();
    if (news !== null) this.#tell(news);
  }

  #take(): RaceNews | null {
    const news = this.#news;
    if (news !== null) this.#race = withNews(this.#race, news) ?? this.#race;
    this.#news = null;
    return news;
  }
}

/** Whether a lane looks the same to somebody who does not steer it. */
function isSame(one: LaneState | undefined, other: LaneState): boolean {
  return one !== undefined && lookOf(one) === lookOf(other);
}

function lookOf({ breakpoints, kills, where }: LaneState): string {
  const since = where.is === 'held' ? where.since : null;
  const behind = where.is === 'queued' ? where.behind : null;
  return JSON.stringify([where.is, since, behind, breakpoints, kills]);
}
