import type { HistoryFile, SnapshotChange, TableHistory } from '../../iceberg/history.ts';
import { datasetName } from '../../words.ts';
import type { RaceEvent } from '../event.ts';
import type { ExhibitedEvent } from '../report.ts';
import { type Commit, commitsOf, snapshotIdsOf, versionOf, type Win, winsOf } from './commits.ts';
import { firstReads } from './reads.ts';
import { recollect } from './recollection.ts';
import type { Witness } from './witness.ts';

/**
 * A job of this race or of one beside it, as it may; others, as the pointer has versions that no job was told of; or
 * nobody.
 */
export type Mover = 'race' | 'others' | 'nobody';

/** The changes that move main to a snapshot that it had before, or may do so among other things. */
const moves: readonly string[] = [
  'rollback',
  'set-current-snapshot',
  'replace-branch',
  'transaction',
];

/** What is known of one table: what its files say, and what the jobs did and were told. */
export class Evidence {
  readonly history: TableHistory;
  /** What the history does not reach and nobody tells, as sentences. */
  readonly gaps: readonly string[];
  /** The commits that jobs tried on the table. */
  readonly commits: readonly Commit[];
  /** The race's log, of all tables. */
  readonly events: readonly RaceEvent[];
  readonly wins: readonly Win[];
  /** What jobs of other tabs did to the table, as far as they told. */
  readonly others: { readonly commits: readonly Commit[]; readonly wins: readonly Win[] };
  /** The table in a sentence. */
  readonly title: string;
  /** Who may have moved main back to an earlier snapshot. */
  readonly mover: Mover;
  /** The last version that no known job made; 0 if there is none since the race began. */
  readonly #untold: number;
  readonly #makers: ReadonlyMap<string, Commit>;

  constructor(
    history: TableHistory,
    commits: readonly Commit[],
    events: readonly RaceEvent[],
    witnesses: readonly Witness[] = [],
  ) {
    const { table } = history;
    this.commits = commits.filter((commit) => commit.table === table);
    this.events = events;
    this.wins = winsOf(events.filter((event) => event.table === table));
    const ofTable = (event: RaceEvent) => event.table === table;
    this.others = {
      commits: witnesses
        .flatMap((other) => commitsOf(other.events, other.jobs))
        .filter((commit) => commit.table === table),
      wins: witnesses.flatMap((other) => winsOf(other.events.filter(ofTable))),
    };
    this.title = datasetName(table);
    ({ history: this.history, gaps: this.gaps } = recollect(history, this.allCommits, this.title));
    this.#untold = this.#lastUntold();
    this.mover = this.#lastMove() > 0 ? 'race' : this.#untold > 0 ? 'others' : 'nobody';
    this.#makers = new Map(
      this.allCommits.flatMap((commit) => [...snapshotIdsOf(commit)].map((id) => [id, commit])),
    );
  }

  /** The commits of this race, and of those beside it. */
  get allCommits(): readonly Commit[] {
    return [...this.commits, ...this.others.commits];
  }

  /** The swaps that were won in this race, and in those beside it. */
  get allWins(): readonly Win[] {
    return [...this.wins, ...this.others.wins];
  }

  /** Whether one of these swaps is of this race: what others do to each other is their own tab's business. */
  concerns(...wins: readonly Win[]): boolean {
    return wins.some((win) => this.wins.includes(win));
  }

  /** The commit that made a snapshot, if it was one of this race or of one beside it. */
  makerOf({ snapshotId }: SnapshotChange): Commit | undefined {
    return this.#makers.get(snapshotId);
  }

  /** Who made a snapshot, in a sentence. */
  nameOf(change: SnapshotChange): string {
    return this.makerOf(change)?.job.name ?? 'somebody outside this race';
  }

  /** The swap that made a commit, or else the last that is known of its job. */
  endOf({ job, win }: Commit): ExhibitedEvent[] {
    const last = win ?? this.events.findLast((event) => event.job === job.name);
    return last === undefined ? [] : [{ job: job.name, seq: last.seq }];
  }

  /** Whether main left a commit, and an expiry then made the table forget it, as far as anybody can tell. */
  isForgotten(commit: Commit): boolean {
    const version = versionOf(commit);
    if (version === null) return false;
    if (this.#untold > version) return true;
    if (this.#lastMove() <= version) return false;
    const hasExpired = this.allWins.some(({ operation }) => operation === 'expire-snapshots');
    return hasExpired || this.#landed.some(({ attempts }) => attempts.at(-1)?.drafts.length === 0);
  }

  /** What a commit changed, if it is in the history; a transaction is several changes. */
  changesOf(commit: Commit): SnapshotChange[] {
    const ids = snapshotIdsOf(commit);
    return this.history.changes.filter(({ snapshotId }) => ids.has(snapshotId));
  }

  /** The metadata file of a version, `undefined` for those that the log does not reach or that are still to come. */
  locationOf(version: number): string | undefined {
    const { location, log, version: current } = this.history;
    return version === current ? location : log[log.length - (current - version)];
  }

  /** The live files before each change, and at the end. */
  states(): HistoryFile[][] {
    const states = [this.history.before.files];
    for (const change of this.history.changes) {
      const gone = new Set([...change.removed, ...change.vanished].map(({ path }) => path));
      const left = (states.at(-1) ?? []).filter(({ path }) => !gone.has(path));
      states.push([...left, ...change.added, ...change.appeared]);
    }
    return states;
  }

  /** The place of a snapshot among the states of the table; -1 if the history does not reach it. */
  placeOf(snapshotId: string | null): number {
    const { before, changes } = this.history;
    const at = changes.findIndex((change) => change.snapshotId === snapshotId);
    if (at >= 0) return at + 1;
    return before.snapshotId === snapshotId ? 0 : -1;
  }

  #lastUntold(): number {
    const told = new Set(this.allWins.map(({ version }) => version));
    const asked = new Set(
      this.#landed.flatMap(({ attempts }) => attempts.flatMap(({ next }) => next ?? [])),
    );
    for (let { version } = this.history; version > this.#firstVersion(); version -= 1) {
      if (!told.has(version) && !asked.has(this.locationOf(version) ?? '')) return version;
    }
    return 0;
  }

  /** The last version by which a known job may have moved main; 0 if none did, and endless if it is not known by which. */
  #lastMove(): number {
    if (this.#landed.some((commit) => this.#mayMove(commit))) return Infinity;
    const own = this.allWins.filter(({ operation }) => moves.includes(operation));
    return Math.max(0, ...own.map(({ version }) => version));
  }

  /** The commits of jobs that were not told, but whose swaps took place: their metadata files became versions. */
  get #landed(): readonly Commit[] {
    const { location, log } = this.history;
    const files = new Set([location, ...log]);
    return this.allCommits.filter(
      ({ attempts, win }) =>
        win === null && attempts.some(({ next }) => next !== undefined && files.has(next)),
    );
  }

  /** Whether a commit of which no operation was told may have moved main: it does not just add to its base. */
  #mayMove(commit: Commit): boolean {
    const change = this.changesOf(commit)[0];
    const bases = commit.attempts.map(({ base }) => base.snapshotId);
    return change === undefined || !bases.includes(change.parentId);
  }

  /** The oldest version that a job has read, where the race began for the table. */
  #firstVersion(): number {
    const { table, version } = this.history;
    const first = firstReads(this.events).get(table);
    return first === undefined ? version : Math.min(version, first.version ?? 0);
  }
}
