import type { RaceEvent } from '../race/event.ts';
import type { JobReport, WorkflowReport } from '../race/report.ts';

/** A puzzle: a workflow whose jobs are to be steered until the race comes to something. */
export interface Challenge {
  name: string;
  title: string;
  task: string;
  /** From vague to plain. */
  hints: readonly string[];
  /** The scenario whose workflow it takes. */
  workflow: string;
  /** Judged by the checker's verdict and the log; how the race was steered makes no difference. Pure. */
  isSolved: (report: WorkflowReport, events: readonly RaceEvent[]) => boolean;
}

const jobOf = ({ jobs }: WorkflowReport, name: string): JobReport | undefined =>
  jobs.find((job) => job.name === name);

const ledgerOf = ({ verdict }: WorkflowReport, name: string) =>
  verdict.ledger.find(({ job }) => job === name);

const allCommitted = ({ jobs }: WorkflowReport): boolean =>
  jobs.every(({ outcome }) => outcome === 'committed');

const isSafe = ({ protocol, verdict }: WorkflowReport): boolean =>
  protocol !== 'unsafe' && verdict.result === 'holds';

const neverTold = (job: JobReport): boolean =>
  job.outcome === 'killed' || job.outcome === 'unknown';

/** Every challenge, from easy to hard. */
export const challenges: readonly Challenge[] = [
  {
    name: 'no-retry',
    title: 'Both win at once',
    task: 'Make both appends commit at their first attempt, with the safety on.',
    hints: [
      'A swap is lost only if somebody commits between the read of the base and the swap.',
      'Hold vendor-two before it reads its base, until vendor-one is done.',
    ],
    workflow: 'both-appends',
    isSolved: (report) =>
      isSafe(report) && allCommitted(report) && report.jobs.every(({ attempts }) => attempts === 1),
  },
  {
    name: 'lose-rows',
    title: 'Make vendor-one lose its rows',
    task: 'vendor-one is told “committed”, and its rows are in no version of the table any more.',
    hints: [
      'With the comparison this cannot be done.',
      'Choose the protocol “unsafe”, and let vendor-two read its base before vendor-one swaps.',
      'Hold both before their swaps, then let vendor-one go first.',
    ],
    workflow: 'lost-update',
    isSolved: (report) =>
      report.verdict.result === 'violated' && (ledgerOf(report, 'vendor-one')?.missing ?? 0) > 0,
  },
  {
    name: 'let-it-be',
    title: 'Serializable, and nobody is refused',
    task: 'The overwrite asks for serializable isolation. Let both jobs commit, and keep the rows of both.',
    hints: [
      'What stands in its way is an append that came after it had begun.',
      'The append has nothing to fear from anybody: let it be the second.',
    ],
    workflow: 'serializable',
    isSolved: (report) => {
      const append = ledgerOf(report, 'append');
      return isSafe(report) && allCommitted(report) && append?.found === append?.told;
    },
  },
  {
    name: 'orphans',
    title: 'Leave orphans',
    task: 'Leave files behind that no version of the table will ever name, and a verdict that holds.',
    hints: [
      'A job that is refused tidies up after itself. One that is killed cannot.',
      'Kill a job after it has written its data files and before its swap.',
    ],
    workflow: 'killed-before',
    isSolved: (report, events) =>
      isSafe(report) &&
      report.jobs.some(
        (job) =>
          neverTold(job) && wroteFiles(job, events) && ledgerOf(report, job.name) === undefined,
      ),
  },
  {
    name: 'unknown-success',
    title: 'Nobody was told, and it worked',
    task: 'End a job that never says “committed”, and find all of its rows in the table.',
    hints: [
      'After the swap the rows are in, whoever hears of it.',
      'Kill vendor-one at its swap of attempt 1; creating the table does not count.',
    ],
    workflow: 'killed-after',
    isSolved: (report) =>
      report.verdict.result === 'holds' &&
      report.jobs.some((job) => neverTold(job) && (ledgerOf(report, job.name)?.found ?? 0) > 0),
  },
  {
    name: 'starve',
    title: 'Starve patient',
    task: 'Let patient lose every swap until it gives up, under the protocol “optimistic”.',
    hints: [
      'patient may try three times; busy commits three times.',
      'Hold patient before each of its swaps, and let busy win one in between.',
      'busy must be held too, after each of its swaps.',
    ],
    workflow: 'retries-exhausted',
    isSolved: (report) => jobOf(report, 'patient')?.error?.kind === 'CommitFailed',
  },
  {
    name: 'twelve-cabs',
    title: 'Only twelve cabs',
    task: 'The vendors may run 12 cabs together, yet a race leaves 14, although both jobs ask for serializable isolation. Keep it at 12.',
    hints: [
      'Each job looks at the sum before it writes. When does it look?',
      'The second one must see what the first has committed: hold it before it reads its inputs.',
    ],
    workflow: 'write-skew',
    isSolved: (report, events) => isSafe(report) && allCommitted(report) && !readBoth(events),
  },
];

function wroteFiles({ name }: JobReport, events: readonly RaceEvent[]): boolean {
  return events.some(
    ({ job, detail }) => job === name && detail.stop === 'data-written' && detail.files.length > 0,
  );
}

/** Whether both vendors had read what is there before one of them changed it. */
function readBoth(events: readonly RaceEvent[]): boolean {
  const vendors = ['vendor-one', 'vendor-two'];
  const at = (stop: string) =>
    vendors.map(
      (name) =>
        events.find(({ job, detail }) => job === name && detail.stop === stop)?.seq ?? Infinity,
    );
  return Math.max(...at('inputs-read')) < Math.min(...at('swap-won'));
}
