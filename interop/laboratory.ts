import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App } from '../cli/app.ts';
import { sampleTrips, shippedWorkflow, startAfresh, tableAddress } from '../cli/taxi.ts';
import { unpackTable } from '../cli/unzip.ts';
import type { FileSummary } from '../src/iceberg/stop.ts';
import type { WorkflowReport } from '../src/race/report.ts';
import { ownTables } from './own-tables.ts';
import { addressOf, sinkWorkflow } from './workflows.ts';

/** The rows of each snapshot by its id, or how many there are if they are many. */
type Snapshots = Record<string, unknown[] | number>;

/** A table that other engines wrote, and what they say of it. */
interface OtherTable {
  name: string;
  directory: string;
  snapshots: Snapshots;
}

/** What the app says of a snapshot beside its rows. */
interface SeenSnapshot {
  parentId: string | null;
  summary: Record<string, string>;
  /** The columns' types in Spark SQL, by their names. */
  columns: Record<string, string>;
  /** The live data files by their names. */
  files: { name: string; partition: string; rows: number }[];
}

/** What the app sees of a table. `history` holds its snapshots by their ids. */
interface SeenTable {
  name: string;
  snapshots: Snapshots;
  history: Record<string, SeenSnapshot>;
  /** Type and snapshot of each branch and tag. */
  refs: Record<string, [type: string, snapshotId: string]>;
}

/** A table that the app exported. `adopted`: what the app saw of a table of others before it went on writing. */
interface ExportedTable extends SeenTable {
  metadata: string;
  adopted?: Snapshots;
  sql?: string;
}

const manyRows = 1000;

/** The use case: each table is written three times by two jobs at once, and exported after each time. */
const taxiSteps = [
  { saveMode: 'append', workflow: 'append' },
  { saveMode: 'overwrite', workflow: 'overwrite-dynamic' },
  { saveMode: 'append', workflow: 'append' },
];
const taxiTables = [
  { name: 'one-field', partitionedBy: ['month'] },
  { name: 'two-fields', partitionedBy: ['vendor_id', 'month'] },
];

/** A shipped workflow with another partition spec. */
function taxiWorkflow(workflow: string, partitionedBy: readonly string[]): string {
  const text = shippedWorkflow(workflow);
  if (partitionedBy.length === 1) return text;
  const identity =
    '- type: identity\n                      column: vendor_id\n                      name: vendor_id';
  const changed = text.replace(/(partitionSpec:\n\s+)/g, `$1${identity}\n                    `);
  if (changed === text) throw new Error(`${workflow}.yaml has no partitionSpec.`);
  return changed;
}

/** Exports a table to where a Hadoop catalog finds it; answers the path of its current metadata file. */
async function exportTable(app: App, address: string, directory: string): Promise<string> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const zip = `${directory}.zip`;
  await app.exportTable(address, pathToFileURL(directory).href, zip);
  const metadata = unpackTable(zip, directory);
  rmSync(zip);
  return metadata;
}

async function writeTaxiTable(app: App, folder: string, table: (typeof taxiTables)[number]) {
  await startAfresh(app, sampleTrips);
  const steps = [];
  for (const [index, { saveMode, workflow }] of taxiSteps.entries()) {
    const report = await app.run(taxiWorkflow(workflow, table.partitionedBy));
    const directory = join(folder, table.name, `step-${index + 1}`, 'raw01/ny_taxi_04');
    const metadata = await exportTable(app, tableAddress, directory);
    steps.push({ saveMode, report: { ...report, exports: [{ metadata }] } });
  }
  return { ...table, steps };
}

/** Snapshots as the Workbench reads them. */
async function readSnapshots(app: App, name: string, ids: readonly string[]): Promise<Snapshots> {
  const read: Snapshots = {};
  for (const snapshotId of ids) {
    const at = { at: snapshotId };
    const table = `icebase.raw01.${name}`;
    const { rows } = await app.query(`select count(*) as n from ${table}`, at);
    const count = Number(rows[0]?.n);
    read[snapshotId] =
      count > manyRows ? count : (await app.query(`select * from ${table}`, at)).rows;
  }
  return read;
}

/** What the app says of every snapshot. */
async function readHistory(app: App, name: string): Promise<Record<string, SeenSnapshot>> {
  const address = addressOf(name);
  const history: Record<string, SeenSnapshot> = {};
  for (const { snapshotId, parentId, summary } of await app.snapshots(address)) {
    const at = { at: snapshotId };
    const files = (await app.files(address, at)) as FileSummary[];
    const { columns } = await app.query(`select * from icebase.raw01.${name} limit 0`, at);
    history[snapshotId] = {
      parentId,
      summary,
      columns: Object.fromEntries(columns.map((column) => [column.name, column.type])),
      files: files.map(({ path, partition = '', rows = 0 }) => ({
        name: basename(path),
        partition,
        rows,
      })),
    };
  }
  return history;
}

async function readRefs(app: App, name: string): Promise<SeenTable['refs']> {
  const { rows } = await app.query(`select * from icebase.raw01.${name}.refs`);
  const refs: SeenTable['refs'] = {};
  for (const ref of rows as { name: string; type: string; snapshot_id: string | number }[]) {
    refs[ref.name] = [ref.type, String(ref.snapshot_id)];
  }
  return refs;
}

/** What the app sees of a table, with the rows of the given snapshots, or of all. */
async function readTable(app: App, name: string, ids?: readonly string[]): Promise<SeenTable> {
  const history = await readHistory(app, name);
  const snapshots = await readSnapshots(app, name, ids ?? Object.keys(history));
  return { name, snapshots, history, refs: await readRefs(app, name) };
}

/** Runs workflows; each must commit. */
async function runAll(app: App, name: string, workflows: readonly string[]): Promise<void> {
  for (const text of workflows) {
    const report = await app.run(text);
    const failed = report.workflows.flatMap(({ jobs }) => jobs.filter((job) => job.error !== null));
    const verdicts = report.workflows.map(({ verdict }: WorkflowReport) => verdict.result);
    if (failed.length > 0 || verdicts.some((result) => result !== 'holds')) {
      throw new Error(`${name}: ${JSON.stringify({ failed, verdicts })}`);
    }
  }
}

/** Spark SQL has no type `time`, so that its jobs cannot pass on what such a table holds. */
const withTimes: ReadonlySet<string> = new Set(['pyiceberg_types']);

/** What the app does to each other table of others: it adds rows, and replaces some. */
const continuation = (name: string): string[] => [
  sinkWorkflow(name, { sql: 'select * from rows', reads: true }),
  sinkWorkflow(name, {
    sql: 'select * from rows limit 3',
    reads: true,
    saveMode: 'overwrite',
    properties: { 'overwrite-mode': 'dynamic' },
  }),
];

async function writeAll(folder: string): Promise<void> {
  const others = JSON.parse(readFileSync(join(folder, 'others.json'), 'utf8')) as OtherTable[];
  const app = await App.open();
  try {
    const tables = [];
    for (const table of taxiTables) tables.push(await writeTaxiTable(app, folder, table));
    await app.reset();
    const exported: ExportedTable[] = [];
    const finish = async (name: string, more: Partial<ExportedTable>) => {
      const seen = await readTable(app, name);
      const directory = join(folder, 'exported/raw01', name);
      const metadata = await exportTable(app, addressOf(name), directory);
      exported.push({ ...seen, metadata, ...more });
    };
    for (const { name, workflows, ...more } of ownTables(Date.now() + 3_600_000)) {
      await runAll(app, name, workflows);
      await finish(name, more);
    }
    for (const { name, directory } of others) {
      await app.importTable(addressOf(name), directory);
      const { snapshots: adopted } = await readTable(app, name);
      if (!withTimes.has(name)) await runAll(app, name, continuation(name));
      await finish(name, { adopted });
    }
    const scenario = { trips: sampleTrips, tables, others, exported };
    writeFileSync(join(folder, 'scenario.json'), JSON.stringify(scenario));
  } finally {
    await app.close();
  }
}

/** Adopts the tables that the others went on writing, and writes down what is seen of them. */
async function readBack(folder: string): Promise<void> {
  const file = join(folder, 'continued.json');
  if (!existsSync(file)) throw new Error('Nobody went on writing.');
  const continued = JSON.parse(readFileSync(file, 'utf8')) as Record<string, OtherTable>;
  const app = await App.open();
  try {
    const seen: Record<string, SeenTable> = {};
    for (const [name, { directory, snapshots }] of Object.entries(continued)) {
      await app.importTable(addressOf(name), directory);
      seen[name] = await readTable(app, name, Object.keys(snapshots));
    }
    writeFileSync(join(folder, 'seen.json'), JSON.stringify(seen));
  } finally {
    await app.close();
  }
}

const [part = '', folder = ''] = process.argv.slice(2);
await (part === 'write' ? writeAll(folder) : readBack(folder));
