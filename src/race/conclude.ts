import { ends } from '../iceberg/stop.ts';
import { counted, grouped, joined } from '../words.ts';
import { conflictOf, conflictSentence, partitionsText } from './conflict.ts';
import { deathOutcome } from './death.ts';
import type { RaceEvent } from './event.ts';
import { type History, historyOf, rowsOf } from './history.ts';
import { pastOf } from './past.ts';
import type { LedgerRow } from './report.ts';

/**
 * What a finished race came to: who committed, who was refused, and how many swaps were lost on the way; before all else,
 * whose rows the ledger misses. Empty if nothing has happened. `history`: also of what
 * others did meanwhile. Pure.
 */
export function conclude(
  events: readonly RaceEvent[],
  ledger: readonly LedgerRow[] = [],
  history: History = historyOf(events),
): string {
  const jobs = [...new Set(events.map(({ job }) => job))];
  const ended = (stop: RaceEvent['detail']['stop']) =>
    jobs.filter((job) => events.findLast((event) => event.job === job)?.detail.stop === stop);
  const committed = ended('finished');
  if (!events.some(({ detail }) => detail.stop === 'swap-won' || detail.stop === 'swap-lost')) {
    const others = [...refusals('failed', 'failed', ended('failed')), ...deaths(jobs, events)];
    return [...refusals('is done', 'are done', committed), ...others].join(' ');
  }
  const hasCommitted = (job: string) =>
    events.some(
      (event) => event.job === job && event.attempt > 0 && event.detail.stop === 'swap-won',
    );
  const failed = ended('failed');
  // What somebody was refused for is the news, and more would hide it.
  const conflict = conflicts(events, history);
  const sentences = [
    ...(committed.length === 0 ? [] : [committedSentence(committed, jobs, events, ledger)]),
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
    ...deaths(jobs, events),
    ...(conflict.length > 0
      ? conflict
      : [...replacements(history), ...outcomeOfSwaps(events, ledger, history)]),
  ];
  return sentences.join(' ');
}

function committedSentence(
  committed: readonly string[],
  jobs: readonly string[],
  events: readonly RaceEvent[],
  ledger: readonly LedgerRow[],
): string {
  if (committed.length < jobs.length || jobs.length === 1)
    return `${fewNames(committed)} committed.`;
  const appended = new Set(
    events.flatMap(({ attempt, detail, job }) =>
      attempt > 0 && detail.stop === 'swap-won' && detail.operation === 'append' ? [job] : [],
    ),
  );
  const isWhole = ledger.every(({ found, told }) => found === told);
  if (appended.size === jobs.length && isWhole) {
    return jobs.length === 2 ? 'Both appends are in.' : `All ${jobs.length} appends are in.`;
  }
  return jobs.length === 2 ? 'Both jobs committed.' : `All ${jobs.length} jobs committed.`;
}

function refusals(one: string, many: string, jobs: readonly string[]): string[] {
  return jobs.length === 0 ? [] : [`${fewNames(jobs)} ${jobs.length === 1 ? one : many}.`];
}

/** A worker that was ended tells of no end: how far it came is all that is known of its job. */
function deaths(jobs: readonly string[], events: readonly RaceEvent[]): string[] {
  return jobs.flatMap((job) => {
    const own = events.filter((event) => event.job === job);
    const { detail } = own.at(-1) ?? {};
    if (detail === undefined || ends.includes(detail.stop)) return [];
    const run = own.slice(own.findLastIndex((event) => event.detail.stop === 'start'));
    const { outcome, snapshotId } = deathOutcome(run.map((event) => event.detail));
    if (outcome === 'unknown')
      return [`${job} was killed at its swap, so nobody was told whether it committed.`];
    return [`${job} was killed${snapshotId === null ? '' : ' after its swap was won'}.`];
  });
}

/** What stood in the way of those that were refused and did not run again. */
function conflicts(events: readonly RaceEvent[], history: History): string[] {
  return [...history.segments.keys()].flatMap((job) => {
    const last = events.findLast((event) => event.job === job);
    const conflict = last?.detail.stop === 'failed' ? conflictOf(last.detail.error) : null;
    return conflict === null ? [] : [conflictSentence(conflict, history)];
  });
}

/** What the last commit of each table replaced by rule: whose rows, where, and why. */
function replacements(history: History): string[] {
  return [...history.versions.values()].flatMap((versions) => {
    const last = versions.at(-1);
    if (last === undefined || last.event === null || last.replaced === 0) return [];
    const { job } = last.event;
    const { latest, writerOf } = pastOf(last.event, history);
    const removes = latest('validated')?.removes ?? [];
    const writers = [...new Set(removes.map(({ path }) => writerOf(path) ?? null))];
    const whose = writers.map((writer) => {
      const files = removes.filter(({ path }) => (writerOf(path) ?? null) === writer);
      const rows = counted(rowsOf(files), 'row');
      return writer === null ? `${rows} from before this race` : `${rows} of ${writer}`;
    });
    const places = partitionsText(removes.map(({ partition = '' }) => partition));
    const where = places === '' ? '' : ` in ${places}`;
    const why = places === '' ? 'what was there' : 'every partition that it writes';
    return [
      `${job} committed last and replaced ${joined(whose)}${where}: its overwrite replaces ${why}.`,
    ];
  });
}

/** Where rows are missing, how many swaps were lost is beside the point. */
function outcomeOfSwaps(
  events: readonly RaceEvent[],
  ledger: readonly LedgerRow[],
  history: History,
): string[] {
  const losses = ledger.filter(({ missing }) => missing > 0);
  if (losses.length === 0) return lostSwaps(events, history);
  const rows = losses.map(({ job, missing }) => `${counted(missing, 'row')} of ${job}`);
  const missing = losses.reduce((sum, row) => sum + row.missing, 0);
  return [`Yet ${joined(rows)} ${missing === 1 ? 'is' : 'are'} not in the table.`];
}

function lostSwaps(events: readonly RaceEvent[], history: History): string[] {
  const lost = events.filter(({ attempt, detail }) => attempt > 0 && detail.stop === 'swap-lost');
  if (lost.length === 0) return [noneLost(events)];
  const hasWon = (job: string) =>
    events.some(
      ({ attempt, detail, job: other }) =>
        job === other && attempt > 0 && detail.stop === 'swap-won',
    );
  const own = new Set(events.map(({ job }) => job));
  /** To whom of another tab: all of them, or some of them. */
  const to = (jobs: readonly string[]) => {
    const losses = lost.filter(({ job }) => jobs.includes(job));
    const winners = losses.flatMap((event) => winnerOf(event, history)?.job ?? []);
    const theirs = winners.filter((job) => !own.has(job));
    if (theirs.length === 0) return { all: '', some: '' };
    const names = fewNames([...new Set(theirs)]);
    return theirs.length === losses.length
      ? { all: ` to ${names}`, some: '' }
      : { all: '', some: `, ${grouped(theirs.length)} of them to ${names}` };
  };
  const of = (isWinner: boolean) => lost.filter(({ job }) => hasWon(job) === isWinner);
  return [
    ...lossesOf(of(true), (jobs, count) => {
      const data = jobs.length === 1 ? 'its data files' : 'their data files';
      // The manifest list and the metadata file: all else is used again.
      const { all, some } = to(jobs);
      return `${all} on the way${some}, rebuilt ${counted(2 * count, 'small file')} and kept ${data}`;
    }),
    ...lossesOf(of(false), (jobs) => Object.values(to(jobs)).join('')),
  ];
}

function lossesOf(
  lost: readonly RaceEvent[],
  then: (jobs: readonly string[], count: number) => string,
): string[] {
  const jobs = [...new Set(lost.map(({ job }) => job))];
  if (jobs.length === 0) return [];
  return [`${fewNames(jobs)} lost ${counted(lost.length, 'swap')}${then(jobs, lost.length)}.`];
}

/** The swap that another one was lost to, if it is known. */
function winnerOf(event: RaceEvent, history: History): RaceEvent | undefined {
  const { detail } = event;
  return detail.stop === 'swap-lost' ? pastOf(event, history).makerOf(detail.found) : undefined;
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
