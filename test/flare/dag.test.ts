import { describe, expect, test } from 'vitest';
import { dependentsOf, findCycle, levels, nextJobs } from '../../src/flare/dag.ts';
import type { Progress } from '../../src/flare/dag.ts';

const jobs = [
  { name: 'report', dependencies: ['clean', 'load'] },
  { name: 'load', dependencies: [] },
  { name: 'clean', dependencies: ['load'] },
  { name: 'other', dependencies: [] },
];

function progress(started: string[], succeeded: string[] = [], failed: string[] = []): Progress {
  return { started: new Set(started), succeeded: new Set(succeeded), failed: new Set(failed) };
}

test('levels hold jobs that wait only for levels before', () => {
  expect(levels(jobs)).toEqual([['load', 'other'], ['clean'], ['report']]);
});

test('dependents are found however far', () => {
  expect(dependentsOf(jobs, 'load')).toEqual(['report', 'clean']);
  expect(dependentsOf(jobs, 'other')).toEqual([]);
});

describe('next', () => {
  test('jobs without dependencies start together', () => {
    expect(nextJobs(jobs, progress([]))).toEqual({ start: ['load', 'other'], skip: [] });
  });

  test('a job starts when all that it waits for succeeded', () => {
    expect(nextJobs(jobs, progress(['load', 'other'], ['load']))).toEqual({
      start: ['clean'],
      skip: [],
    });
    expect(nextJobs(jobs, progress(['load', 'other', 'clean'], ['load', 'other'])).start).toEqual(
      [],
    );
  });

  test('all that hang on a failed job are skipped because of it', () => {
    expect(nextJobs(jobs, progress(['load', 'other'], ['other'], ['load']))).toEqual({
      start: [],
      skip: [
        { job: 'report', because: 'load' },
        { job: 'clean', because: 'load' },
      ],
    });
  });
});

test('a cycle is found, in order', () => {
  expect(findCycle(jobs)).toEqual([]);
  const ring = [
    { name: 'a', dependencies: ['c', 'd'] },
    { name: 'b', dependencies: ['a'] },
    { name: 'c', dependencies: ['b', 'unknown'] },
    { name: 'd', dependencies: [] },
    { name: 'e', dependencies: ['a'] },
  ];
  expect(findCycle(ring)).toEqual(['a', 'c', 'b']);
  const chain = Array.from({ length: 3000 }, (_, i) => ({
    name: String(i),
    dependencies: i === 0 ? [] : [String(i - 1)],
  }));
  expect(findCycle(chain)).toEqual([]);
});
