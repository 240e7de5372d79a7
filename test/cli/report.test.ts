import { expect, test } from 'vitest';
import { errorLines, queryLines, reportLines, workflowLines } from '../../cli/report.ts';
import { succeeded } from '../../cli/run.ts';
import type { JobReport, WorkflowReport } from '../../src/race/report.ts';
import { placed } from '../../src/words.ts';

const job: JobReport = {
  name: 'vendor-one',
  outcome: 'committed',
  attempts: 1,
  snapshotId: '7',
  rows: 4696,
  files: 2,
  ms: 811.6,
  warnings: [],
  error: null,
};

const workflow: WorkflowReport = {
  name: 'write',
  protocol: 'queued',
  jobs: [job],
  seed: 'seed',
  script: [],
  verdict: {
    result: 'holds',
    sentences: ['Every row is there.'],
    ledger: [{ job: 'vendor-one', told: 4696, found: 4600, replaced: 96, missing: 0 }],
  },
};

test('a workflow is told as its jobs and the verdict', () => {
  expect(workflowLines(workflow)).toEqual([
    'write (queued)',
    '  job         outcome    attempts  rows  still there  replaced  files   ms',
    '  vendor-one  committed         1  4696         4600        96      2  812',
    '  Every row is there.',
  ]);
});

test('warnings and errors of a job are told with their remedies', () => {
  const error = {
    kind: 'SqlInvalid',
    message: 'No column a.',
    context: {},
    retryable: false,
  } as const;
  const rejected: JobReport = {
    ...job,
    outcome: 'rejected',
    warnings: [{ message: 'All rows are null.', context: {}, remedy: 'Cast the column.' }],
    error: {
      ...error,
      remedy: 'Did you mean b?',
      range: { line: 3, column: 9, endLine: 3, endColumn: 10 },
    },
  };
  expect(workflowLines({ ...workflow, jobs: [rejected] })).toEqual(
    expect.arrayContaining([
      '  vendor-one: All rows are null. Cast the column.',
      '  vendor-one: Line 3, column 9: No column a.',
      '  vendor-one: Did you mean b?',
    ]),
  );
});

test('a place that the message tells itself is not told twice', () => {
  const range = { line: 3, column: 9, endLine: 3, endColumn: 10 };
  const message = 'Line 3, column 9: No column a.';
  const lines = errorLines({ kind: 'SqlInvalid', message, context: {}, retryable: false, range });
  expect(lines).toEqual([message]);
});

test('a place of a long text is not told twice either', () => {
  const range = { line: 1200, column: 9, endLine: 1200, endColumn: 10 };
  const message = placed({ ...range, message: 'No column a.' });
  const error = { kind: 'SqlInvalid', context: {}, retryable: false, range } as const;
  expect(errorLines({ ...error, message })).toEqual(['Line 1,200, column 9: No column a.']);
});

test('an answer is a table with numbers to the right', () => {
  const rows = [
    { vendor: 1, name: 'Creative', seen: null },
    { vendor: 20, name: 'Veri', seen: '2016-01-01' },
  ];
  expect(queryLines({ sql: 'select', rows })).toEqual([
    'select',
    '  vendor  name      seen',
    '       1  Creative  null',
    '      20  Veri      2016-01-01',
  ]);
  expect(queryLines({ sql: 'select', rows: [] })).toEqual(['select', '  no rows']);
});

test('a run succeeds only if every job committed and every query was answered', () => {
  const done = { workflows: [workflow], queries: [{ sql: 'q', rows: [] }], exports: [] };
  const error = { kind: 'Internal', message: 'x', context: {}, retryable: false } as const;
  const unknown = { ...workflow, jobs: [{ ...job, outcome: 'unknown' as const }] };
  expect(succeeded(done)).toBe(true);
  expect(succeeded({ ...done, workflows: [workflow, unknown] })).toBe(false);
  expect(succeeded({ ...done, queries: [{ sql: 'q', error }] })).toBe(false);
  expect(succeeded({ ...done, error })).toBe(false);
});

test('a report tells workflows, answers and exports in this order', () => {
  const target = {
    address: 'dataos://d:c/x',
    directory: '/out',
    metadata: '/out/metadata/v1.json',
  };
  const queries = [{ sql: 'select 1 as n', rows: [{ n: 1 }] }];
  const lines = reportLines({ workflows: [workflow], queries, exports: [target] });
  expect(lines.filter((line) => !line.startsWith(' '))).toEqual([
    ...[
      '',
      'write (queued)',
      '',
      'select 1 as n',
      '',
      'dataos://d:c/x is in /out/metadata/v1.json',
    ],
  ]);
});
