import { expect, it } from 'vitest';
import {
  backOff,
  commitRetryPolicy,
  mayRetry,
  statusCheckPolicy,
} from '../../src/iceberg/retry.ts';
import { SeededRandom } from '../../src/iceberg/memory.ts';

it('has the defaults of Java', () => {
  expect(commitRetryPolicy({})).toEqual({
    attempts: 5,
    minWait: 100,
    maxWait: 60_000,
    totalTimeout: 1_800_000,
  });
  expect(statusCheckPolicy({})).toEqual({
    attempts: 4,
    minWait: 1000,
    maxWait: 60_000,
    totalTimeout: 1_800_000,
  });
});

it('reads the properties of the table and takes what is no number for absent', () => {
  const policy = commitRetryPolicy({
    'commit.retry.num-retries': '0',
    'commit.retry.min-wait-ms': 'soon',
    'commit.retry.max-wait-ms': '250',
  });
  expect(policy).toMatchObject({ attempts: 1, minWait: 100, maxWait: 250 });
});

it('waits twice as long each time, up to the maximum, with up to a tenth on top', () => {
  const policy = commitRetryPolicy({ 'commit.retry.max-wait-ms': '1000' });
  const random = new SeededRandom(7);
  for (const [attempt, wait] of [100, 200, 400, 800, 1000, 1000].entries()) {
    const waits = Array.from({ length: 200 }, () => backOff(policy, attempt + 1, random));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(wait);
    expect(Math.max(...waits)).toBeLessThan(wait * 1.1);
    expect(new Set(waits).size).toBeGreaterThan(1);
  }
});

it('tries as often as it may, and not after the total timeout except once', () => {
  const policy = commitRetryPolicy({ 'commit.retry.total-timeout-ms': '1000' });
  expect([1, 4, 5].map((attempt) => mayRetry(policy, attempt, 0))).toEqual([true, true, false]);
  expect(mayRetry(policy, 1, 1001)).toBe(true);
  expect(mayRetry(policy, 2, 1000)).toBe(true);
  expect(mayRetry(policy, 2, 1001)).toBe(false);
});
