import { describe, expect, it } from 'vitest';
import { narrate } from '../../../src/race/narrate.ts';
import { historyOf } from '../../../src/race/history.ts';
import { leaseSnapshots } from '../../../src/storage/locks.ts';
import { opfsFileIO } from '../../../src/storage/opfs.ts';
import { app, append, content, lastSnapshot, rows, run, runEach, session } from './trips-table.ts';
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

describe('what a tool tells', () => {
  /** Runs one command and answers its table, without its heading. */
  const told = async (...words: string[]) => {
    const { jobs, verdict } = await run(toolJob('tool', ...words));
    expect(jobs.map(({ outcome, error }) => [outcome, error])).toEqual([['committed', null]]);
    expect(verdict.result).toBe('holds');
    const table = jobs[0]?.told;
    expect(table?.title).toBe(`dataset ${words[0]}`);
    return { columns: table?.columns, rows: table?.rows ?? [] };
  };

  it('are the columns, snapshots, versions, properties and branches of a table', async () => {
    await runEach(append('one', { owner: 'me' }), append('two'));
    await runEach(toolJob('tool', 'create-branch', '--address', table, '-b', 'audit'));
    const address = ['--address', table];
    const schema = await told('get', ...address);
    expect(schema.columns).toEqual(['ID', 'NAME', 'TYPE', 'NULLABLE']);
    expect(schema.rows.map((row) => row.slice(1))).toContainEqual(['vendor_id', 'long', 'true']);

    const snapshots = await told('snapshots', ...address);
    expect(snapshots.columns).toEqual(['SNAPSHOTID', 'TIMESTAMP', 'DATE AND TIME (GMT)']);
    const known = await app.snapshots(table);
    expect(snapshots.rows).toEqual(
      known.map(({ snapshotId, committedAt }) => [
        snapshotId,
        committedAt,
        new Date(committedAt).toISOString().replace('T', ' ').slice(0, 19),
      ]),
    );

    const versions = await told('metadata', ...address);
    expect(versions.columns).toEqual(['VERSION', 'TIMESTAMP']);
    expect(versions.rows.map(([version]) => version)).toEqual(
      [1, 2, 3, 4].map((version) => `v${version}.metadata.json`),
    );
    await runEach(toolJob('tool', 'set-metadata', ...address, '-v', String(versions.rows[1]?.[0])));
    expect(
      (await app.query(`SELECT count(*) AS n FROM ${sqlName}`, { at: 'registered' })).rows,
    ).toEqual([{ n: 40 }]);

    const properties = await told('properties', ...address);
    expect(properties.rows).toContainEqual(['owner', 'me']);
    const branches = await told('list-branch', ...address);
    expect(branches.rows).toEqual([
      ['main', known[1]?.snapshotId],
      ['audit', known[1]?.snapshotId],
    ]);
    expect((await told('list', '-a', 'dataos://icebase:raw01')).rows).toEqual([
      ['trips', 'dataos://icebase:raw01/trips'],
    ]);
    expect((await told('list', '-a', 'dataos://other:raw01')).rows).toEqual([]);
  });

  it('is refused for a table that is not there', async () => {
    const { jobs } = await run(toolJob('tool', 'snapshots', '--address', table));
    expect(jobs[0]).toMatchObject({ outcome: 'rejected', error: { kind: 'NoSuchTable' } });
  });
});

describe('drop', () => {
  it('leaves the files, and a purge deletes them', async () => {
    const stored = () => opfsFileIO().list('opfs:///warehouse/icebase/raw01/trips/');
    await runEach(append('one'));
    const before = (await stored()).length;
    const events = await eventsOf('drop');
    expect(said(events)).toBe(
      'tool took trips out of the catalog, and left its files where they are.',
    );
    expect(await app.tables()).toEqual([]);
    expect(await stored()).toHaveLength(before);
    await runEach(append('two'));
    expect((await content())[0]?.n).toBe(40);
    await eventsOf('drop', '--purge');
    expect(await stored()).toEqual([]);
    expect(await app.tables()).toEqual([]);
  });

  it('with purge waits for no reader: it is refused while there is one', async () => {
    await runEach(append('one'));
    const { snapshotId } = await lastSnapshot();
    const forgotten = 7n;
    for (const id of [BigInt(snapshotId), forgotten]) {
      const release = await leaseSnapshots('icebase:raw01/trips', [id]);
      const { jobs } = await run(toolJob('tool', 'drop', '--purge', 'true', '--address', table));
      expect(jobs[0]?.error?.message).toBe(
        'icebase:raw01/trips is being read, so it was not dropped',
      );
      expect((await content())[0]?.n).toBe(40);
      release();
    }
  });

  it('rejects who was about to commit', async () => {
    await runEach(append('one'));
    const race = session.start(workflowOf(append('two')), {
      protocol: 'queued',
      holds: { two: ['before-swap'] },
    });
    await race.reached('two', 'before-swap');
    await runEach(toolJob('tool', 'drop', '--address', table));
    race.release('two');
    const { jobs } = await race.finished;
    expect(jobs[0]).toMatchObject({ outcome: 'rejected', error: { kind: 'NoSuchTable' } });
  });
});
