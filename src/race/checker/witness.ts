import type { RaceEvent } from '../event.ts';
import type { JobReport } from '../report.ts';
import { runsOf } from '../runs.ts';
import { nameElsewhere, type ToldRace } from '../told-race.ts';

/** A race of another tab on the same tables: it explains what this race met, and is judged by its own tab. */
export interface Witness {
  events: readonly RaceEvent[];
  jobs: readonly JobReport[];
}

/** A race of another tab as a checker hears of it: a job of which nothing is known yet may have committed or not. */
export function witnessOf({ events, jobs, reports, tab }: ToldRace): Witness {
  const known = jobs.map(({ name }) => reports[name] ?? { ...unknownSoFar, name });
  const runs = runsOf(events, known);
  const named = (job: string) => nameElsewhere(tab, job);
  return {
    events: runs.events.map((event) => ({ ...event, job: named(event.job) })),
    jobs: runs.jobs.map((report) => ({ ...report, name: named(report.name) })),
  };
}

const unknownSoFar: Omit<JobReport, 'name'> = {
  outcome: 'unknown',
  attempts: 0,
  snapshotId: null,
  rows: 0,
  files: 0,
  ms: 0,
  warnings: [],
  error: null,
};
