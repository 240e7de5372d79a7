import { describe, expect, it } from 'vitest';
import { explorerMethods } from '../../../src/race/explorer/methods.ts';
import type { ExplorationPlan, ExplorationReport } from '../../../src/race/explorer/api.ts';
import type { Operation } from '../../../src/race/explorer/operations.ts';

const explorer = explorerMethods();

function planOf(operations: Operation[], options: Partial<ExplorationPlan> = {}): ExplorationPlan {
  const jobs = operations.map((operation, index) => {
    return { name: `job-${index + 1}`, operation, partition: 'a' as const };
  });
  return { jobs, protocol: 'queued', kills: false, limit: Infinity, ...options };
}

const ends = ({ kinds }: ExplorationReport) =>
  kinds.map(({ result, jobs }) => [result, ...jobs.map((job) => `${job.outcome} ${job.attempts}`)]);

describe('an exploration', () => {
  it('sorts the schedules of two appends into kinds, each with an example that comes to the same', async () => {
    const plan = planOf(['append', 'append'], { protocol: 'unsafe' });
    const report = await explorer.explore(plan, () => undefined);
    expect(report).toMatchObject({ schedules: 6, violated: 2, complete: true });
    expect(
      report.kinds.map(({ result, order, count }) => [result, order.join(' '), count]),
    ).toEqual([
      ['violated', 'job-1 job-2', 1],
      ['violated', 'job-2 job-1', 1],
      ['holds', 'job-1 job-2', 2],
      ['holds', 'job-2 job-1', 2],
    ]);
    for (const { example, result, ledger } of report.kinds) {
      const again = await explorer.replay({ plan, script: example });
      expect(again.verdict).toMatchObject({ result, ledger });
      expect(again.events.at(-1)?.detail.stop).toBe('finished');
    }
  });

  it('tells apart who tried again, and who was refused', async () => {
    const twice = await explorer.explore(planOf(['append', 'append']), () => undefined);
    expect(ends(twice)).toContainEqual(['holds', 'committed 1', 'committed 2']);
    const refused = await explorer.explore(
      planOf(['append', 'dynamic-overwrite-serializable']),
      () => undefined,
    );
    expect(refused.rejected).toBeGreaterThan(0);
    expect(ends(refused)).toContainEqual(['holds', 'committed 1', 'rejected 2']);
  });

  it('takes every moment for a crash if jobs may be killed, and none is violated', async () => {
    const report = await explorer.explore(
      planOf(['append', 'compaction'], { kills: true }),
      () => undefined,
    );
    expect(report.violated).toBe(0);
    expect(report.crashes).toBeGreaterThan(50);
    const crashed = report.kinds.filter((kind) => kind.crashed);
    expect(crashed.flatMap(({ jobs }) => jobs.map(({ outcome }) => outcome))).toEqual(
      expect.arrayContaining(['killed', 'unknown', 'committed']),
    );
    expect(report.kinds.slice(-crashed.length)).toEqual(crashed);
  });

  it('tells on the way what it has found, and that there is more', async () => {
    const reports: ExplorationReport[] = [];
    const plan = planOf(['append', 'append', 'append'], { limit: 60 });
    const last = await explorer.explore(plan, (report) =>
      reports.push(report as ExplorationReport),
    );
    expect(reports.map(({ schedules, complete }) => [schedules, complete])).toEqual([
      [25, false],
      [50, false],
    ]);
    expect(last).toMatchObject({ schedules: 60, complete: false });
  });
});
