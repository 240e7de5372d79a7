import { exhaustive } from '../exhaustive.ts';
import type { Job } from '../flare/workflow.ts';
import { hasSucceeded, type JobReport } from './report.ts';

/**
 * Whether a job whose run has ended so is run again, as its `retry` says: at most `count` times beyond the first.
 * `OnFailure`, the default, and `Always` after every failure; `OnError` where the worker ended or nobody knows whether
 * it committed; `OnTransientError` also after lost swaps. A job that was skipped has not run.
 */
export function isRetried({ retry }: Job, run: JobReport, earlierRuns: number): boolean {
  if (retry === undefined || earlierRuns >= retry.count) return false;
  if (hasSucceeded(run) || run.outcome === 'skipped') return false;
  const isError = run.outcome === 'killed' || run.outcome === 'unknown';
  switch (retry.strategy) {
    case 'Always':
    case 'OnFailure':
      return true;
    case 'OnError':
      return isError;
    case 'OnTransientError':
      return isError || run.error?.retryable === true;
    default:
      return exhaustive(retry.strategy);
  }
}
