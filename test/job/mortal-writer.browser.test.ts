import { afterAll, expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { commit } from '../../src/iceberg/commit.ts';
import { createTable } from '../../src/iceberg/create-table.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { SeededRandom } from '../../src/iceberg/memory.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import { planFiles } from '../../src/iceberg/scan.ts';
import { ancestorsOf, currentSnapshot, loadTable } from '../../src/iceberg/table.ts';
import { referencedFiles } from '../../src/race/explorer/files.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { filesInFlight } from '../../src/storage/in-flight.ts';
import { jobLockName, whenLockReleased } from '../../src/storage/locks.ts';
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

/** A writer in its worker, and after its death the next one of its lane. */
class Lane {
  readonly #name: string;
  readonly #history: History;
  readonly #seed: string;
  #lives = 0;
  #worker: Worker | null = null;
  #heard: (message: WriterMessage) => void = () => undefined;
  #settle: ((outcome: 'committed' | 'rejected' | 'unknown') => void) | null = null;

  constructor(name: string, history: History, seed: number) {
    this.#name = name;
    this.#history = history;
    this.#seed = `${name} of ${seed}`;
  }

  /** Starts the lane's next writer; resolves when it waits for word. */
  async start(): Promise<void> {
    this.#lives += 1;
    const worker = new Worker(new URL('./mortal-writer.worker.ts', import.meta.url), {
      type: 'module',
    });
    this.#worker = worker;
    const birth: WriterBirth = {
      table: this.#history.table,
      lane: this.#name,
      seed: this.#lock,
    };
    worker.onmessage = ({ data }: MessageEvent<WriterMessage>) => this.#receive(data);
    await this.#tell(birth);
  }

  /** Lets the writer go on; resolves with what it does next: it waits, or dies. */
  goOn(): Promise<WriterMessage> {
    return this.#tell('go on');
  }

  /** Ends the writer. What it was about stays uncertain. */
  async kill(): Promise<void> {
    this.#worker?.terminate();
    this.#worker = null;
    if (this.#settle !== null) this.#history.outcomes.killed += 1;
    this.#settle = null;
    await whenLockReleased(jobLockName('mortal', this.#lock));
  }

  get #lock(): string {
    return `${this.#seed}, life ${this.#lives}`;
  }

  #tell(word: unknown): Promise<WriterMessage> {
    return new Promise((resolve, reject) => {
      this.#heard = resolve;
      if (this.#worker === null) return;
      this.#worker.onerror = ({ message }) => reject(new Error(message));
      this.#worker.postMessage(word);
    });
  }

  #receive(message: WriterMessage): void {
    const { fates, outcomes } = this.#history;
    if (message.is === 'writes') {
      const { path, partition, replaced } = message;
      const own = `${this.#name}-own`;
      const token = `${partition}/${path}`;
      fates.wrote(path, replaced?.flatMap((each) => fates.tokensOf(each)) ?? [token]);
      const removes =
        partition === own ? fates.known(`${own}/`).filter((each) => each !== token) : [];
      this.#settle = fates.begin({ adds: replaced === null ? [token] : [], removes });
    } else if (message.is === 'ended') {
      outcomes[message.outcome] += 1;
      this.#settle?.(message.outcome);
      this.#settle = null;
    } else {
      this.#heard(message);
    }
  }
}

/** All at once, with kills at moments that nobody waits for. */
async function runAllAtOnce(
  lanes: readonly Lane[],
  history: History,
  commits: number,
  seed: number,
) {
  const random = new SeededRandom(seed);
  const run = async (lane: Lane) => {
    await lane.start();
    while (history.begun < commits) {
      history.begun += 1;
      const killed =
        random.below(25) > 0
          ? new Promise<never>(() => undefined)
          : new Promise<null>((resolve) => setTimeout(() => resolve(null), random.below(60)));
      const next = await Promise.race([lane.goOn(), killed]);
      if (next?.is === 'waiting') continue;
      await lane.kill();
      await lane.start();
    }
  };
  await Promise.all(lanes.map(run));
}

/** A thousand are asked for by VITE_COMMITS=1000, which takes a quiet machine some minutes. */
const commits = Number(import.meta.env.VITE_COMMITS ?? 300);
/** Decides what each writer does and where it dies; how they interleave is up to the machine. */
const seed = 1;

it(
  'no row of many commits is lost, doubled or left behind by kills at random',
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
    const lanes = ['w1', 'w2', 'w3', 'w4'].map((lane) => new Lane(lane, history, seed));
    await runAllAtOnce(lanes, history, commits, seed);
    for (const lane of lanes) await lane.kill();

    const table = await loadTable(context, name);
    const { metadata, pointer } = table;
    const { outcomes } = history;
    expect(outcomes.committed).toBeGreaterThan(commits / 2);
    expect(outcomes.killed).toBeGreaterThan(commits / 50);
    const tasks = await planFiles(context.io, metadata, currentSnapshot(metadata));
    history.fates.expectIn(tasks);
    const present = await context.io.list(`${location}/`);
    const sizes = new Map(present.map(({ path, bytes }) => [path, bytes]));
    for (const { file } of tasks) expect(sizes.get(file.data_file.file_path)).toBe(10);

    // Each swap made one version, and each snapshot of main follows its parent.
    expect(pointer.version).toBeLessThanOrEqual(1 + outcomes.committed + outcomes.killed);
    const main = [...ancestorsOf(metadata, metadata['current-snapshot-id'])];
    const numbers = main.map((snapshot) => snapshot['sequence-number']);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => b - a));
    expect(numbers[0]).toBeLessThanOrEqual(metadata['last-sequence-number']);

    const needed = await referencedFiles(new ManifestReader(context.io), table);
    expect([...sizes.keys()]).toEqual(expect.arrayContaining([...needed]));
    const orphans = [...sizes.keys()].filter((path) => !needed.has(path)).sort();
    expect(orphans.length).toBeGreaterThan(0);
    const sweep = (dryRun: boolean) =>
      removeOrphans(context, name, { olderThan: Infinity, inFlight: filesInFlight, dryRun });
    expect((await sweep(true)).sort()).toEqual(orphans);

    const last = append([await writeDataFile(context, table, 'last')]);
    const result = await commit(context, table, last, { protocol: 'optimistic' });
    expect(result).toMatchObject({ outcome: 'committed', attempts: 1 });
    expect((await sweep(false)).sort()).toEqual(orphans);
    const left = await referencedFiles(
      new ManifestReader(context.io),
      await loadTable(context, name),
    );
    const paths = (await context.io.list(`${location}/`)).map(({ path }) => path);
    expect(paths.sort()).toEqual([...left].sort());
  },
);
