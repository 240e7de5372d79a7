import { isHeld } from '../race/race-state.ts';
import { nameElsewhere, type ToldRace } from '../race/told-race.ts';
import type { LaneJob } from './lane-job.ts';

/** The lanes of other tabs' jobs. A job that a tab runs again in a later race has one lane, as it is in the later race. */
export function lanesBeside(races: readonly ToldRace[]): LaneJob[] {
  const lanes = races.flatMap((race) => race.jobs.map(({ name }) => laneOf(race, name)));
  return [...new Map(lanes.map((lane) => [lane.name, lane])).values()];
}

function laneOf({ endedAt, isCutOff, jobs, lanes, reports, tab }: ToldRace, job: string): LaneJob {
  const lane = lanes[job];
  const named = (name: string) => nameElsewhere(tab, name);
  const isAtWork = lane !== undefined && lane.where.is !== 'ended';
  const dependencies = jobs.find(({ name }) => name === job)?.dependencies ?? [];
  return {
    name: named(job),
    dependencies: dependencies.map(named),
    outcome: isAtWork && endedAt === null ? null : (reports[job]?.outcome ?? null),
    where: lane === undefined || endedAt !== null ? null : whereElsewhere(lane.where, named),
    held: lane !== undefined && endedAt === null && isHeld(lane),
    restartable: false,
    elsewhere: { tab, job, isOn: endedAt === null, isCutOff },
  };
}

type Where = NonNullable<LaneJob['where']>;

function whereElsewhere(where: Where, named: (job: string) => string): Where {
  return where.is === 'queued' && where.behind !== null
    ? { ...where, behind: named(where.behind) }
    : where;
}
