import { describe, expect, it } from 'vitest';
import {
  all,
  append,
  compaction,
  content,
  fileCount,
  lastSnapshot,
  mergeOnRead,
  remove,
  run,
  runEach,
  session,
  startAfresh,
} from './trips-table.ts';
import { actionJob, sinkJob, workflowOf } from './workflow.ts';

describe('an action that fails behind a commit', () => {
  it('leaves the job committed, and its error is told', async () => {
    const actions = `{ name: delete_from_dataset, input: own, deleteWhere: "nothing = 1" }`;
    const later = sinkJob('later', all).replace(
      '- name: later',
      '- name: later\n    dependencies: [one]',
    );
    await runEach(sinkJob('first', all));
    const { jobs, verdict } = await run(sinkJob('one', all, { actions }), later);
    expect(jobs[0]).toMatchObject({ outcome: 'committed', rows: 40 });
    expect(jobs[0]?.error?.message).toContain('nothing');
    expect(jobs[0]?.snapshotId).toBe((await lastSnapshot()).snapshotId);
    expect(jobs[1]?.outcome).toBe('skipped');
    expect(jobs[1]?.error?.message).toContain('failed after its commit');
    expect(verdict.result).toBe('holds');
    expect(await content()).toEqual([{ n: 80, s: 80 * 64.5, ids: 40 }]);
  });
});

describe('in a race', () => {
  /** Runs `first` to its end while `second` waits before its swap. */
  const race = async (first: string, second: string) => {
    const workflow = workflowOf(first, second);
    const [one, two] = workflow.jobs.map(({ name }) => name) as [string, string];
    const started = session.start(workflow, {
      protocol: 'queued',
      holds: { [one]: ['manifests-written'], [two]: ['before-swap'] },
    });
    await started.reached(two, 'before-swap');
    await started.reached(one, 'manifests-written');
    started.hold(two, 'none');
    started.release(one);
    await started.reached(one, 'finished');
    started.release(two);
    return await started.finished;
  };
  /** Removes the files that the table does not know, and answers their paths. */
  const sweep = async (): Promise<string[]> => {
    const options = '{ olderThan: "9999999999999" }';
    const sweeper = actionJob(
      'sweeper',
      `{ name: remove_orphans, input: own, options: ${options} }`,
    );
    const started = session.start(workflowOf(sweeper), { protocol: 'queued' });
    const { detail } = await started.reached('sweeper', 'cleaned-up');
    await started.finished;
    return detail.stop === 'cleaned-up' ? detail.deleted : [];
  };

  it('a compaction and an append both commit', async () => {
    await runEach(append('one'), append('two'));
    const { jobs, verdict } = await race(append('three'), compaction());
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
    expect(verdict.result).toBe('holds');
    expect(await content()).toEqual([{ n: 120, s: 120 * 64.5, ids: 40 }]);
    expect(await fileCount('data')).toBe(4);
  });

  it('a compaction is refused when its files were overwritten', async () => {
    await runEach(append('one'), append('two'));
    const { jobs, verdict } = await race(sinkJob('one', all, { mode: 'overwrite' }), compaction());
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['committed', 'rejected']);
    expect(jobs[1]?.error?.message).toMatch(/^Missing required files to delete: /);
    expect(verdict.result).toBe('holds');
    expect(await content()).toEqual([{ n: 40, s: 40 * 64.5, ids: 40 }]);
    expect(await sweep()).toEqual([]);
  });

  it('a compaction is refused when rows of its files were deleted', async () => {
    await runEach(append('one', mergeOnRead), append('two'));
    const { jobs, verdict } = await race(remove('target.trip_duration = 60'), compaction());
    expect(jobs.map(({ outcome }) => outcome)).toEqual(['committed', 'rejected']);
    expect(jobs[1]?.error?.message).toMatch(
      /^Cannot commit, found new position delete for replaced data file: /,
    );
    expect(verdict.result).toBe('holds');
    expect((await content())[0]?.n).toBe(72);
  });

  it('a delete is refused when rows were added where it looks, and not at snapshot isolation', async () => {
    await runEach(append('one'));
    const first = await race(append('two'), remove('target.trip_duration = 60'));
    expect(first.jobs.map(({ outcome }) => outcome)).toEqual(['committed', 'rejected']);
    expect(first.jobs[1]?.error?.message).toMatch(
      /^Found conflicting files that can contain records matching ref\(name="trip_duration"\) == 60: /,
    );
    await startAfresh();
    await runEach(append('one', { 'write.delete.isolation-level': 'snapshot' }));
    const second = await race(append('two'), remove('target.trip_duration = 60'));
    expect(second.jobs.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
    expect((await content())[0]?.n).toBe(76);
  });

  it('a refused delete leaves none of its files behind', async () => {
    await runEach(append('one'));
    const { jobs } = await race(append('two'), remove('target.trip_duration = 60'));
    expect(jobs[1]?.outcome).toBe('rejected');
    expect(await sweep()).toEqual([]);
  });
});
