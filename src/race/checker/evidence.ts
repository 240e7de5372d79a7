import type { HistoryFile, SnapshotChange, TableHistory } from '../../iceberg/history.ts';
import { datasetName } from '../../words.ts';
import type { RaceEvent } from '../event.ts';
import { type Commit, snapshotIdsOf, type Win, winsOf } from './commits.ts';

/** A job of this race, as it may; others, as the pointer has versions that no job was told of; or nobody. */
export type Mover = 'race' | 'others' | 'nobody';

/** The changes that move main to a snapshot that it had before, or may do so among other things. */
const moves: readonly string[] = ['rollback', 'set-current-snapshot', 'transaction'];

/** What is known of one table: what its files say, and what the jobs did and were told. */
export class Evidence {
  readonly history: TableHistory;
  /** The commits that jobs tried on the table. */
  readonly commits: readonly Commit[];
  /** The race's log, of all tables. */
  readonly events: readonly RaceEvent[];
  readonly wins: readonly Win[];
  /** The table in a sentence. */
  readonly title: string;
  /** Who may have moved main back to an earlier snapshot. */
  readonly mover: Mover;
  readonly #makers: ReadonlyMap<string, Commit>;

  constructor(history: TableHistory, commits: readonly Commit[], events: readonly RaceEvent[]) {
    const { table } = history;
    this.history = history;
    this.commits = commits.filter((commit) => commit.table === table);
    this.events = events;
    this.wins = winsOf(events.filter((event) => event.table === table));
    this.title = datasetName(table);
    this.mover = this.#findMover();
    this.#makers = new Map(
      this.commits.flatMap((commit) => [...snapshotIdsOf(commit)].map((id) => [id, commit])),
    );
  }

  /** The commit that made a snapshot, if it was one of this race. */
  makerOf({ snapshotId }: SnapshotChange): Commit | undefined {
    return this.#makers.get(snapshotId);
  }

  /** Who made a snapshot, in a sentence. */
  nameOf(change: SnapshotChange): string {
    return this.makerOf(change)?.job.name ?? 'somebody outside this race';
  }

  /** What a commit changed, if it is in the history; a transaction is several changes. */
  changesOf(commit: Commit): SnapshotChange[] {
    const ids = snapshotIdsOf(commit);
    return this.history.changes.filter(({ snapshotId }) => ids.has(snapshotId));
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

  #findMover(): Mover {
    if (this.wins.some(({ operation }) => moves.includes(operation))) return 'race';
    const told = new Set(this.wins.map(({ version }) => version));
    const { version: current } = this.history;
    for (let version = this.#firstVersion() + 1; version <= current; version += 1) {
      if (!told.has(version)) return 'others';
    }
    return 'nobody';
  }

  /** The oldest version that a job has read, where the race began for the table. */
  #firstVersion(): number {
    const read = this.events.flatMap(({ table, detail }) =>
      table === this.history.table && detail.stop === 'base-read' ? [detail.base.version ?? 0] : [],
    );
    return Math.min(this.history.version, ...read);
  }
}
