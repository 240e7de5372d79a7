import { IcejamError } from '../error.ts';
import type { Job } from '../flare/workflow.ts';
import { deathReport } from './death.ts';
import type { RaceEvent } from './event.ts';
import type { LaneState } from './race-state.ts';
import type { JobReport } from './report.ts';
import { versionOf } from './table-version.ts';

/** A race in another tab, as far as that tab has told of it. Plain data; see {@link tabsVersion}. */
export interface ToldRace {
  id: string;
  /** The name of its tab, such as `A`. */
  tab: string;
  /** Epoch ms, with fractions: all tabs of a machine go by one clock. */
  startedAt: number;
  /** Epoch ms; `null` while jobs are at work. */
  endedAt: number | null;
  /** Whether its tab was closed, or crashed, before the race was over. */
  isCutOff: boolean;
  jobs: readonly Pick<Job, 'name' | 'dependencies'>[];
  events: readonly RaceEvent[];
  /** Of the jobs that have ended, by name. */
  reports: Readonly<Record<string, JobReport>>;
  lanes: Readonly<Record<string, LaneState>>;
}

/** What has changed in a race since its tab told of it last. */
export interface RaceNews extends Pick<
  ToldRace,
  'id' | 'endedAt' | 'events' | 'reports' | 'lanes'
> {
  /** How many events were told before these. */
  after: number;
}

/**
 * The version of all that one tab tells another; raise it when a field of an event, a report or a race's state changes
 * its meaning.
 */
export const tabsVersion = 1;

/** A race with its news; `null` if news before these were missed. */
export function withNews<Told extends Omit<ToldRace, 'tab'>>(
  race: Told,
  news: RaceNews,
): Told | null {
  if (news.after !== race.events.length) return null;
  return {
    ...race,
    endedAt: news.endedAt,
    events: [...race.events, ...news.events],
    reports: { ...race.reports, ...news.reports },
    lanes: { ...race.lanes, ...news.lanes },
  };
}

/** A race whose tab was closed, or crashed, at this time: its workers ended with it, and nobody told how far they came. */
export function cutOff(race: ToldRace, at: number): ToldRace {
  if (race.endedAt !== null) return race;
  const reports = race.jobs.flatMap(({ name }) => {
    const isAtWork = race.lanes[name]?.where.is !== 'ended';
    const known = isAtWork ? undefined : race.reports[name];
    return known ?? reportOfLost(race, name, at) ?? [];
  });
  return {
    ...race,
    endedAt: at,
    isCutOff: true,
    reports: Object.fromEntries(reports.map((report) => [report.name, report])),
    lanes: {},
  };
}

/** What can be said of a job whose tab is gone; `null` if it had not begun. */
function reportOfLost({ events, lanes, startedAt, tab }: ToldRace, job: string, at: number) {
  const own = events.filter((event) => event.job === job);
  const run = own.slice(own.findLastIndex(({ detail }) => detail.stop === 'start'));
  const last = run.at(-1);
  if (last === undefined) return null;
  const error = new IcejamError('WorkerKilled', `Tab ${tab} was closed while ${job} was at work.`);
  const report = deathReport(job, run, Math.round(at - startedAt - (run[0]?.at ?? 0)), error);
  // One that was held went no further; of any other its last steps may be untold, a swap among them.
  const mayHaveSwapped = lanes[job]?.where.is !== 'held' && last.attempt > 0;
  return mayHaveSwapped && report.snapshotId === null
    ? { ...report, outcome: 'unknown' as const }
    : report;
}

/** The span of a tab's own race, or of the time since its last one was put away. Epoch ms. */
export interface Span {
  from: number;
  /** `null` while the race is on. */
  to: number | null;
}

/** The races of other tabs that belong beside a race: those that met it in time, and of each tab its latest. */
export function racesBeside(told: readonly ToldRace[], { from, to }: Span): ToldRace[] {
  const recent = told.filter(({ endedAt }) => endedAt === null || endedAt > from);
  return recent.filter(
    ({ startedAt, tab }, at) =>
      to === null || startedAt < to || !recent.slice(at + 1).some((later) => later.tab === tab),
  );
}

/** Those of the races that touched a table that these events touch. */
export function racesTouching(
  events: readonly RaceEvent[],
  races: readonly ToldRace[],
): ToldRace[] {
  const tables = new Set(events.flatMap(({ table }) => table ?? []));
  return races.filter((race) =>
    race.events.some(({ table }) => table !== null && tables.has(table)),
  );
}

/** What a job of another tab is called wherever it stands beside those of this one: no workflow has such a name. */
export function nameElsewhere(tab: string, job: string): string {
  return `Tab ${tab}’s ${job}`;
}

/**
 * The tabs whose commits a race met: commits that moved a table on between the version that the race found first and
 * the last one that it saw. Without them it would have gone another way.
 */
export function tabsMet(events: readonly RaceEvent[], others: readonly ToldRace[]): string[] {
  const seen = versionsSeen(events);
  const met = others.filter((race) =>
    race.events.some(({ table, detail }) => {
      const span = table === null ? undefined : seen.get(table);
      if (span === undefined || detail.stop !== 'swap-won') return false;
      return detail.version > span.first && detail.version <= span.last;
    }),
  );
  return [...new Set(met.map(({ tab }) => tab))];
}

/** The first and the last version of each table that events speak of. */
function versionsSeen(events: readonly RaceEvent[]) {
  const seen = new Map<string, { first: number; last: number }>();
  for (const { table, detail } of events) {
    const version = versionOf(detail);
    if (table === null || version === null) continue;
    const { first, last } = seen.get(table) ?? { first: version, last: version };
    seen.set(table, { first: Math.min(first, version), last: Math.max(last, version) });
  }
  return seen;
}
