import { describe, expect, it } from 'vitest';
import { opfsFileIO } from '../../../src/storage/opfs.ts';
import { app, append, run, runEach } from './trips-table.ts';
import { actionJob, table } from './workflow.ts';

const maintain = (name: string, options: string) =>
  actionJob('keeper', `{ name: ${name}, input: own, options: { ${options} } }`);

describe('expire_snapshots', () => {
  const ids = async () => (await app.snapshots(table)).map(({ snapshotId }) => snapshotId);

  it.each([
    ['one snapshot by its id', (all: string[]) => `expireSnapshotId: "${all[0]}"`, [1, 2, 3]],
    ['several by their ids', (all: string[]) => `snapshotIds: ["${all[0]}", "${all[2]}"]`, [1, 3]],
    ['all but the last ones', () => 'expireOlderThan: 9999999999999, retainLast: 3', [1, 2, 3]],
    ['all that are older', () => 'olderThanMillis: "9999999999999"', [3]],
    ['all before a time', () => 'olderThanTimestamp: "2286-11-20 17:46:39"', [3]],
    ['none before an early time', () => 'olderThanTimestamp: 1970-01-02', [0, 1, 2, 3]],
  ])('forgets %s', async (_what, options, left) => {
    await runEach(append('a'), append('b'), append('c'), append('d'));
    const all = await ids();
    await runEach(maintain('expire_snapshots', options(all)));
    expect(await ids()).toEqual(left.map((index) => all[index]));
  });
});

describe('remove_orphans', () => {
  const folder = 'opfs:///warehouse/icebase/raw01/trips';
  const stray = `${folder}/data/stray.parquet`;
  const plant = async () => {
    await runEach(append('a'));
    await opfsFileIO().create(stray, new Uint8Array(5));
  };
  const isThere = async () =>
    (await opfsFileIO().list(`${folder}/data`)).some(({ path }) => path === stray);

  it.each([
    ['olderThan: 9999999999999', false],
    ['olderThanMillis: "9999999999999"', false],
    ['olderThanTimestamp: "2286-11-20 17:46:39"', false],
    [`olderThan: 9999999999999, location: "${folder}/data"`, false],
    [`olderThan: 9999999999999, location: "${folder}/metadata"`, true],
    ['olderThan: 1970-01-02', true],
    // By default what was written in the last three days stays.
    ['', true],
  ])('with { %s } leaves a stray file: %s', async (options, stays) => {
    await plant();
    await runEach(maintain('remove_orphans', options));
    expect(await isThere()).toBe(stays);
  });

  it('only tells with dryRun', async () => {
    await plant();
    const { jobs } = await run(
      maintain('remove_orphans', 'olderThan: 9999999999999, dryRun: TRUE'),
    );
    expect(jobs[0]?.warnings.map(({ message }) => message)).toEqual([
      `remove_orphans would delete 1 file of icebase:raw01/trips: ${stray}`,
    ]);
    expect(await isThere()).toBe(true);
  });

  it('is refused for a place outside of the table', async () => {
    await plant();
    const { jobs } = await run(maintain('remove_orphans', 'location: "opfs:///warehouse"'));
    expect(jobs[0]?.error?.message).toBe('opfs:///warehouse lies outside of icebase:raw01/trips');
  });
});
