import { expect, it } from 'vitest';
import { narrate } from '../../../src/race/narrate.ts';
import { historyOf } from '../../../src/race/history.ts';
import { app, append, content, rows, run, runEach, session } from './trips-table.ts';
import { sqlName, table, toolJob, workflowOf } from './workflow.ts';

/** Runs one tool job and answers the events of its race. */
async function eventsOf(...words: string[]) {
  const race = session.start(workflowOf(toolJob('tool', ...words, '--address', table)), {
    protocol: 'optimistic',
  });
  const { jobs, verdict } = await race.finished;
  expect(jobs.map(({ outcome, error }) => [outcome, error])).toEqual([['committed', null]]);
  expect(verdict.result).toBe('holds');
  return race.events;
}

const said = (events: Awaited<ReturnType<typeof eventsOf>>) => {
  const last = events.at(-1);
  return last === undefined ? '' : narrate(last, historyOf(events));
};

it('a tool commits like any job, stop by stop', async () => {
  await runEach(append('one'));
  const events = await eventsOf('rename-field', '-n', 'trip_duration', '-m', 'seconds');
  expect(events.map(({ detail }) => detail.stop)).toEqual([
    'start',
    'manifests-written',
    'base-read',
    'validated',
    'metadata-written',
    'before-swap',
    'swap-won',
    'cleaned-up',
    'finished',
  ]);
  expect(said(events)).toBe('tool is done. It was told “committed” and wrote no rows of its own.');
  expect(await rows(`SELECT max(seconds) AS most FROM ${sqlName}`)).toEqual([{ most: 69 }]);
});

it('a rollback takes rows away, and a cherry-pick brings them back', async () => {
  await runEach(append('one'), append('two'));
  const [first = '', second = ''] = (await app.snapshots(table)).map((each) => each.snapshotId);
  await runEach(toolJob('tool', 'rollback', '--address', table, '-i', first));
  expect((await content())[0]?.n).toBe(40);
  const sid = `--sid=${second}`;
  await runEach(toolJob('tool', 'cherrypick-snapshot', '--address', table, sid));
  expect((await content())[0]?.n).toBe(80);
});

it('set-metadata says which version it registered, and what the latest is', async () => {
  await runEach(append('one'), append('two'));
  const events = await eventsOf('set-metadata', '--version', 'v2');
  expect(events.at(-1)?.detail).toMatchObject({
    stop: 'finished',
    registered: { table: 'icebase:raw01/trips', version: 2, latest: 3 },
  });
  expect(said(events)).toBe(
    'tool registered version 2 of trips, while the latest is 3: readers that follow set-metadata see it from now on.',
  );
});

it('a tool that is refused says why, and the table stays as it was', async () => {
  await runEach(append('one'));
  const { jobs } = await run(toolJob('tool', 'drop-field', '--address', table, '-n', 'gone'));
  expect(jobs[0]).toMatchObject({ outcome: 'rejected', snapshotId: null });
  expect(jobs[0]?.error?.message).toBe('Cannot delete missing column: gone');
});
