import type { JobOutcome } from '../../race/report.ts';
import { counted, grouped, joined } from '../../words.ts';

const outcomes: Record<JobOutcome, string> = {
  committed: 'committed',
  rejected: 'rejected',
  unknown: 'unknown',
  skipped: 'skipped',
  killed: 'killed',
};

const hours = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

const times = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** The races that are kept. */
export const races = {
  label: 'Kept races',
  empty: 'Races are kept here when they are over: to look at again, to replay, to fork.',
  columns: {
    compare: 'Compare',
    begun: 'Begun',
    workflow: 'Workflow',
    protocol: 'Protocol',
    jobs: 'Jobs',
    verdict: 'Verdict',
    actions: 'Actions',
  },
  time: (startedAt: number) => times.format(startedAt),
  /** The date too, if it was another day. */
  begun: (startedAt: number, now: number) => {
    const isToday = new Date(startedAt).toDateString() === new Date(now).toDateString();
    return (isToday ? hours : times).format(startedAt);
  },
  utc: (startedAt: number) => new Date(startedAt).toISOString(),
  outcome: (job: string, outcome: JobOutcome) => `${job}: ${outcomes[outcome]}`,
  tally: (jobs: readonly { outcome: JobOutcome }[]) => {
    const counts = Map.groupBy(jobs, ({ outcome }) => outcome);
    return joined(
      [...counts].map(([outcome, { length }]) => `${grouped(length)} ${outcomes[outcome]}`),
    );
  },
  choose: (name: string) => `Compare ${name}`,
  open: 'Open',
  openHint: 'Show it in the diagram, to scrub through it',
  replay: 'Replay',
  remove: 'Delete',
  fork: 'Fork here',
  forkHint:
    'Run the race on screen again up to the chosen event, and pause there. Choose an event of a finished race first.',
  compare: 'Compare two',
  compareHint: (kept: number) =>
    kept < 2
      ? 'Two kept races are needed. Run another one first.'
      : 'Choose two races in the list first.',
  others: (count: number) =>
    `${counted(count, 'race')} of another version of this page cannot be opened and ${count === 1 ? 'is' : 'are'} left alone.`,
  confirm: {
    title: 'Set the tables back?',
    explain: (tables: readonly string[]) =>
      `To run this race again, ${joined(tables)} will be as when it began. What was committed since is in the table no more.`,
    replay: 'Set back and replay',
    fork: 'Set back and fork',
    cancel: 'Leave them',
  },
  comparison: {
    title: 'Two races side by side',
    first: 'First',
    second: 'Second',
    close: 'Close',
    verdict: 'Verdict',
  },
};
