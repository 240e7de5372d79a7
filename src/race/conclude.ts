import { counted, joined } from '../words.ts';
import type { RaceEvent } from './event.ts';
import { historyOf } from './history.ts';
import type { LedgerRow } from './report.ts';

/**
 * What a finished race came to: who committed, who was refused, and how many swaps were lost on the way; before all else,
 * whose rows the ledger misses. Empty if nothing has happened. Pure.
 */
export function conclude(events: readonly RaceEvent[], ledger: readonly LedgerRow[] = []): string {
  const jobs = [...new Set(events.map(({ job }) => job))];
  const ended = (stop: RaceEvent['detail']['stop']) =>
    jobs.filter((job) => events.findLast((event) => event.job === job)?.detail.stop === stop);
  const committed = ended('finished');
  if (!events.some(({ detail }) => detail.stop === 'swap-won' || detail.stop === 'swap-lost')) {
    const others = refusals('failed', 'failed', ended('failed'));
    return [...refusals('is done', 'are done', committed), ...others].join(' ');
  }
  const hasCommitted = (job: string) =>
    events.some(
      (event) => event.job === job && event.attempt > 0 && event.detail.stop === 'swap-won',
    );
  const failed = ended('failed');
  const sentences = [
    ...(committed.length === 0 ? [] : [committedSentence(committed, jobs)]),
    ...refusals(
      'committed, but failed after it',
      'committed, but failed after it',
      failed.filter(hasCommitted),
    ),
    ...refusals(
      'was refused',
      'were refused',
      failed.filter((job) => !hasCommitted(job)),
    ),
    ...refusals('may or may not have committed', 'may or may not have committed', ended('unknown')),
    ...replacements(events),
    ...outcomeOfSwaps(events, ledger),
  ];
  return sentences.join(' ');
}

function committedSentence(committed: readonly string[], jobs: readonly string[]): string {
  if (committed.length < jobs.length || jobs.length === 1)
    return `${fewNames(committed)} committed.`;
  return jobs.length === 2 ? 'Both jobs committed.' : `All ${jobs.length} jobs committed.`;
}

function refusals(one: string, many: string, jobs: readonly string[]): string[] {
  return jobs.length === 0 ? [] : [`${fewNames(jobs)} ${jobs.length === 1 ? one : many}.`];
}

/** What the last commit of each table replaced by rule. */
function replacements(events: readonly RaceEvent[]): string[] {
  return [...historyOf(events).versions.values()].flatMap((versions) => {
    const last = versions.at(-1);
    if (last === undefined || last.event === null || last.replaced === 0) return [];
    const { job } = last.event;
    return [`${job} committed last and replaced ${counted(last.replaced, 'row')} that were there.`];
  });
}

/** Where rows are missing, how many swaps were lost is beside the point. */
function outcomeOfSwaps(events: readonly RaceEvent[], ledger: readonly LedgerRow[]): string[] {
  const losses = ledger.filter(({ missing }) => missing > 0);
  if (losses.length === 0) return lostSwaps(events);
  const rows = losses.map(({ job, missing }) => `${counted(missing, 'row')} of ${job}`);
  return [`Yet ${joined(rows)} are not in the table.`];
}

function lostSwaps(events: readonly RaceEvent[]): string[] {
  const lost = events.filter(({ attempt, detail }) => attempt > 0 && detail.stop === 'swap-lost');
  if (lost.length === 0) return [noneLost(events)];
  const jobs = [...new Set(lost.map(({ job }) => job))];
  return [
    `${fewNames(jobs)} lost ${counted(lost.length, 'swap')} on the way, read the table again, and used the data files that were already written.`,
  ];
}

/** A writer that lost the race to create the table lost a swap too, but none that had rows to commit. */
function noneLost(events: readonly RaceEvent[]): string {
  const late = events.find(({ attempt, detail }) => attempt === 0 && detail.stop === 'swap-lost');
  if (late === undefined) return 'No swap was lost.';
  return `${late.job} came second at creating the table and used the other’s; no commit of rows lost its swap.`;
}

function fewNames(jobs: readonly string[]): string {
  return jobs.length > 3 ? counted(jobs.length, 'job') : joined(jobs);
}
