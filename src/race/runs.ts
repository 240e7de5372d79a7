import type { RaceEvent } from './event.ts';
import type { JobReport } from './report.ts';

/**
 * A race as the checker sees it, to which each run of a restarted job is a job of its own. A run that found the commit
 * of the run before it in the table, and so wrote nothing, is the rest of that run. Pure.
 */
export function runsOf(
  events: readonly RaceEvent[],
  jobs: readonly JobReport[],
): { events: RaceEvent[]; jobs: JobReport[] } {
  const restarted = jobs.filter(({ earlier = [] }) => earlier.length > 0);
  if (restarted.length === 0) return { events: [...events], jobs: [...jobs] };
  const names = new Map<RaceEvent, string>();
  const reports = jobs.flatMap((job) => namedRuns(job, events, names));
  return {
    events: events.map((event) => ({ ...event, job: names.get(event) ?? event.job })),
    jobs: reports,
  };
}

interface Run {
  report: JobReport;
  events: readonly RaceEvent[];
}

/** The reports of a job's runs under names of their own, by which its events are noted in `names`. */
function namedRuns(
  job: JobReport,
  events: readonly RaceEvent[],
  names: Map<RaceEvent, string>,
): JobReport[] {
  const eventsOfRuns = splitRuns(events.filter((event) => event.job === job.name));
  const runs: Run[] = [];
  for (const [index, report] of [...(job.earlier ?? []), job].entries()) {
    const run = { report, events: eventsOfRuns[index] ?? [] };
    const before = isRest(run) ? runs.pop() : undefined;
    runs.push({ report, events: [...(before?.events ?? []), ...run.events] });
  }
  return runs.map((run, index) => {
    const name = index === runs.length - 1 ? job.name : runName(job.name, index + 1);
    for (const event of run.events) names.set(event, name);
    return { ...run.report, name };
  });
}

const runName = (job: string, run: number): string => `${job} (run ${run})`;

/** The job of the workflow that a run belongs to, from the run's name in a verdict. */
export const laneOf = (run: string): string => run.replace(/ \(run \d+\)$/, '');

/** Whether a run looked into the table and had nothing left to commit. */
function isRest({ report, events }: Run): boolean {
  const stops = new Set(events.map(({ detail }) => detail.stop));
  return report.outcome === 'committed' && stops.has('base-read') && !stops.has('before-swap');
}

/** One job's events, run by run; each run begins at `start`. */
function splitRuns(events: readonly RaceEvent[]): RaceEvent[][] {
  const runs: RaceEvent[][] = [];
  for (const event of events) {
    if (event.detail.stop === 'start') runs.push([event]);
    else runs.at(-1)?.push(event);
  }
  return runs;
}
