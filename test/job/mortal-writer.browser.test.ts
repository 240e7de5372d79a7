import { afterAll, expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { commit, type CommitResult } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import { createTable } from '../../src/iceberg/create-table.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { SeededRandom } from '../../src/iceberg/memory.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import { planFiles } from '../../src/iceberg/scan.ts';
import { ancestorsOf, currentSnapshot, loadTable, type Table } from '../../src/iceberg/table.ts';
import { referencedFiles } from '../../src/race/explorer/files.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { filesInFlight } from '../../src/storage/in-flight.ts';
import { claimedFiles, jobLockName, whenLockReleased } from '../../src/storage/locks.ts';
import { opfsFileIO } from '../../src/storage/opfs.ts';
import { resetStorage } from '../../src/storage/reset.ts';
import { Fates } from '../iceberg/double/fates.ts';
import { definitionAt, writeDataFile } from '../iceberg/every-operation.ts';
import { openContext } from './crash-plan.ts';
import type { WriterBirth, WriterMessage } from './mortal-writer.ts';

afterAll(async () => resetStorage(await openDatabase()));

/** What the writers of a table have done. */
class History {
  readonly table: string;
  readonly fates = new Fates();
  readonly outcomes = { committed: 0, rejected: 0, unknown: 0, killed: 0 };
  begun = 0;

  constructor(table: string) {
    this.table = table;
  }
}

/** One writer in its worker. What it said before it was killed is true, whenever it is heard. */
class MortalWriter {
  readonly #worker = new Worker(new URL('./mortal-writer.worker.ts', import.meta.url), {
    type: 'module',
  });
  readonly #birth: WriterBirth;
  readonly #history: History;
  #heard: (message: WriterMessage) => void = () => undefined;
  #settle: (outcome: CommitResult['outcome']) => void = () => undefined;

  private constructor(lane: string, seed: string, history: History) {
    this.#birth = { table: history.table, lane, seed };
    this.#history = history;
    this.#worker.onmessage = ({ data }: MessageEvent<WriterMessage>) => this.#receive(data);
  }

  /** Starts a writer; resolves when it waits for word. */
  static async start(lane: string, seed: string, history: History): Promise<MortalWriter> {
    const writer = new MortalWriter(lane, seed, history);
    await writer.#tell(writer.#birth);
    return writer;
  }

  /** Lets the writer go on; resolves with what it does next: it waits, or dies. */
  goOn(): Promise<WriterMessage> {
    return this.#tell('go on');
  }

  /** Ends the writer. What it was about stays uncertain. */
  async kill(): Promise<void> {
    this.#worker.terminate();
    await whenLockReleased(jobLockName('mortal', this.#birth.seed));
  }

  #tell(word: unknown): Promise<WriterMessage> {
    return new Promise((resolve, reject) => {
      this.#heard = resolve;
      this.#worker.onerror = ({ message }) => reject(new Error(message));
      this.#worker.postMessage(word);
    });
  }

  #receive(message: WriterMessage): void {
    const { fates, outcomes } = this.#history;
    if (message.is === 'writes') {
      const { path, partition, replaced } = message;
      const own = `${this.#birth.lane}-own`;
      const token = `${partition}/${path}`;
      fates.wrote(path, replaced?.flatMap((each) => fates.tokensOf(each)) ?? [token]);
      const removes =
        partition === own ? fates.known(`${own}/`).filter((each) => each !== token) : [];
      this.#settle = fates.begin({ adds: replaced === null ? [token] : [], removes });
      this.#worker.postMessage('noted');
    } else if (message.is === 'ended') {
      outcomes[message.outcome] += 1;
      this.#settle(message.outcome);
      this.#settle = () => undefined;
    } else {
      this.#heard(message);
    }
  }
}

/** All lanes at once, a writer after the other in each, with kills at moments that nobody waits for. */
async function writeAllAtOnce(
  lanes: readonly string[],
  history: History,
  commits: number,
  seed: number,
): Promise<void> {
  const random = new SeededRandom(seed);
  const run = async (lane: string) => {
    let lives = 1;
    const start = () => MortalWriter.start(lane, `${lane} of ${seed}, life ${lives}`, history);
    let writer = await start();
    while (history.begun < commits) {
      history.begun += 1;
      const killed =
        random.below(25) > 0
          ? new Promise<never>(() => undefined)
          : new Promise<null>((resolve) => setTimeout(() => resolve(null), random.below(60)));
      const next = await Promise.race([writer.goOn(), killed]);
      if (next?.is === 'waiting') continue;
      history.outcomes.killed += 1;
      await writer.kill();
      lives += 1;
      writer = await start();
    }
    await writer.kill();
  };
  await Promise.all(lanes.map(run));
}

/** Each live file is there and whole, and each snapshot of main follows its parent. */
async function expectWhole({ io }: CommitContext, { metadata }: Table): Promise<void> {
  const present = await io.list(`${metadata.location}/`);
  const sizes = new Map(present.map(({ path, bytes }) => [path, bytes]));
  for (const { file } of await planFiles(io, metadata, currentSnapshot(metadata))) {
    expect(sizes.get(file.data_file.file_path)).toBe(10);
  }
  const main = [...ancestorsOf(metadata, metadata['current-snapshot-id'])];
  const numbers = main.map((snapshot) => snapshot['sequence-number']);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => b - a));
  expect(numbers[0]).toBeLessThanOrEqual(metadata['last-sequence-number']);
}

/** The orphans are told exactly, the next writer commits at once, and a sweep frees every byte and nothing else. */
async function expectSweepable(context: CommitContext, table: Table): Promise<void> {
  const { name, metadata } = table;
  const paths = async () =>
    (await context.io.list(`${metadata.location}/`)).map(({ path }) => path).sort();
  const needed = async () =>
    referencedFiles(new ManifestReader(context.io), await loadTable(context, name));
  await expect.poll(async () => (await claimedFiles()).size).toBe(0);
  // The writers have swept too, so that they may have left none.
  await context.io.create(`${metadata.location}/data/orphan.parquet`, new Uint8Array(3));
  const kept = await needed();
  const present = await paths();
  expect(present).toEqual(expect.arrayContaining([...kept]));
  const orphans = present.filter((path) => !kept.has(path));
  const sweep = (dryRun: boolean) =>
    removeOrphans(context, name, { olderThan: Infinity, inFlight: filesInFlight, dryRun });
  expect((await sweep(true)).sort()).toEqual(orphans);
  const last = append([await writeDataFile(context, table, 'last')]);
  const result = await commit(context, table, last, { protocol: 'optimistic' });
  expect(result).toMatchObject({ outcome: 'committed', attempts: 1 });
  expect((await sweep(false)).sort()).toEqual(orphans);
  expect(await paths()).toEqual([...(await needed())].sort());
}

/** How many commits, and the seed that decides what each writer does and where it dies; see CONTRIBUTING. */
const commits = Number(import.meta.env.VITE_COMMITS ?? 150);
const seed = Number(import.meta.env.VITE_SEED ?? 1);

it(
  `no row of ${commits} commits is lost, doubled or left behind by kills at random (seed ${seed})`,
  { timeout: 1000 * commits },
  async () => {
    const context = await openContext(opfsFileIO());
    const name = 'crash:thousand/t';
    const location = `opfs:///warehouse/${name.replace(':', '/')}`;
    const { schema, spec } = definitionAt(location);
    const properties = {
      'commit.manifest.min-count-to-merge': '10',
      'write.metadata.delete-after-commit.enabled': 'true',
      'write.metadata.previous-versions-max': '20',
    };
    await createTable(context, name, { location, schema, spec, properties });
    const history = new History(name);
    await writeAllAtOnce(['w1', 'w2', 'w3', 'w4'], history, commits, seed);

    const table = await loadTable(context, name);
    const { metadata, pointer } = table;
    const { committed, killed } = history.outcomes;
    expect(committed).toBeGreaterThan(commits / 2);
    expect(killed).toBeGreaterThan(commits / 50);
    // Each swap made one version.
    expect(pointer.version).toBeLessThanOrEqual(1 + committed + killed);
    history.fates.expectIn(await planFiles(context.io, metadata, currentSnapshot(metadata)));
    await expectWhole(context, table);
    await expectSweepable(context, table);
  },
);
