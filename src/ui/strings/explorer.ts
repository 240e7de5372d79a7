import type { CellMark } from '../../lab/conflict-matrix.svelte.ts';
import type { Operation } from '../../race/explorer/operations.ts';
import type { JobOutcome } from '../../race/report.ts';
import { counted, grouped, joined } from '../../words.ts';

const operations: Record<Operation, string> = {
  append: 'append',
  'dynamic-overwrite': 'dynamic overwrite',
  'dynamic-overwrite-snapshot': 'dynamic overwrite, snapshot',
  'dynamic-overwrite-serializable': 'dynamic overwrite, serializable',
  overwrite: 'overwrite all',
  'overwrite-snapshot': 'overwrite all, snapshot',
  'overwrite-serializable': 'overwrite all, serializable',
  delete: 'delete by filter',
  compaction: 'compaction',
  'rewrite-manifests': 'rewrite manifests',
  'expire-snapshots': 'expire snapshots',
};

const marks: Record<CellMark, string> = {
  both: 'both stay, in every order',
  replaced: 'the later commit replaces rows of the earlier, by rule',
  refused: 'in some order one is refused',
  lost: 'in some order rows are lost',
};

const outcomes: Record<JobOutcome, string> = {
  committed: 'committed',
  rejected: 'refused',
  unknown: 'unknown',
  skipped: 'skipped',
  killed: 'killed',
};

/** Texts of the explorer. */
export const explorer = {
  open: 'Explore',
  title: 'Every order there is',
  explain:
    'The commit code of the jobs, run over tables in memory, in every order of its steps. Each end is judged as any race is.',
  close: 'Close',
  matrix: {
    label: 'Conflict matrix: two operations, in every order',
    heading: 'Who is in whose way',
    overlap: 'Partitions',
    overlaps: { same: 'the same partition', other: 'different partitions' },
    protocol: 'Protocol of the matrix',
    fill: 'Fill the matrix',
    filling: 'Running …',
    unknown: 'not run yet',
    marks,
    cell: (one: Operation, two: Operation, mark: string) =>
      `${operations[one]} and ${operations[two]}: ${mark}`,
  },
  jobs: {
    heading: 'These jobs',
    job: (number: number) => `Job ${grouped(number)}`,
    partition: (number: number) => `Partition of job ${grouped(number)}`,
    partitions: { a: 'partition a', b: 'partition b' },
    none: 'no third job',
    fromWorkflow: 'Take from the workflow',
    notFromWorkflow: 'Fewer than two jobs of the workflow write a table.',
    kills: 'Kill each job at each place too',
    start: 'Run every schedule',
    stop: 'Stop',
  },
  operations,
  table: {
    label: 'Schedules by protocol',
    protocol: 'protocol',
    schedules: 'schedules',
    crashes: 'crashes',
    holds: 'hold',
    rejected: 'with a refusal',
    violated: 'lose rows',
    undecided: 'cannot tell',
    waiting: 'to come',
    running: 'running …',
    cut: 'stopped here: there are more',
  },
  kinds: {
    label: (protocol: string) => `What can happen under ${protocol}`,
    count: (count: number) => counted(count, 'schedule'),
    times: (count: number) => `${grouped(count)}×`,
    replay: 'Show as a race',
    run: 'Run on workers',
    runHint:
      'Put these jobs into the editor and run them in this order: real workers, real files, a table of its own.',
    noRun:
      'Only in the diagram: something happens between two looks of a job at the catalog, or between its swap and the answer, where no worker can be held.',
    job: (name: string, outcome: JobOutcome, attempts: number) =>
      `${name} ${outcomes[outcome]}${attempts > 1 ? ` at attempt ${grouped(attempts)}` : ''}`,
    order: (names: readonly string[]) =>
      names.length < 2 ? '' : `${joined(names)}, in this order`,
    missing: (job: string, rows: number) => `${counted(rows, 'row')} of ${job} lost`,
    replaced: (job: string, rows: number) => `${counted(rows, 'row')} of ${job} replaced by rule`,
  },
} as const;
