import { expect, it } from 'vitest';
import type { Stop } from '../../../src/iceberg/stop.ts';
import { all, append, content, run, session } from './trips-table.ts';
import { sinkJob, workflowOf } from './workflow.ts';

const withRetry = (job: string, count: number) =>
  job.replace(/(- name: \S+)\n/, `$1\n    retry: { count: ${count} }\n`);

/** Kills a job once at a stop; it is run again by itself. */
async function killedAt(stop: Stop) {
  const race = session.start(workflowOf(withRetry(append('one'), 1)), {
    protocol: 'queued',
    holds: { one: [stop] },
  });
  await race.reached('one', stop);
  race.hold('one', 'none');
  race.kill('one');
  return race.finished;
}

it('a job whose worker ends before its swap is run again, and its rows come once', async () => {
  const { jobs, verdict } = await killedAt('metadata-written');
  expect(jobs).toMatchObject([
    { outcome: 'committed', rows: 40, earlier: [{ outcome: 'killed' }] },
  ]);
  expect(verdict.result).toBe('holds');
  expect(await content()).toEqual([{ n: 40, s: 40 * 64.5, ids: 40 }]);
});

it('a job whose worker ends behind its swap finds its commit, and writes nothing twice', async () => {
  const { jobs, verdict } = await killedAt('swap-won');
  expect(jobs).toMatchObject([
    { outcome: 'committed', rows: 40, earlier: [{ outcome: 'killed' }] },
  ]);
  expect(verdict.result).toBe('holds');
  expect(await content()).toEqual([{ n: 40, s: 40 * 64.5, ids: 40 }]);
});

it('a job that fails each time is run as often as asked, and what depends on it is skipped', async () => {
  const broken = withRetry(sinkJob('one', 'SELECT nothing FROM trips'), 2);
  const later = sinkJob('later', all).replace(
    '- name: later',
    '- name: later\n    dependencies: [one]',
  );
  const { jobs } = await run(broken, later);
  expect(jobs[0]?.outcome).toBe('rejected');
  expect(jobs[0]?.earlier?.map(({ outcome }) => outcome)).toEqual(['rejected', 'rejected']);
  expect(jobs[1]?.outcome).toBe('skipped');
});
