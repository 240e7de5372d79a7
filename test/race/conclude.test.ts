import { expect, test } from 'vitest';
import { conclude } from '../../src/race/conclude.ts';
import { historyOf } from '../../src/race/history.ts';
import { RaceLog, twoAppends } from '../ui/fixture/race-log.ts';

test('a race that both jobs won says who had to try again', () => {
  expect(conclude(twoAppends())).toBe(
    'Both appends are in. vendor-two lost 1 swap on the way, rebuilt 2 small files and kept its data files.',
  );
});

test('a refused job is named beside the one that committed', () => {
  const log = new RaceLog().won('one', 1, 2, 10).finished('one', 10);
  log.add('two', 1, {
    stop: 'failed',
    error: { kind: 'Validation', message: 'No.', context: {}, retryable: false },
  });
  expect(conclude(log.events)).toBe('one committed. two was refused. No swap was lost.');
});

test('an overwrite that came last says what it replaced', () => {
  const removes = [{ path: 'a', bytes: 1, rows: 4696, partition: 'month=2016-01' }];
  const log = new RaceLog()
    .add('one', 0, { stop: 'data-written', files: removes, ms: 1 })
    .won('one', 1, 2, 4696, 'overwrite')
    .finished('one', 4696)
    .add('two', 1, { stop: 'validated', isolation: 'none', since: null, removes })
    .won('two', 1, 3, 5304, 'overwrite')
    .finished('two', 5304);
  expect(conclude(log.events)).toBe(
    'Both jobs committed. two committed last and replaced 4,696 rows of one in month=2016-01: its overwrite replaces every partition that it writes. No swap was lost.',
  );
});

test('jobs that swapped nothing are done, not committed', () => {
  expect(conclude(new RaceLog().finished('dataos-tool', 0).events)).toBe('dataos-tool is done.');
});

test('a job that came second at creating the table lost no commit of rows', () => {
  const log = new RaceLog().won('one', 0, 1, 0, 'create');
  log.add('two', 0, {
    stop: 'swap-lost',
    expected: null,
    found: 1,
    next: { do: 'wait', ms: 0 },
  });
  expect(conclude(log.finished('one', 1).finished('two', 1).events)).toBe(
    'Both jobs committed. two came second at creating the table and used the other’s; no commit of rows lost its swap.',
  );
});

test('rows that nothing explains are told in place of the swaps', () => {
  const log = new RaceLog().won('one', 1, 2, 10).finished('one', 10);
  log.won('two', 1, 3, 20).finished('two', 20);
  const row = { told: 10, found: 10, replaced: 0, missing: 0 };
  const ledger = [
    { ...row, job: 'one', found: 0, missing: 10 },
    { ...row, job: 'two' },
  ];
  expect(conclude(log.events, ledger)).toBe(
    'Both jobs committed. Yet 10 rows of one are not in the table.',
  );
  const single = ledger.map((each) => (each.missing > 0 ? { ...each, missing: 1 } : each));
  expect(conclude(log.events, single)).toBe(
    'Both jobs committed. Yet 1 row of one is not in the table.',
  );
});

test('a job that failed behind its commit was not refused', () => {
  const log = new RaceLog().won('one', 1, 2, 10);
  log.add('one', 1, {
    stop: 'failed',
    error: { kind: 'Validation', message: 'No.', context: {}, retryable: false },
  });
  expect(conclude(log.events)).toBe('one committed, but failed after it. No swap was lost.');
});

test('a job that was refused for a conflict hears whose rows stood in its way, and where', () => {
  const files = [{ path: 'a.parquet', bytes: 1, rows: 901, partition: 'month=2016-01' }];
  const log = new RaceLog()
    .add('one', 0, { stop: 'data-written', files, ms: 1 })
    .won('one', 1, 2, 901)
    .finished('one', 901)
    .lost('two', 1, 1, 2);
  log.add('two', 2, {
    stop: 'failed',
    error: {
      kind: 'Validation',
      message:
        'Found conflicting files that can contain records matching partitions [month=552]: [a.parquet]',
      context: {},
      retryable: false,
    },
  });
  expect(conclude(log.events)).toBe(
    'one committed. two was refused. one added 901 rows to month=2016-01, which this job replaces.',
  );
});

test('a job that was compacting hears whose files another took away, without their paths', () => {
  const files = [{ path: 'opfs:///a.parquet', bytes: 1, rows: 901, partition: 'month=2016-01' }];
  const log = new RaceLog()
    .add('before', 0, { stop: 'data-written', files, ms: 1 })
    .won('before', 1, 2, 901)
    .finished('before', 901)
    .won('overwrite', 1, 3, 972, 'overwrite')
    .finished('overwrite', 972)
    .lost('compaction', 1, 2, 3);
  const message = 'Missing required files to delete: opfs:///a.parquet';
  log.add('compaction', 2, {
    stop: 'failed',
    error: { kind: 'Validation', message, context: {}, retryable: false },
  });
  expect(conclude(log.events)).toBe(
    'before and overwrite committed. compaction was refused. Since it began, 901 rows of before were deleted from month=2016-01, on which this commit builds.',
  );
});

test('a job whose worker was ended is told by how far it had come', () => {
  const other = new RaceLog().won('two', 1, 2, 10).finished('two', 10).events;
  const after = (log: RaceLog) => conclude([...other, ...log.events]);
  const begun = () => new RaceLog().work('one', 4696);
  expect(after(begun())).toBe('two committed. one was killed. No swap was lost.');
  expect(after(begun().attempt('one', 1, 1, 0))).toBe(
    'two committed. one was killed at its swap, so nobody was told whether it committed. No swap was lost.',
  );
  expect(after(begun().attempt('one', 1, 1, 0).won('one', 1, 2, 4696))).toBe(
    'two committed. one was killed after its swap was won. No swap was lost.',
  );
});

test('of swaps lost to several tabs it says how many another tab won', () => {
  const log = new RaceLog().won('far', 1, 2, 10).lost('one', 1, 1, 2).lost('one', 2, 2, 3);
  log.won('near', 1, 3, 10).won('one', 3, 4, 10);
  for (const job of ['near', 'one']) log.finished(job, 10);
  const own = (job: string) => log.events.filter((event) => event.job !== job);
  expect(conclude(own('far'), [], historyOf(log.events))).toContain(
    'one lost 2 swaps on the way, 1 of them to far, rebuilt 4 small files',
  );
  expect(conclude(log.events, [], historyOf(log.events))).toContain(
    'one lost 2 swaps on the way, rebuilt',
  );
});

test('jobs that were killed before any swap are told of', () => {
  const log = new RaceLog().work('one', 10).work('two', 10);
  expect(conclude(log.events)).toBe('one was killed. two was killed.');
});
