import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { IcejamError, type ErrorValue } from '../src/error.ts';
import { checkWorkflows } from '../src/flare/check-workflows.ts';
import { isMetadataFile } from '../src/iceberg/current-metadata.ts';
import { readScript } from '../src/race/read-script.ts';
import { hasSucceeded, type WorkflowReport } from '../src/race/report.ts';
import type { Script } from '../src/race/script.ts';
import { withRemedy } from '../src/words.ts';
import { App } from './app.ts';
import type { AddressPath, RunOptions } from './options.ts';
import { refuseTable, unpackTable } from './unzip.ts';

/** The answer to one query, or why there is none. */
export type QueryAnswer =
  { sql: string; rows: Record<string, unknown>[] } | { sql: string; error: ErrorValue };

/** An exported table. `metadata` is the path of its current metadata file. */
interface ExportReport {
  address: string;
  directory: string;
  metadata: string;
}

/** What became of a run: the object that `--json` prints. `error`: what ended it early. */
export interface RunReport {
  workflows: WorkflowReport[];
  queries: QueryAnswer[];
  exports: ExportReport[];
  error?: ErrorValue;
}

/** Whether a run did all it was asked to: every job committed without an error and every query was answered. */
export function succeeded({ workflows, queries, error }: RunReport): boolean {
  return (
    error === undefined &&
    workflows.every(({ jobs }) => jobs.every(hasSucceeded)) &&
    queries.every((answer) => 'rows' in answer)
  );
}

/**
 * Does what the options ask, and says each step before it begins. A job that does not commit and a query that fails
 * do not stop what follows; anything else that goes wrong ends the run and is the report's `error`.
 * Paths are relative to `folder`.
 */
export async function run(
  options: RunOptions,
  folder: string,
  say: (step: string) => void,
): Promise<RunReport> {
  const report: RunReport = { workflows: [], queries: [], exports: [] };
  const path = (name: string) => resolve(folder, name);
  try {
    const workflows = options.workflows.map((name) => readWorkflow(path(name)));
    const datasets = groupFiles(options.data, path);
    const script = options.script === undefined ? undefined : readScriptFile(path(options.script));
    for (const { path: directory } of options.imports) requireTable(path(directory));
    for (const { path: directory } of options.exports) refuseTable(path(directory));
    const app = await App.open(options.profile === undefined ? undefined : path(options.profile));
    try {
      for (const { address, path: directory } of options.imports) {
        say(`Importing ${directory} as ${address}`);
        await app.importTable(address, path(directory));
      }
      for (const [address, files] of datasets) {
        say(`Dropping ${files.map((file) => basename(file)).join(', ')} at ${address}`);
        await app.drop(address, files);
      }
      const { protocol } = options;
      for (const [index, text] of workflows.entries()) {
        say(`Running ${options.workflows[index] ?? ''}`);
        const done = await app.run(text, {
          ...(protocol === undefined ? {} : { protocol }),
          ...(script === undefined ? {} : { script }),
        });
        report.workflows.push(...done.workflows);
      }
      for (const sql of options.queries) report.queries.push(await answer(app, sql));
      for (const target of options.exports) {
        say(`Exporting ${target.address}`);
        const directory = path(target.path);
        const location = options.location ?? pathToFileURL(directory).href;
        report.exports.push(await exportTable(app, target.address, directory, location));
      }
    } finally {
      await app.close();
    }
  } catch (thrown) {
    report.error = IcejamError.from(thrown).toValue();
  }
  return report;
}

/** The script in a file: JSON, or one step per line. */
function readScriptFile(path: string): Script {
  const remedy = 'Name a file of steps, such as "release nytaxi-vendor-one at before-swap".';
  requireFile('script', path, remedy);
  return readScript(readFileSync(path, 'utf8'));
}

/** The text of a workflow file. Throws `WorkflowInvalid` with all that is wrong in it, before any workflow is run. */
function readWorkflow(path: string): string {
  requireFile('workflow', path, 'Name a YAML file, such as public/workflows/append.yaml.');
  const text = readFileSync(path, 'utf8');
  const errors = checkWorkflows(text).problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return text;
  const lines = errors.map(
    (error) => `${path}:${error.range.line}:${error.range.column}: ${withRemedy(error)}`,
  );
  throw new IcejamError('WorkflowInvalid', lines.join('\n'));
}

/** Throws `NotFound` if there is no file at a path, as where there is a directory. */
function requireFile(what: string, path: string, remedy: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return;
  throw new IcejamError('NotFound', `There is no ${what} file ${path}.`, { remedy });
}

/** Throws if a directory holds no table. */
function requireTable(directory: string): void {
  const remedy =
    'Name the directory of an Iceberg table: the one that holds metadata with its metadata files, and the data.';
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new IcejamError('NotFound', `There is no directory ${directory}.`, { remedy });
  }
  const metadata = join(directory, 'metadata');
  if (!existsSync(metadata) || !readdirSync(metadata).some(isMetadataFile)) {
    throw new IcejamError('InputInvalid', `${directory} holds no Iceberg table.`, { remedy });
  }
}

/** The files for each address. Throws if one is missing or would take another's place in the dropzone. */
function groupFiles(data: AddressPath[], path: (name: string) => string): Map<string, string[]> {
  const datasets = new Map<string, string[]>();
  for (const { address, path: name } of data) {
    const file = path(name);
    const files = datasets.get(address) ?? [];
    requireFile('data', file, 'Name a JSON file; --data once per file.');
    if (files.some((other) => basename(other) === basename(file))) {
      throw new IcejamError(
        'InputInvalid',
        `Two files for ${address} are called ${basename(file)}.`,
        { remedy: 'Rename one: in the dropzone a file takes the place of one of its name.' },
      );
    }
    datasets.set(address, [...files, file]);
  }
  return datasets;
}

async function answer(app: App, sql: string): Promise<QueryAnswer> {
  try {
    const { rows } = await app.query(sql);
    return { sql, rows };
  } catch (thrown) {
    return { sql, error: IcejamError.from(thrown).toValue() };
  }
}

async function exportTable(
  app: App,
  address: string,
  directory: string,
  location: string,
): Promise<ExportReport> {
  const folder = mkdtempSync(join(tmpdir(), 'icejam-'));
  try {
    const zip = join(folder, 'export.zip');
    await app.exportTable(address, location, zip);
    return { address, directory, metadata: unpackTable(zip, directory) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
