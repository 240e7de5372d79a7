import { expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import type { Change } from '../../src/iceberg/change.ts';
import { commit, type CommitResult } from '../../src/iceberg/commit.ts';
import { expireSnapshots } from '../../src/iceberg/expire-snapshots.ts';
import type { DataFile } from '../../src/iceberg/manifest-types.ts';
import { SeededRandom } from '../../src/iceberg/memory.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { rewriteFiles } from '../../src/iceberg/rewrite-files.ts';
import { rewriteManifests } from '../../src/iceberg/rewrite-manifests.ts';
import { planFiles } from '../../src/iceberg/scan.ts';
import type { ChangedFile } from '../../src/iceberg/snapshot-summary.ts';
import { currentSnapshot, loadTable, type Table } from '../../src/iceberg/table.ts';
import { Fates } from './double/fates.ts';
import { expectInvariants } from './double/invariants.ts';
import { Interleaver } from './double/interleaver.ts';
import { mortalWriter, type MortalWriter } from './double/mortal-ports.ts';
import { noQueue, World } from './double/world.ts';
import { Scenario } from './scenarios/fixture.ts';

const name = 'w:test/t';
const folder = 'mem:///w/test/t/data';

class ThousandCommits {
  readonly #world: World;
  readonly #interleaver: Interleaver;
  readonly #random: SeededRandom;
  readonly #fates = new Fates();
  readonly #alive = new Set<MortalWriter>();
  readonly outcomes = { committed: 0, rejected: 0, unknown: 0, killed: 0 };
  #begun = 0;

  constructor(world: World, interleaver: Interleaver, random: SeededRandom) {
    this.#world = world;
    this.#interleaver = interleaver;
    this.#random = random;
  }

  /** Commits as `partition` until so many commits were begun by all; a killed writer is followed by a new one. */
  async write(partition: string, commits: number): Promise<void> {
    while (this.#begun < commits) {
      this.#begun += 1;
      const writer = mortalWriter(this.#world, this.#interleaver, this.#random, 250);
      this.#alive.add(writer);
      const outcome = await writer.live(() => this.#work(writer, partition));
      this.#alive.delete(writer);
      this.outcomes[outcome ?? 'killed'] += 1;
      if (this.#begun % 100 === 0) await this.expectTokens();
    }
  }

  async #work(writer: MortalWriter, partition: string): Promise<CommitResult['outcome']> {
    const { context } = writer;
    const table = await loadTable(context, name);
    const kind = this.#random.below(20);
    if (kind < 9) {
      const [token, file] = await this.#newFile(writer, partition);
      return this.#commit(writer, table, append([file]), { adds: [token] });
    }
    if (kind < 12) {
      // Nobody else writes this partition, so that what goes is what has been there until now.
      const [token, file] = await this.#newFile(writer, `${partition}-own`);
      const removes = this.#fates.known(`${partition}-own/`).filter((each) => each !== token);
      return this.#commit(writer, table, replacePartitions(table, [file]), {
        adds: [token],
        removes,
      });
    }
    if (kind < 15) return this.#compact(writer, table);
    if (kind < 16) return this.#commit(writer, table, rewriteManifests());
    if (kind < 18) {
      const options = { olderThan: context.clock.now() + 1000, retainLast: 2 };
      return this.#commit(writer, table, expireSnapshots(options));
    }
    const claimed = () => new Set([...this.#alive].flatMap(({ claims }) => [...claims]));
    await removeOrphans(context, name, {
      olderThan: Infinity,
      inFlight: async () => {
        const claims = claimed();
        return (path) => claims.has(path);
      },
    });
    return 'committed';
  }

  async #compact(writer: MortalWriter, table: Table): Promise<CommitResult['outcome']> {
    const { context } = writer;
    const snapshot = currentSnapshot(table.metadata);
    const tasks = await planFiles(context.io, table.metadata, snapshot);
    const some = tasks.map(({ file }) => file).filter(() => this.#random.below(3) === 0);
    const remove = some.filter((file) => file.data_file.partition[0] === 'shared');
    if (remove.length === 0) return 'committed';
    const rows = remove.reduce((sum, file) => sum + file.data_file.record_count, 0);
    const [path, add] = await this.#writeFile(writer, 'shared', rows);
    this.#fates.wrote(
      path,
      remove.flatMap((file) => this.#fates.tokensOf(file.data_file.file_path)),
    );
    const since = snapshot?.['snapshot-id'] ?? null;
    return this.#commit(writer, table, rewriteFiles({ remove, add: [add] }, { since }));
  }

  async #commit(
    { context }: MortalWriter,
    table: Table,
    change: Change,
    { adds = [], removes = [] }: { adds?: string[]; removes?: string[] } = {},
  ): Promise<CommitResult['outcome']> {
    const settle = this.#fates.begin({ adds, removes });
    const protocol = this.#random.below(2) === 0 ? 'queued' : 'optimistic';
    let result = await commit(context, table, change, { protocol });
    if (result.outcome === 'unknown' && result.snapshotId !== null && this.#random.below(2) === 0) {
      const { snapshotId } = result;
      result = await commit(context, table, change, { protocol, snapshotId });
    }
    settle(result.outcome);
    return result.outcome;
  }

  async #newFile(writer: MortalWriter, partition: string): Promise<[string, ChangedFile]> {
    const isOwn = partition.endsWith('-own');
    const [path, file] = await this.#writeFile(writer, isOwn ? partition : 'shared', 1);
    const token = `${partition}/${path}`;
    this.#fates.wrote(path, [token]);
    return [token, file];
  }

  async #writeFile(
    { context }: MortalWriter,
    partition: string,
    rows: number,
  ): Promise<[string, ChangedFile]> {
    const path = `${folder}/${context.random.uuid()}.parquet`;
    await context.io.create(path, new Uint8Array(10));
    const file: DataFile = {
      content: 0,
      file_path: path,
      file_format: 'PARQUET',
      partition: [partition],
      record_count: rows,
      file_size_in_bytes: 10,
    };
    return [path, { spec_id: 0, data_file: file }];
  }

  /** Every token is in the table as its fate says, and never twice; every live file is whole. */
  async expectTokens(): Promise<void> {
    const { metadata } = await loadTable(this.#world, name);
    const tasks = await planFiles(this.#world.io, metadata, currentSnapshot(metadata));
    this.#fates.expectIn(tasks);
    for (const { file } of tasks) {
      expect(await this.#world.io.read(file.data_file.file_path)).toHaveLength(10);
    }
  }
}

it.each([1, 2])(
  'no acknowledged commit of 1,000 is undone, doubled or deleted by kills, torn files and lost answers (seed %i)',
  { timeout: 120_000 },
  async (seed) => {
    const random = new SeededRandom(seed);
    const interleaver = new Interleaver(random);
    const world = new World({ seed: seed + 100, queue: noQueue });
    await Scenario.begin({ protocol: 'optimistic', queued: false }, {}, world);
    const run = new ThousandCommits(world, interleaver, random);
    for (let swap = 0; swap < 2000; swap += 1) {
      const fault = random.below(40);
      world.catalog.faults.push(
        fault === 0
          ? 'lose-answer'
          : fault === 1
            ? 'lose-request'
            : fault === 2
              ? 'deny-win'
              : null,
      );
    }
    const writers = ['w1', 'w2', 'w3', 'w4', 'w5'];
    await interleaver.run(writers.map((partition) => () => run.write(partition, 1000)));
    expect(run.outcomes.committed).toBeGreaterThan(600);
    expect(run.outcomes.killed).toBeGreaterThan(30);
    await run.expectTokens();
    world.catalog.faults.length = 0;
    await removeOrphans(world.writer(), name, { olderThan: Infinity });
    await run.expectTokens();
    await expectInvariants(world, { expires: true });
  },
);
