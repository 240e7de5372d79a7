import type { Random } from './ports.ts';
import { integerProperty } from './property.ts';

/** How often and how long a step is tried again. Times in ms. */
export interface RetryPolicy {
  /** Tries in all, the first one included. */
  attempts: number;
  minWait: number;
  maxWait: number;
  /** Once this much time has passed no further try is begun. */
  totalTimeout: number;
}

/** Reads `commit.retry.*` with Java's defaults (TableProperties). A value that is no number counts as absent. */
export function commitRetryPolicy(properties: Record<string, string>): RetryPolicy {
  return retryPolicy(properties, 'commit.retry', { retries: 4, minWait: 100 });
}

/** Reads `commit.status-check.*` with Java's defaults (TableProperties). */
export function statusCheckPolicy(properties: Record<string, string>): RetryPolicy {
  return retryPolicy(properties, 'commit.status-check', { retries: 3, minWait: 1000 });
}

function retryPolicy(
  properties: Record<string, string>,
  prefix: string,
  defaults: { retries: number; minWait: number },
): RetryPolicy {
  const number = (key: string, fallback: number) =>
    integerProperty(properties, `${prefix}.${key}`, fallback);
  return {
    attempts: number('num-retries', defaults.retries) + 1,
    minWait: number('min-wait-ms', defaults.minWait),
    maxWait: number('max-wait-ms', 60_000),
    totalTimeout: number('total-timeout-ms', 1_800_000),
  };
}

/** The wait in ms after try `attempt` (from 1): exponential with 0 to 10 % jitter on top (Java's Tasks). */
export function backOff(policy: RetryPolicy, attempt: number, random: Random): number {
  const delay = Math.trunc(Math.min(policy.minWait * 2 ** (attempt - 1), policy.maxWait));
  return delay + random.below(Math.max(1, Math.trunc(delay * 0.1)));
}

/** Whether another try may follow try `attempt`, `elapsed` ms after the first began (Java's Tasks). */
export function mayRetry(policy: RetryPolicy, attempt: number, elapsed: number): boolean {
  return attempt < policy.attempts && !timedOut(policy, attempt, elapsed);
}

/** Whether the time for tries is over; the first try always gets a second one. */
export function timedOut(policy: RetryPolicy, attempt: number, elapsed: number): boolean {
  return attempt > 1 && elapsed > policy.totalTimeout;
}
