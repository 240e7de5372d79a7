import { describe, expect, it } from 'vitest';
import { compare } from '../../src/iceberg/expression.ts';
import type { DataFile } from '../../src/iceberg/manifest-types.ts';
import { filesOf, planRewrite, type RewritePlanOptions } from '../../src/iceberg/rewrite-plan.ts';
import type { FileScanTask } from '../../src/iceberg/scan.ts';
import type { TableMetadata } from '../../src/iceberg/table-metadata.ts';
import { byP, schema } from './scenarios/fixture.ts';

const metadata = {
  'current-schema-id': 0,
  schemas: [schema],
  'default-spec-id': 0,
  'partition-specs': [byP, { 'spec-id': 1, fields: [] }],
  properties: {},
} as unknown as TableMetadata;

const file = (path: string, size: number, content: 0 | 1 = 0): DataFile => ({
  content,
  file_path: path,
  file_format: 'PARQUET',
  partition: [path.charAt(0)],
  record_count: 100,
  file_size_in_bytes: size,
});

const entry = (own: DataFile, specId = 0) => ({
  status: 1 as const,
  snapshot_id: 1n,
  sequence_number: 1,
  file_sequence_number: 1,
  spec_id: specId,
  data_file: own,
});

const task = (path: string, size: number, specId = 0): FileScanTask => ({
  file: entry(file(path, size), specId),
  deletes: [],
});

/** A task with deletes of so many of its 100 rows. */
const deleted = (path: string, size: number, rows: number): FileScanTask => ({
  ...task(path, size),
  deletes: [
    entry({ ...file(`${path} deletes`, 1, 1), record_count: rows, referenced_data_file: path }),
  ],
});

const plan = (tasks: FileScanTask[], options: Partial<RewritePlanOptions> = {}) =>
  planRewrite(tasks, metadata, { targetFileSize: 100, maxFileGroupSize: 1000, ...options }).map(
    ({ tasks: own, outputFiles }) => [
      own.map((each) => each.file.data_file.file_path),
      outputFiles,
    ],
  );

describe('the files that a compaction rewrites', () => {
  it('are those of the wrong size, partition by partition', () => {
    expect(plan([task('a1', 10), task('b1', 10), task('a2', 10), task('a3', 100)])).toEqual([
      [['a1', 'a2'], 1],
    ]);
  });

  it('go into as many files of about the target as their size makes, as in Java', () => {
    const sizes = (count: number, size: number) =>
      Array.from({ length: count }, (_, index) => task(`a${index}`, size));
    expect(plan(sizes(10, 50)).map(([, files]) => files)).toEqual([5]);
    // A rest of 5 is spread over the others, one of 80 is a file of its own.
    expect(plan(sizes(7, 15)).map(([, files]) => files)).toEqual([1]);
    expect(plan(sizes(4, 70)).map(([, files]) => files)).toEqual([3]);
    expect(plan([task('a1', 500)]).map(([, files]) => files)).toEqual([5]);
  });

  it('are left alone if as many would come out of them', () => {
    expect(plan([task('a1', 60), task('a2', 60)])).toEqual([]);
    expect(plan([task('a1', 60)])).toEqual([]);
    expect(plan([task('a1', 60)], { rewriteAll: true })).toEqual([[['a1'], 1]]);
  });

  it('are packed to the size of a group', () => {
    const tasks = ['a1', 'a2', 'a3', 'a4', 'a5'].map((path) => task(path, 20));
    expect(plan(tasks, { maxFileGroupSize: 45 })).toEqual([
      [['a1', 'a2'], 1],
      [['a3', 'a4'], 1],
    ]);
  });

  it('include files of older specs, whatever partition they are of, as one group', () => {
    expect(plan([task('a1', 10, 1), task('b1', 10, 1)])).toEqual([[['a1', 'b1'], 1]]);
  });

  it('include a file that has lost much of its rows, and the deletes that are about it alone', () => {
    const tasks = [deleted('a1', 100, 30), deleted('b1', 100, 29)];
    expect(plan(tasks)).toEqual([[['a1'], 1]]);
    const groups = planRewrite(tasks, metadata, { targetFileSize: 100, maxFileGroupSize: 1000 });
    expect(filesOf(groups).map(({ data_file: own }) => own.file_path)).toEqual([
      'a1',
      'a1 deletes',
    ]);
    expect(plan([deleted('b1', 100, 1)], { deleteFileThreshold: 1 })).toEqual([[['b1'], 1]]);
  });

  it('are only those where rows may match', () => {
    const tasks = ['a1', 'a2', 'b1', 'b2'].map((path) => task(path, 10));
    expect(plan(tasks, { filter: compare('p', '==', 'b') })).toEqual([[['b1', 'b2'], 1]]);
  });

  it('come by fives if so many are asked for', () => {
    const tasks = ['a1', 'a2', 'a3', 'a4'].map((path) => task(path, 10));
    expect(plan(tasks, { minInputFiles: 5 })).toEqual([]);
    expect(plan([...tasks, task('a5', 10)], { minInputFiles: 5 })).toHaveLength(1);
  });
});
