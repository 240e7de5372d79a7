import { beforeEach, expect, it } from 'vitest';
import type { CommitResult } from '../../src/iceberg/commit.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import { readHistory } from '../../src/iceberg/history.ts';
import { MemoryFileIO, memoryContext } from '../../src/iceberg/memory.ts';
import type { Catalog } from '../../src/iceberg/ports.ts';
import type { StopDetail } from '../../src/iceberg/stop.ts';
import { loadTable } from '../../src/iceberg/table.ts';
import { checkRace } from '../../src/race/checker/check-race.ts';
import type { RaceEvent } from '../../src/race/event.ts';
import { countingRandom } from '../../src/race/explorer/counting-random.ts';
import type { Writer } from '../../src/race/explorer/script.ts';
import { appends, creates, exploredTable } from '../../src/race/explorer/writers.ts';
import type { JobReport } from '../../src/race/report.ts';
import { indexedDbCatalog } from '../../src/storage/catalog.ts';
import { openDatabase } from '../../src/storage/database.ts';

const db = await openDatabase(`icejam-${crypto.randomUUID()}`);
const real = indexedDbCatalog(db);

/** The catalog's own transaction, but for the comparison. */
const careless: Catalog = {
  ...real,
  swap: async (table, _expected, location) => ({
    won: true,
    pointer: await real.put(table, location),
  }),
};

beforeEach(() => db.clear('pointers'));

/** Two jobs append; the first is held before its swap until the second has committed. */
async function verdictOver(catalog: Catalog) {
  const io = new MemoryFileIO({ now: () => 0 });
  const events: RaceEvent[] = [];
  const contextOf = (job: string, number: number, at: (detail: StopDetail) => Promise<void>) => {
    const gate: CommitContext['gate'] = async (attempt, detail) => {
      const { length: seq } = events;
      events.push({ seq, at: seq, job, table: exploredTable, attempt, detail });
      await at(detail);
    };
    return { ...memoryContext(), io, catalog, random: countingRandom(number), gate };
  };
  const goOn = async () => undefined;
  await creates(appends({ b: 7 }))(contextOf('before', 1, goOn), 'optimistic');
  const since = (await loadTable({ io, catalog }, exploredTable)).metadata['current-snapshot-id'];
  events.splice(0);
  const run = async (job: string, rows: number, writer: Writer, context: CommitContext) =>
    reportOf(job, rows, await writer(context, 'optimistic'));
  const jobs: JobReport[] = [];
  let isHeld = false;
  const one = contextOf('one', 2, async ({ stop }) => {
    if (stop !== 'before-swap' || isHeld) return;
    isHeld = true;
    jobs.push(await run('two', 2, appends({ a: 2 }), contextOf('two', 3, goOn)));
  });
  jobs.unshift(await run('one', 1, appends({ a: 1 }), one));
  const table = await loadTable({ io, catalog }, exploredTable);
  const history = await readHistory(io, table, since?.toString() ?? null);
  return checkRace(events, jobs, [history]);
}

function reportOf(name: string, rows: number, result: CommitResult): JobReport {
  const { outcome, attempts } = result;
  const snapshotId = result.snapshotId?.toString() ?? null;
  return { name, outcome, attempts, snapshotId, rows, files: 1, ms: 0, warnings: [], error: null };
}

it('a swap in IndexedDB that does not compare is told by the checker, the real one is not', async () => {
  expect(await verdictOver(real)).toMatchObject({ result: 'holds' });
  await db.clear('pointers');
  const { result, ledger, sentences } = await verdictOver(careless);
  expect(result).toBe('violated');
  expect(ledger.find(({ job }) => job === 'two')).toMatchObject({ told: 2, missing: 2 });
  expect(sentences.join(' ')).toContain('two was told that 2 rows were committed');
});
