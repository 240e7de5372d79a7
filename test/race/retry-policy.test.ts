import { describe, expect, it } from 'vitest';
import type { Job, Retry } from '../../src/flare/workflow.ts';
import { isRetried } from '../../src/race/retry-policy.ts';
import type { JobOutcome, JobReport } from '../../src/race/report.ts';

const ended = (outcome: JobOutcome, retryable: boolean | null = null) =>
  ({ outcome, error: retryable === null ? null : { retryable } }) as unknown as JobReport;

const runs: Record<string, JobReport> = {
  committed: ended('committed'),
  'committed with an error': ended('committed', false),
  rejected: ended('rejected', false),
  'rejected after lost swaps': ended('rejected', true),
  unknown: ended('unknown', false),
  killed: ended('killed', false),
  skipped: ended('skipped', false),
};

const retried = (strategy: Retry['strategy']) =>
  Object.keys(runs).filter((name) => {
    const run = runs[name];
    return run !== undefined && isRetried({ retry: { count: 1, strategy } } as Job, run, 0);
  });

describe('a job is run again', () => {
  const failures = [
    'committed with an error',
    'rejected',
    'rejected after lost swaps',
    'unknown',
    'killed',
  ];
  it.each<[Retry['strategy'], string[]]>([
    ['OnFailure', failures],
    ['Always', failures],
    ['OnError', ['unknown', 'killed']],
    ['OnTransientError', ['rejected after lost swaps', 'unknown', 'killed']],
  ])('%s', (strategy, expected) => {
    expect(retried(strategy)).toEqual(expected);
  });

  it('as often as it says, and never without being told', () => {
    const job = { retry: { count: 2, strategy: 'OnFailure' } } as Job;
    expect([0, 1, 2].map((earlier) => isRetried(job, ended('rejected', false), earlier))).toEqual([
      true,
      true,
      false,
    ]);
    expect(isRetried({} as Job, ended('rejected', false), 0)).toBe(false);
  });
});
