import type { Protocol } from '../../iceberg/stop.ts';
import type { ExplorationPlan, ExplorationReport, ExplorerMethods } from './api.ts';
import { explore } from './explore.ts';
import type { Exploration } from './exploration.ts';
import { exploredWorld, writersOf } from './explored-jobs.ts';
import { OutcomeKinds } from './outcome-kinds.ts';
import type { RunOptions } from './run.ts';
import { replaySchedule } from './walk.ts';
import { exploredTable } from './writers.ts';

/** Schedules from one progress report to the next. */
const stride = 25;

/** What the explorer's worker answers. */
export function explorerMethods(): ExplorerMethods {
  return {
    explore: (plan, progress) => exploreAndTell(plan, progress),
    replay: async ({ plan, script }) => {
      const judged = await replaySchedule(writersOf(plan.jobs), script, await runOptions(plan));
      const { events, jobs, verdict } = judged;
      return { events, jobs, verdict };
    },
  };
}

async function exploreAndTell(
  plan: ExplorationPlan,
  progress: (report: ExplorationReport) => void,
): Promise<ExplorationReport> {
  const { jobs, protocol, kills, limit } = plan;
  const kinds = new OutcomeKinds();
  const found = await explore(writersOf(jobs), {
    ...(await runOptions(plan)),
    kills,
    limit,
    onCrash: (crash) => kinds.add(crash),
    onSchedule: (schedule, soFar) => {
      kinds.add(schedule);
      if (soFar.schedules % stride === 0) {
        progress(reportOf(protocol, { ...soFar, complete: false }, kinds));
      }
    },
  });
  return reportOf(protocol, found, kinds);
}

function reportOf(
  protocol: Protocol,
  { schedules, crashes, holds, violated, undecided, rejected, complete }: Exploration,
  { list: kinds }: OutcomeKinds,
): ExplorationReport {
  const sums = { schedules, crashes, holds, violated, undecided, rejected };
  return { protocol, ...sums, complete, kinds };
}

async function runOptions({ protocol }: ExplorationPlan): Promise<RunOptions> {
  return { protocol, world: await exploredWorld(), table: exploredTable };
}
