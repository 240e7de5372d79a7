import { exhaustive } from '../exhaustive.ts';
import { IcejamError } from '../error.ts';
import type { Change, PreparedChange } from './change.ts';
import type { CommitContext } from './context.ts';
import { findLosers, hasLanded, landedPointer } from './landing.ts';
import {
  commitTime,
  editProperties,
  expiredMetadataFiles,
  succeed,
  withCountersOf,
} from './metadata-update.ts';
import { swapMetadata, writeMetadata } from './metadata-swap.ts';
import { deletePaths, OwnFiles } from './own-files.ts';
import type { CommitQueue, Pointer } from './ports.ts';
import { backOff, commitRetryPolicy, mayRetry, statusCheckPolicy, timedOut } from './retry.ts';
import type { Protocol, StopDetail } from './stop.ts';
import {
  loadTable,
  moveSince,
  snapshotById,
  summarizeBase,
  totalRows,
  type Table,
} from './table.ts';
import type { Snapshot } from './table-metadata.ts';

/** The property that marks a table which was written without compare-and-swap. */
export const unsafeProperty = 'icejam.unsafe';

/** How one commit is made. */
export interface CommitOptions {
  protocol: Protocol;
  /** The id of the snapshot to make: given to take up a commit whose outcome is unknown, it lands at most once. */
  snapshotId?: bigint;
  /** Paths of data and delete files that nobody else knows: they are deleted if the commit is rejected. */
  dataFiles?: readonly string[];
}

/** What became of a commit. `attempts` counts the tries begun. */
export type CommitResult =
  | {
      outcome: 'committed';
      attempts: number;
      /** `null` if the change made no snapshot. */
      snapshotId: bigint | null;
      snapshot: Snapshot | null;
      pointer: Pointer;
      /** Why nothing had to be written. */
      note?: string;
    }
  | { outcome: 'rejected'; attempts: number; snapshotId: null; error: IcejamError }
  /** The swap may have happened: look for `snapshotId` before trying again. */
  | { outcome: 'unknown'; attempts: number; snapshotId: bigint | null; error: IcejamError };

/**
 * Commits a change to a table: applies it to the newest base, validates, writes, swaps, and does it all again when
 * the swap is lost. Expected failures are results; what is thrown is a fault of the program or of the gate, and
 * leaves everything as a crash would. `table` is what the change was built on.
 */
export function commit(
  context: CommitContext,
  table: Table,
  change: Change,
  options: CommitOptions,
): Promise<CommitResult> {
  return new Commit(context, table, change, options).run();
}

type SwapLost = Extract<StopDetail, { stop: 'swap-lost' }>;

/** How the attempts ended, unless in an error that rejects the commit. */
type Verdict =
  /** The change is part of `table`; `base` is what the winning swap replaced, `null` if another try had landed. */
  | { is: 'won'; table: Table; base: Table | null }
  | { is: 'unchanged'; table: Table }
  | { is: 'unknown'; error: IcejamError };

interface Loss {
  is: 'lost';
  base: Table;
  found: Pointer | null;
  /** What was to be swapped in; `null`: the base's files were deleted before it came to that. */
  location: string | null;
}

/** One run of the commit protocol. */
class Commit {
  readonly #context: CommitContext;
  readonly #table: Table;
  readonly #change: Change;
  readonly #protocol: Protocol;
  readonly #snapshotId: bigint;
  readonly #files: OwnFiles;
  readonly #dataFiles: readonly string[];
  readonly #began: number;
  #attempts = 0;
  /** What the last compared swap was to set. */
  #sought: Pointer | undefined;

  constructor(context: CommitContext, table: Table, change: Change, options: CommitOptions) {
    this.#context = context;
    this.#table = table;
    this.#change = change;
    this.#protocol = options.protocol;
    this.#snapshotId = options.snapshotId ?? context.random.snapshotId();
    this.#files = new OwnFiles(context.io);
    this.#dataFiles = options.dataFiles ?? [];
    this.#began = context.clock.now();
  }

  async run(): Promise<CommitResult> {
    if (this.#change.nothing !== undefined) return this.#nothing(this.#change.nothing);
    let prepared: PreparedChange;
    let verdict: Verdict;
    try {
      prepared = await this.#prepare();
      verdict = await this.#attemptsFrom(1, prepared, false);
    } catch (error) {
      return await this.#reject(error);
    }
    switch (verdict.is) {
      case 'won':
        return this.#won(prepared, verdict.table, verdict.base);
      case 'unchanged':
        await this.#cleanUp(this.#files.except(new Set()));
        return this.#committed(verdict.table, null);
      case 'unknown':
        await this.#stop({ stop: 'unknown', error: verdict.error.toValue() });
        return {
          outcome: 'unknown',
          attempts: this.#attempts,
          snapshotId: prepared.snapshotId,
          error: verdict.error,
        };
      default:
        return exhaustive(verdict);
    }
  }

  async #nothing(note: string): Promise<CommitResult> {
    const pointer = (await this.#context.catalog.load(this.#table.name)) ?? this.#table.pointer;
    return { outcome: 'committed', attempts: 0, snapshotId: null, snapshot: null, pointer, note };
  }

  async #prepare(): Promise<PreparedChange> {
    const prepared = await this.#change.begin({
      context: this.#context,
      table: this.#table,
      files: this.#files,
      snapshotId: this.#snapshotId,
      follows: false,
    });
    const base = summarizeBase(this.#table);
    await this.#stop({ stop: 'manifests-written', base, files: prepared.written });
    return prepared;
  }

  async #attemptsFrom(first: number, prepared: PreparedChange, inQueue: boolean): Promise<Verdict> {
    for (let number = first; ; number += 1) {
      this.#attempts = number;
      const ended = await this.#attempt(prepared);
      if (ended.is !== 'lost') return ended;
      const next = this.#afterLoss();
      await this.#stop({
        stop: 'swap-lost',
        expected: ended.base.pointer.version,
        found: ended.found?.version ?? null,
        next,
      });
      if (next.do === 'give-up') return this.#giveUp(ended, prepared);
      if (next.do === 'wait') await this.#context.clock.sleep(next.ms);
      else if (!inQueue) {
        return this.#context.queue.run(this.#table.name, () =>
          this.#attemptsFrom(number + 1, prepared, true),
        );
      }
    }
  }

  async #attempt(prepared: PreparedChange): Promise<Verdict | Loss> {
    const { catalog } = this.#context;
    const { name } = this.#table;
    const newest = await loadTable(this.#context, name);
    const base = this.#baseOf(newest);
    await this.#stop({ stop: 'base-read', base: summarizeBase(base) });
    const landed = hasLanded(newest, prepared.snapshotId, this.#files);
    if (landed) return { is: 'won', table: newest, base: null };
    this.#checkNewest(newest);
    try {
      return await this.#attemptOn(base, prepared);
    } catch (error) {
      const move = await moveSince(catalog, name, base.pointer, error);
      if (move === null) throw error;
      return { is: 'lost', base, found: move.to, location: null };
    }
  }

  /**
   * What the change is applied to. One that is made on the table as loaded would lose its swap if that is stale; without
   * comparing it undoes what was committed since, which is what `unsafe` shows. But no id that was given is given again,
   * so that no file comes to mean something else.
   */
  #baseOf(newest: Table): Table {
    if (this.#change.whenStale !== 'loses') return newest;
    if (this.#protocol !== 'unsafe') return this.#table;
    return { ...this.#table, metadata: withCountersOf(this.#table.metadata, newest.metadata) };
  }

  async #attemptOn(base: Table, prepared: PreparedChange): Promise<Verdict | Loss> {
    const { name } = this.#table;
    const stop = (detail: StopDetail) => this.#stop(detail);
    const at = commitTime(base.metadata, this.#context.clock.now());
    const applied = await prepared.apply({
      number: this.#attempts,
      base,
      at,
      own: new Set(),
      stop,
    });
    if (applied === base.metadata) return { is: 'unchanged', table: base };
    const marked =
      this.#protocol === 'unsafe' ? editProperties(applied, { [unsafeProperty]: 'true' }) : applied;
    const metadata = succeed(base, marked, at);
    const location = await writeMetadata(this.#context, this.#files, base, metadata, stop);
    if (this.#protocol !== 'unsafe') this.#sought = { version: base.pointer.version + 1, location };
    try {
      const swap = await swapMetadata(this.#context, name, base, location, this.#protocol, stop);
      if (!swap.won) return { is: 'lost', base, found: swap.found, location };
      return { is: 'won', table: { name, pointer: swap.pointer, metadata }, base };
    } catch (error) {
      if (!(error instanceof IcejamError) || error.kind !== 'CommitStateUnknown') throw error;
      const table = await this.#checkStatus(base, prepared);
      return table === null ? { is: 'unknown', error } : { is: 'won', table, base };
    }
  }

  #checkNewest(newest: Table): void {
    const built = this.#table.metadata['table-uuid'];
    const found = newest.metadata['table-uuid'];
    if (built !== found) {
      throw new IcejamError(
        'IllegalState',
        `Table UUID does not match: current=${built} != refreshed=${found}`,
        { context: { table: this.#table.name } },
      );
    }
    const isStale = newest.pointer.version !== this.#table.pointer.version;
    if (this.#change.whenStale === 'refused' && isStale) throw this.#refused();
  }

  /** The table with our change in it, `null` if it cannot be found. */
  async #checkStatus(base: Table, prepared: PreparedChange): Promise<Table | null> {
    const { clock, random } = this.#context;
    const policy = statusCheckPolicy(base.metadata.properties);
    const began = clock.now();
    for (let check = 1; ; check += 1) {
      const table = await loadTable(this.#context, this.#table.name).catch(() => null);
      if (table !== null && hasLanded(table, prepared.snapshotId, this.#files)) return table;
      if (!mayRetry(policy, check, clock.now() - began)) return null;
      await clock.sleep(backOff(policy, check, random));
    }
  }

  /** The table's properties as they were when the change was built decide, as in Java. */
  #afterLoss(): SwapLost['next'] {
    if (this.#change.whenStale !== undefined) return { do: 'give-up' };
    if (!this.#mayRetry()) return { do: 'give-up' };
    if (this.#protocol === 'queued') return { do: 'queue' };
    const policy = commitRetryPolicy(this.#table.metadata.properties);
    return { do: 'wait', ms: backOff(policy, this.#attempts, this.#context.random) };
  }

  #mayRetry(): boolean {
    const policy = commitRetryPolicy(this.#table.metadata.properties);
    const elapsed = this.#context.clock.now() - this.#began;
    return this.#protocol === 'queued'
      ? !timedOut(policy, this.#attempts, elapsed)
      : mayRetry(policy, this.#attempts, elapsed);
  }

  /** Throws `CommitFailed`, unless a try has landed after all: what the table refers to must not be cleaned up. */
  async #giveUp({ base, found, location }: Loss, prepared: PreparedChange): Promise<Verdict> {
    const table = await loadTable(this.#context, this.#table.name);
    if (hasLanded(table, prepared.snapshotId, this.#files)) return { is: 'won', table, base: null };
    // Java looks at the base again before it tries once more.
    if (this.#change.whenStale === 'refused' && this.#mayRetry()) throw this.#refused();
    throw this.#commitFailed(
      `Cannot commit to table ${this.#table.name} metadata location from ${base.pointer.location} to ${location ?? 'null'} because it has been concurrently modified to ${found?.location ?? 'null'}`,
    );
  }

  #refused(): IcejamError {
    return this.#commitFailed('Table metadata refresh is required');
  }

  #commitFailed(message: string): IcejamError {
    return new IcejamError('CommitFailed', message, {
      context: { table: this.#table.name, attempts: String(this.#attempts) },
      retryable: true,
      remedy:
        this.#change.whenStale === undefined
          ? 'Run the job again, raise commit.retry.num-retries on the table, or use the protocol "queued".'
          : 'Load the table and make the change again.',
    });
  }

  async #won(prepared: PreparedChange, table: Table, base: Table | null): Promise<CommitResult> {
    const result = this.#committed(table, prepared.snapshotId);
    await this.#stop({
      stop: 'swap-won',
      version: result.pointer.version,
      location: result.pointer.location,
      snapshotId: result.snapshotId === null ? null : String(result.snapshotId),
      operation: result.snapshot?.summary.operation ?? this.#change.name,
      rows: totalRows(table.metadata),
    });
    // The commit stands whatever happens now: what cannot be found or deleted stays behind as an orphan.
    const deleted = await this.#tidy(prepared, table, base).catch(() => []);
    await this.#stop({ stop: 'cleaned-up', deleted });
    return result;
  }

  #committed(table: Table, id: bigint | null): Extract<CommitResult, { outcome: 'committed' }> {
    const snapshot = id === null ? null : (snapshotById(table.metadata, id) ?? null);
    return {
      outcome: 'committed',
      attempts: this.#attempts,
      snapshotId: snapshot?.['snapshot-id'] ?? null,
      snapshot,
      pointer: landedPointer(table, this.#files, this.#sought),
    };
  }

  /** Deletes what nothing needs once our change is part of the table. */
  async #tidy(prepared: PreparedChange, table: Table, base: Table | null): Promise<string[]> {
    const { io } = this.#context;
    const losers = await deletePaths(io, await findLosers(io, table, this.#files));
    if (base === null) return losers;
    const left = expiredMetadataFiles(base, table.metadata);
    if (left.length === 0 && prepared.afterwards === undefined) return losers;
    const { name } = table;
    const { deletions = atOnce } = this.#context;
    const forgotten = await deletions.run(name, () => this.#forget(prepared, left, table, base));
    return [...losers, ...forgotten];
  }

  /** Deletes what the table has forgotten by our change, but for what it refers to again. */
  async #forget(
    prepared: PreparedChange,
    left: readonly string[],
    { name, metadata: next }: Table,
    base: Table,
  ): Promise<string[]> {
    const { catalog, io } = this.#context;
    const { pointer, metadata: newest } = await loadTable(this.#context, name);
    const log = newest['metadata-log'].map((entry) => entry['metadata-file']);
    const kept = [pointer.location, ...log, await catalog.registered?.(name)];
    const expired = await deletePaths(
      io,
      left.filter((path) => !kept.includes(path)),
    );
    return [...expired, ...((await prepared.afterwards?.(base, next, newest)) ?? [])];
  }

  async #reject(thrown: unknown): Promise<CommitResult> {
    if (!isExpected(thrown)) throw thrown;
    await this.#cleanUp([...this.#files.except(new Set()), ...this.#dataFiles]);
    return { outcome: 'rejected', attempts: this.#attempts, snapshotId: null, error: thrown };
  }

  async #cleanUp(paths: readonly string[]): Promise<void> {
    const deleted = await deletePaths(this.#context.io, paths);
    await this.#stop({ stop: 'cleaned-up', deleted });
  }

  #stop(detail: StopDetail): Promise<void> {
    return this.#context.gate(this.#attempts, detail);
  }
}

const atOnce: CommitQueue = { run: (_table, work) => work() };

/** Whether an error says that this commit cannot be made, rather than that the program is wrong or was ended. */
function isExpected(thrown: unknown): thrown is IcejamError {
  return (
    thrown instanceof IcejamError && thrown.kind !== 'Internal' && thrown.kind !== 'WorkerKilled'
  );
}
