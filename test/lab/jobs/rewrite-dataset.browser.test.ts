import { describe, expect, it } from 'vitest';
import {
  append,
  compaction,
  content,
  fileCount,
  lastSnapshot,
  mergeOnRead,
  remove,
  rows,
  run,
  runEach,
} from './trips-table.ts';
import { sqlName, table, toolJob } from './workflow.ts';

describe('rewrite_dataset', () => {
  it('packs the small files of each partition into one, and no row changes', async () => {
    await runEach(append('one'), append('two'), append('three'));
    const before = await content();
    expect(await fileCount('data')).toBe(6);
    await runEach(compaction());
    expect(await content()).toEqual(before);
    expect(await fileCount('data')).toBe(2);
    const { operation, summary } = await lastSnapshot();
    expect(operation).toBe('replace');
    expect(summary).toMatchObject({ 'added-data-files': '2', 'deleted-data-files': '6' });
  });

  it('commits nothing when there is nothing to do, and says so', async () => {
    await runEach(append('one'));
    const before = await lastSnapshot();
    const { jobs } = await run(compaction());
    expect(jobs[0]).toMatchObject({ outcome: 'committed', snapshotId: null, error: null });
    expect(jobs[0]?.warnings[0]?.message).toContain('found nothing to do');
    expect(await lastSnapshot()).toEqual(before);
  });

  it('writes files of about the target size, sorted where asked', async () => {
    await runEach(append('one'), append('two'));
    const sizes = await rows(`SELECT sum(file_size_in_bytes) AS n FROM ${sqlName}.files`);
    const target = Math.round(Number(sizes[0]?.n) / 4);
    await runEach(
      compaction(
        `strategy: sort, sortOrder: trip_duration DESC, properties: { target-file-size-bytes: "${target}", rewrite-all: "true" }`,
      ),
    );
    expect(await fileCount('data')).toBe(4);
    // Twenty of each month's forty rows in a file, those of 69 to 65 seconds and those of 64 to 60.
    const durations = (await rows(`SELECT trip_duration FROM ${sqlName}`)).map(
      (row) => row.trip_duration,
    );
    const descending = (from: number) => Array.from({ length: 20 }, (_, row) => from - (row >> 2));
    const halves = [descending(69), descending(64)].flat();
    expect(durations).toEqual([...halves, ...halves]);
  });

  it('applies delete files, and what they were about is gone', async () => {
    await runEach(append('one', mergeOnRead), remove('target.trip_duration < 62'));
    expect(await fileCount('deletes')).toBe(2);
    const before = await content();
    await runEach(compaction('properties: { delete-ratio-threshold: "0.1" }'));
    expect(await content()).toEqual(before);
    expect(await fileCount('deletes')).toBe(0);
    expect((await lastSnapshot()).summary).toMatchObject({
      'added-records': '32',
      'deleted-records': '40',
    });
  });

  it('keeps the ids of rows in format version 3', async () => {
    await runEach(append('one', { 'format-version': '3' }), append('two'));
    await runEach(compaction());
    expect(await content()).toEqual([{ n: 80, s: 80 * 64.5, ids: 40 }]);
    expect(await fileCount('data')).toBe(2);
  });

  it('moves rows of an older partition spec to the current one', async () => {
    await runEach(append('one'));
    const tool = ['update-partition', '--address', table, '--spec', 'identity:vendor_id'];
    await runEach(toolJob('tool', ...tool), compaction());
    const files = await rows(`SELECT DISTINCT spec_id FROM ${sqlName}.files`);
    expect(files).toEqual([{ spec_id: 1 }]);
    expect(await fileCount('data')).toBe(2);
    expect(await content()).toEqual([{ n: 40, s: 40 * 64.5, ids: 40 }]);
  });

  it('names a property that it does not have', async () => {
    await runEach(append('one'));
    const { jobs } = await run(compaction('properties: { target-size: "1" }'));
    expect(jobs[0]?.outcome).toBe('rejected');
    expect(jobs[0]?.error?.message).toBe('rewrite_dataset has no property "target-size".');
    expect(jobs[0]?.error?.range?.line).toBeGreaterThan(1);
  });
});
