import { beforeAll, expect, test, vi } from 'vitest';
import type { Job } from '../../src/flare/workflow.ts';
import { JobRun } from '../../src/race/job-run.ts';
import type { JobMessage } from '../../src/race/message.ts';
import type { JobReport } from '../../src/race/report.ts';

beforeAll(() => {
  vi.stubGlobal('navigator', { locks: { request: () => new Promise(() => undefined) } });
  return () => vi.unstubAllGlobals();
});

const unheard = () => undefined;

/** A job whose worker is in the test's hand. */
function runInHand() {
  const worker = {
    onmessage: unheard as (event: { data: JobMessage }) => void,
    onerror: unheard as (event: { message?: string; preventDefault: () => void }) => void,
    postMessage: () => undefined,
    terminate: vi.fn(),
  };
  const ends: JobReport[] = [];
  new JobRun({ name: 'one' } as Job, worker as unknown as Worker, {
    race: 'race',
    protocol: 'queued',
    seed: 'seed',
    perhapsCommitted: {},
    holds: 'none',
    onStop: () => undefined,
    onQueued: () => undefined,
    onEnd: (report) => ends.push(report),
  });
  return { worker, ends };
}

test('a worker whose script cannot be loaded has not run: nothing was killed, and the remedy is told', () => {
  const { worker, ends } = runInHand();
  worker.onerror({ preventDefault: () => undefined });
  expect(ends).toHaveLength(1);
  expect(ends[0]).toMatchObject({
    outcome: 'rejected',
    attempts: 0,
    error: {
      kind: 'NotFound',
      message: 'The worker of one did not start: its script did not load.',
      remedy: expect.stringContaining('Reload the page') as string,
    },
  });
  expect(worker.terminate).toHaveBeenCalled();
});

test('a worker that was at work and crashes is told as that', () => {
  const { worker, ends } = runInHand();
  const detail = { stop: 'start', protocol: 'queued' } as const;
  worker.onmessage({
    data: { type: 'stop', stopId: 0, table: null, attempt: 0, detail, held: false },
  });
  worker.onerror({ message: 'out of memory', preventDefault: () => undefined });
  expect(ends[0]).toMatchObject({
    outcome: 'killed',
    error: { kind: 'WorkerKilled', message: 'The worker of one crashed: out of memory' },
  });
});
