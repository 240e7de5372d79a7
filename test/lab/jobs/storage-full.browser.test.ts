import { afterEach, expect, it } from 'vitest';
import { hasSucceeded } from '../../../src/race/report.ts';
import { opfsFileIO } from '../../../src/storage/opfs.ts';
import { sendToBrowser } from '../../storage/browser-protocol.ts';
import {
  all,
  append,
  compaction,
  content,
  mergeOnRead,
  remove,
  runEach,
  session,
} from './trips-table.ts';
import { sinkJob, workflowOf } from './workflow.ts';

/** Leaves so many bytes to what is stored from now on. */
async function leaveRoom(bytes: number): Promise<void> {
  const { usage = 0 } = await navigator.storage.estimate();
  const { origin } = location;
  await sendToBrowser('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + bytes });
}

const giveRoom = () => sendToBrowser('Storage.overrideQuotaForOrigin', { origin: location.origin });

afterEach(giveRoom);

const stored = async () =>
  (await opfsFileIO().list('opfs:///warehouse/icebase/raw01/trips/'))
    .map(({ path }) => path)
    .sort();

/** Forty files, of which some find room and the others do not. */
const manyFiles = sinkJob('many', all, { spec: '{ type: identity, column: id, name: id }' });

it.each([
  ['a sink', manyFiles, manyFiles, 12_000],
  ['a compaction', manyFiles, compaction('properties: { rewrite-all: "true" }'), 12_000],
  ['a copy-on-write', append('few'), remove('target.trip_duration = 60'), 500],
])(
  '%s that finds no room is rejected, leaves no file, and the table as it was',
  async (_what, first, job, room) => {
    await runEach(first);
    const [before, files] = [await content(), await stored()];
    await leaveRoom(room);
    const race = session.start(workflowOf(job), { protocol: 'queued' });
    const { jobs } = await race.finished;
    await giveRoom();
    expect(jobs.map((report) => hasSucceeded(report))).toEqual([false]);
    expect(jobs[0]).toMatchObject({ outcome: 'rejected', error: { kind: 'StorageFull' } });
    expect(jobs[0]?.error?.message).toMatch(/^The browser has no room left to write opfs:/);
    expect(jobs[0]?.error?.remedy).toMatch(/start over or free disk space/);
    expect(await content()).toEqual(before);
    expect(await stored()).toEqual(files);
  },
);

it('a job that is refused for what it was told leaves no file either', async () => {
  await runEach(append('one', mergeOnRead));
  const files = await stored();
  const wrong = sinkJob('wrong', all, {
    mode: 'overwrite',
    properties: { 'isolation-level': 'snapshot', 'validate-reads': 'true' },
  });
  const { jobs } = await session.start(workflowOf(wrong), { protocol: 'queued' }).finished;
  expect(jobs[0]?.error?.message).toBe('validate-reads does not go with snapshot isolation');
  expect(await stored()).toEqual(files);
});
