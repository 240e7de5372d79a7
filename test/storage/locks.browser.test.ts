import { afterEach, expect, it, vi } from 'vitest';
import {
  holdDropLock,
  holdJobLock,
  jobLockName,
  leaseDataset,
  leasedSnapshots,
  leaseSnapshots,
  webLockQueue,
  whenLockReleased,
  withExclusiveSnapshot,
  withIdleStorage,
  withUnreadDataset,
} from '../../src/storage/locks.ts';
import { TestWorker } from './worker-message.ts';

const held = async () => {
  const { held = [] } = await navigator.locks.query();
  const names = held.flatMap(({ name = '' }) => (name.startsWith('icejam:') ? [name] : []));
  return names.sort();
};

const nothing = () => Promise.resolve();

// A release shows a moment after it was made.
afterEach(async () => {
  await vi.waitFor(async () => {
    expect(await held()).toEqual([]);
  });
});

it('tells of the end of a worker by the release of its lock', async () => {
  const worker = new TestWorker();
  await worker.ask({ do: 'hold-job', race: 'r', job: 'j' });
  expect(await held()).toEqual(['icejam:job:r/j', 'icejam:storage']);
  let released = false;
  const end = whenLockReleased(jobLockName('r', 'j')).then(() => {
    released = true;
  });
  await navigator.locks.query();
  expect(released).toBe(false);
  worker.end();
  await end;
});

it('resolves at once for a lock that nobody holds', async () => {
  await whenLockReleased(jobLockName('r', 'nobody'));
});

it('can stop waiting for a release', async () => {
  const release = await holdJobLock('r', 'j');
  const controller = new AbortController();
  const end = whenLockReleased(jobLockName('r', 'j'), controller.signal);
  controller.abort(new Error('enough'));
  await expect(end).rejects.toThrow('enough');
  release();
  await whenLockReleased(jobLockName('r', 'j'));
});

it('runs writers of one table one at a time in the order of asking, other tables beside them', async () => {
  const queue = webLockQueue();
  const order: string[] = [];
  const first = Promise.withResolvers<undefined>();
  const works = [
    queue.run('t', async () => {
      order.push('first in');
      await first.promise;
      order.push('first out');
    }),
    queue.run('t', () => {
      order.push('second');
      return Promise.resolve();
    }),
  ];
  await queue.run('other', () => Promise.resolve(order.push('other')));
  first.resolve(undefined);
  await Promise.all(works);
  expect(order).toEqual(['first in', 'other', 'first out', 'second']);
});

it('hands on what the queued work returns or throws', async () => {
  const queue = webLockQueue();
  expect(await queue.run('t', () => Promise.resolve(42))).toBe(42);
  await expect(queue.run('t', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

it('moves the queue on when the worker at its head is ended', async () => {
  const worker = new TestWorker();
  await worker.ask({ do: 'queue', table: 't' });
  const next = webLockQueue().run('t', () => Promise.resolve('next'));
  worker.end();
  expect(await next).toBe('next');
});

it('keeps expiry away from a snapshot while anybody reads it', async () => {
  const worker = new TestWorker();
  await worker.ask({ do: 'lease', table: 't', snapshot: 7n });
  const release = await leaseSnapshots('t', [7n, 9n]);
  expect(await withExclusiveSnapshot('t', 7n, nothing)).toBe(false);
  expect(await withExclusiveSnapshot('t', 9n, nothing)).toBe(false);
  expect(await withExclusiveSnapshot('t', 8n, nothing)).toBe(true);
  expect((await leasedSnapshots('t')).sort()).toEqual([7n, 7n, 9n]);
  release();
  expect(await withExclusiveSnapshot('t', 7n, nothing)).toBe(false);
  worker.end();
  await whenReleased('icejam:snapshot:t/7');
  let readers: bigint[] | null = null;
  const work = async () => {
    readers = await leasedSnapshots('t');
  };
  expect(await withExclusiveSnapshot('t', 7n, work)).toBe(true);
  expect(readers).toEqual([]);
});

it('keeps the parts of a dataset while a job reads them, but not a drop', async () => {
  const release = await leaseDataset('d:c/s');
  expect(await withUnreadDataset('d:c/s', nothing)).toBe(false);
  (await holdDropLock('d:c/s'))();
  release();
  await whenReleased('icejam:dataset:d:c/s');
  expect(await withUnreadDataset('d:c/s', nothing)).toBe(true);
});

it('lets one drop at a time into a dataset', async () => {
  const release = await holdDropLock('d:c/s');
  let second = false;
  const waiting = holdDropLock('d:c/s').then((done) => {
    second = true;
    done();
  });
  (await holdDropLock('d:c/other'))();
  expect(second).toBe(false);
  release();
  await waiting;
});

it('hands on what fails while the storage is idle', async () => {
  await expect(withIdleStorage(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
});

it('finds the storage idle only when no job, drop or reader is about', async () => {
  const holds = [
    () => holdJobLock('r', 'j'),
    () => leaseSnapshots('t', [1n]),
    () => leaseDataset('d:c/s'),
    () => holdDropLock('d:c/s'),
  ];
  for (const hold of holds) {
    const release = await hold();
    expect(await withIdleStorage(nothing)).toBe(false);
    release();
    release();
    // Waits for the release that is under way.
    expect(await withIdleStorage(nothing)).toBe(true);
  }
});

/** Resolves when the lock can be had exclusively: the end of a worker takes a moment to show. */
async function whenReleased(name: string): Promise<void> {
  await navigator.locks.request(name, nothing);
}
