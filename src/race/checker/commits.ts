import type { BaseSummary, FileSummary } from '../../iceberg/stop.ts';
import type { RaceEvent } from '../event.ts';
import type { Detail } from '../history.ts';
import type { JobReport } from '../report.ts';

/** A snapshot for which an attempt wrote a manifest list. Its id is decimal text. */
export interface Draft {
  snapshotId: string;
  /** What the attempt had validated and was going to remove; absent if the log does not tell. */
  validated?: Detail<'validated'>;
  /** Whether it is not for main. */
  isAside: boolean;
}

/** One try of a commit, as far as it came. */
export interface Attempt {
  base: BaseSummary;
  /** One, but several for a transaction and none for a change of metadata alone. */
  drafts: Draft[];
  /** The metadata file that it asked to be swapped in. */
  next?: string;
}

/** A swap that a job was told it won. */
export interface Win extends Detail<'swap-won'> {
  seq: number;
  job: string;
  /** The pointer that the swap was to replace; absent if the log does not tell. */
  expected?: BaseSummary;
}

/**
 * What a job knows of the end of a commit: `committed` and `refused` for certain, `unknown` also if the job was killed
 * before it was told, `nothing` if there was nothing to commit.
 */
export type CommitOutcome = 'committed' | 'refused' | 'unknown' | 'nothing';

/** One commit that a job tried, from its files to its end. */
export interface Commit {
  job: JobReport;
  table: string;
  /** The data files that it is made of. */
  files: FileSummary[];
  /** The table as it was found before they were written; absent if the log does not tell. */
  found?: BaseSummary;
  attempts: Attempt[];
  outcome: CommitOutcome;
  /** The swap that made it, if the job was told of one. A job that finds its commit when it runs again was told of none. */
  win: Win | null;
}

/** The ids of the snapshots that a commit made or would have made. */
export function snapshotIdsOf({ attempts, win }: Commit): Set<string> {
  const ids = new Set(attempts.flatMap(({ drafts }) => drafts.map(({ snapshotId }) => snapshotId)));
  if (win?.snapshotId) ids.add(win.snapshotId);
  return ids;
}

/** Whether what a commit made is for another branch than main, or waits to be published. */
export function isAside(commit: Commit): boolean {
  const attempt = winningAttempt(commit);
  return attempt !== undefined && goesAside(attempt);
}

/** Whether what an attempt makes is for another branch than main, or waits to be published. */
export function goesAside({ drafts }: Attempt): boolean {
  return drafts.at(-1)?.isAside === true;
}

/** The attempt that won, as far as the job was told, if only when it ran again: then it is the last that asked. */
export function winningAttempt({ attempts, outcome, win }: Commit): Attempt | undefined {
  if (win !== null) return attempts.find(({ next }) => next === win.location);
  return outcome === 'committed' ? lastAsking(attempts) : undefined;
}

function lastAsking(attempts: readonly Attempt[]): Attempt | undefined {
  return attempts.findLast(({ next }) => next !== undefined);
}

/** The version that a commit made, or the oldest that it can be if nobody was told; `null`: none, as far as is known. */
export function versionOf(commit: Commit): number | null {
  const base = winningAttempt(commit)?.base;
  return commit.win?.version ?? (base === undefined ? null : (base.version ?? 0) + 1);
}

/** What a commit validated for one of its snapshots: each attempt the same, but for the files it was going to remove. */
export function validationOf(
  { attempts }: Commit,
  snapshotId: string,
): Detail<'validated'> | undefined {
  const drafts = attempts.flatMap((attempt) => attempt.drafts);
  return drafts.findLast((draft) => draft.snapshotId === snapshotId)?.validated;
}

/** All swaps that were won, those that create a table or change only metadata included, in the order of the log. */
export function winsOf(events: readonly RaceEvent[]): Win[] {
  const asked = new Map<string, BaseSummary>();
  const wins: Win[] = [];
  for (const { job, seq, detail } of events) {
    if (detail.stop === 'before-swap') asked.set(detail.next, detail.expected);
    if (detail.stop !== 'swap-won') continue;
    const expected = asked.get(detail.location);
    wins.push({ ...detail, seq, job, ...(expected === undefined ? {} : { expected }) });
  }
  return wins;
}

/** The commits of all jobs, job by job, each job's in their order. */
export function commitsOf(events: readonly RaceEvent[], jobs: readonly JobReport[]): Commit[] {
  const wins = new Map(winsOf(events).map((win) => [win.seq, win]));
  return jobs.flatMap((job) =>
    new CommitLog(job, wins).read(events.filter((event) => event.job === job.name)),
  );
}

/** Reads one job's events as commits. The events of attempt 0 belong to the creation of a table. */
class CommitLog {
  readonly #job: JobReport;
  readonly #wins: ReadonlyMap<number, Win>;
  readonly #commits: Commit[] = [];
  #open: Commit | null = null;
  #validated: Detail<'validated'> | undefined;

  constructor(job: JobReport, wins: ReadonlyMap<number, Win>) {
    this.#job = job;
    this.#wins = wins;
  }

  read(events: readonly RaceEvent[]): Commit[] {
    for (const event of events) this.#add(event);
    if (this.#open !== null) this.#open.outcome = this.#outcomeAtEnd(this.#open);
    return this.#commits;
  }

  #add({ seq, table, attempt, detail }: RaceEvent): void {
    if (detail.stop === 'data-written' && table !== null) {
      this.#begin(table, detail.files, detail.base);
    } else if (detail.stop === 'manifests-written' && table !== null && this.#hasBegunTries()) {
      this.#begin(table, [], detail.base);
    } else if (attempt > 0) this.#try(seq, detail);
  }

  #begin(table: string, files: FileSummary[], found?: BaseSummary): void {
    this.#open = {
      job: this.#job,
      table,
      files,
      ...(found && { found }),
      attempts: [],
      outcome: 'nothing',
      win: null,
    };
    this.#commits.push(this.#open);
  }

  /** Whether no commit is open, or one that has its manifests already. */
  #hasBegunTries(): boolean {
    return this.#open === null || this.#open.attempts.length > 0;
  }

  #try(seq: number, detail: RaceEvent['detail']): void {
    const commit = this.#open;
    if (commit === null) return;
    if (detail.stop === 'base-read') commit.attempts.push({ base: detail.base, drafts: [] });
    const attempt = commit.attempts.at(-1);
    if (attempt === undefined) return;
    switch (detail.stop) {
      case 'validated':
        this.#validated = detail;
        break;
      case 'list-written': {
        const { snapshotId, branch } = detail;
        const isAside = branch !== undefined;
        attempt.drafts.push({
          snapshotId,
          isAside,
          ...(this.#validated && { validated: this.#validated }),
        });
        break;
      }
      case 'before-swap':
        attempt.next = detail.next;
        break;
      case 'swap-won':
        commit.outcome = 'committed';
        commit.win = this.#wins.get(seq) ?? null;
        this.#open = null;
        break;
      default:
    }
  }

  /** The outcome of a commit that was not told of a swap. */
  #outcomeAtEnd({ files }: Commit): CommitOutcome {
    switch (this.#job.outcome) {
      case 'committed':
        // With an error: the job committed before this, which failed.
        if (this.#job.error !== null) return 'refused';
        return files.length === 0 ? 'nothing' : 'committed';
      case 'killed':
      case 'unknown':
        return 'unknown';
      default:
        return 'refused';
    }
  }
}
