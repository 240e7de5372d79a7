import { describe, expect, it } from 'vitest';
import {
  append,
  content,
  fileCount,
  lastSnapshot,
  mergeOnRead,
  remove,
  run,
  runEach,
} from './trips-table.ts';
import { workflowText } from './workflow.ts';

describe('delete_from_dataset', () => {
  it('removes whole files where partitions tell that all rows match', async () => {
    await runEach(append('one'), remove("target.at < '2016-02-01'"));
    expect(await content()).toEqual([{ n: 20, s: 20 * 64.5, ids: 20 }]);
    const { operation, summary } = await lastSnapshot();
    expect(operation).toBe('delete');
    expect(summary).toMatchObject({ 'deleted-data-files': '1' });
    expect(summary['added-data-files']).toBeUndefined();
  });

  it('writes files again without the rows that match', async () => {
    await runEach(append('one'), remove('target.vendor_id = 1 AND trip_duration >= 65'));
    expect(await content()).toEqual([{ n: 30, s: 20 * 64.5 + 10 * 62, ids: 30 }]);
    const { operation, summary } = await lastSnapshot();
    expect(operation).toBe('overwrite');
    expect(summary).toMatchObject({ 'added-data-files': '2', 'deleted-data-files': '2' });
    expect(await fileCount('deletes')).toBe(0);
  });

  it.each(['2', '3'])(
    'marks the rows in format version %s where the table asks for merge-on-read',
    async (version) => {
      const properties = { ...mergeOnRead, 'format-version': version };
      await runEach(append('one', properties), remove('target.trip_duration = 60'));
      expect(await content()).toEqual([{ n: 36, s: 40 * 64.5 - 4 * 60, ids: 36 }]);
      expect(await fileCount('deletes')).toBe(2);
      // A second delete finds the positions of the files, not those of the rows that are left.
      await runEach(remove('target.trip_duration IN (60, 61, 69)'));
      expect(await content()).toEqual([{ n: 28, s: 28 * 65, ids: 28 }]);
      expect(await fileCount('deletes')).toBe(version === '2' ? 4 : 2);
      expect((await lastSnapshot()).operation).toBe('delete');
      expect(await fileCount('data')).toBe(2);
    },
  );

  it('reads the views of its job', async () => {
    const sequence = '{ name: short, sql: "SELECT id FROM own WHERE trip_duration = 60" }';
    await runEach(append('one'), remove('target.id IN (SELECT id FROM short)', sequence));
    expect(await content()).toEqual([{ n: 36, s: 40 * 64.5 - 4 * 60, ids: 36 }]);
  });

  it('commits nothing when no row matches', async () => {
    await runEach(append('one'));
    const before = await lastSnapshot();
    const { jobs } = await run(remove('target.trip_duration > 1000 OR upper(target.id) IS NULL'));
    expect(jobs[0]?.warnings[0]?.message).toContain('found nothing to do');
    expect(await lastSnapshot()).toEqual(before);
  });

  it('points at the place of its condition that is wrong', async () => {
    await runEach(append('one'));
    const { jobs } = await run(remove('target.vendr_id = 1'));
    expect(jobs[0]?.outcome).toBe('rejected');
    expect(jobs[0]?.error?.kind).toBe('SqlInvalid');
    expect(jobs[0]?.error?.message).toContain('vendr_id');
    const line = workflowText(remove('target.vendr_id = 1'))
      .split('\n')
      .findIndex((text) => text.includes('vendr_id'));
    expect(jobs[0]?.error?.range?.line).toBe(line + 1);
  });
});
