import type { Workflow } from '../../src/flare/workflow.ts';
import { readHistory } from '../../src/iceberg/history.ts';
import { SeededRandom } from '../../src/iceberg/memory.ts';
import type { FileSummary, Protocol } from '../../src/iceberg/stop.ts';
import { loadTable } from '../../src/iceberg/table.ts';
import type { Steering } from '../../src/race/conductor.ts';
import type { Writers } from '../../src/race/explorer/script.ts';
import { World } from '../../src/race/explorer/world.ts';
import { appends, creates, exploredTable, replaces } from '../../src/race/explorer/writers.ts';
import type { WorkerPool } from '../../src/race/pool.ts';
import type { RaceState } from '../../src/race/race-state.ts';
import type { JobReport } from '../../src/race/report.ts';
import { Race } from '../../src/race/runner.ts';
import { MemoryLine, MemoryWorker } from './memory-worker.ts';

/** The jobs of these races: each creates the table if it is the first. */
export const writers: Writers = {
  one: creates(appends({ a: 1 })),
  two: creates(appends({ b: 2 })),
  three: creates(replaces({ a: 4, c: 8 })),
};

/** How a race in memory goes. */
interface Run {
  /** What the jobs do, and where; by default {@link writers} where there is no table. */
  jobs?: Writers;
  world?: World;
  protocol?: Protocol;
  chance: number;
  steering?: Steering;
  /** Steers the race as it goes on. */
  meddle?: (race: Race) => void;
  onJob?: (race: Race, job: JobReport) => void;
  onState?: (race: Race, state: RaceState) => void;
}

/** Runs writers as a race over storage in memory; `chance` decides what takes how long. */
export async function run(options: Run) {
  const { protocol = 'queued', chance, steering = {}, meddle, onJob, onState } = options;
  const { jobs: does = writers, world = new World() } = options;
  const { catalog } = world;
  const io = world.fileIOOf(null);
  const line = new MemoryLine();
  const storage = { io, catalog, line, writers: does, chance: new SeededRandom(chance) };
  const jobs = Object.keys(does).map((name) => ({ name, dependencies: [] }));
  const race: Race = new Race({ name: 'race', jobs } as unknown as Workflow, {
    ...steering,
    protocol,
    seed: 'seed',
    pool: {
      take: () => new MemoryWorker(storage),
      refill: () => undefined,
    } as unknown as WorkerPool,
    check: () => Promise.resolve({ result: 'holds', sentences: [], ledger: [] }),
    onEvent: () => meddle?.(race),
    onJob: (job) => onJob?.(race, job),
    onState: (state) => onState?.(race, state),
  });
  const report = await race.finished;
  const table = await loadTable({ catalog, io }, exploredTable);
  const { live } = await readHistory(io, table, null);
  return {
    race,
    script: race.script,
    order: race.events.map(({ job, attempt, detail }) => `${job} ${attempt} ${detail.stop}`),
    outcomes: report.jobs.map(({ name, outcome, attempts }) => ({ name, outcome, attempts })),
    version: table.pointer.version,
    rows: rowsOf(live),
  };
}

/** What is live in the table, by partition and rows. */
export const rowsOf = (files: readonly FileSummary[]) =>
  files.map(({ partition = '', rows = 0 }) => `${partition} ${rows}`).sort();
