import { IcejamError } from '../error.ts';
import { parseAddress, tableName } from '../flare/address.ts';
import type { Workflow } from '../flare/workflow.ts';
import type { Protocol } from '../iceberg/stop.ts';
import type { Holds } from '../race/holds.ts';
import { readScript } from '../race/read-script.ts';
import type { WorkflowReport } from '../race/report.ts';
import type { Script } from '../race/script.ts';
import { placed } from '../words.ts';
import type { Answer, At, SnapshotListing, TableListing } from '../workbench/api.ts';
import type { Session } from './session.ts';
import { chosenFiles } from './table-files.ts';
import type { WorkflowParser } from './workflow-text.svelte.ts';

/** What a drop came to, over all its files. */
export interface DropReport {
  rows: number;
  columns: { name: string; type: string }[];
  /** The first lines that could not be read, and how many there were. */
  rejected: { file: string; line: number; message: string }[];
  rejectedCount: number;
}

/** How workflows are run. */
export interface RunOptions {
  /** `queued` by default. */
  protocol?: Protocol;
  /** Makes ids, file names and jitter repeatable on a storage that has not seen it; a random one by default. */
  seed?: string;
  /** Where jobs wait, by job name. */
  holds?: Record<string, Holds>;
  /** The order in which the jobs of the one workflow go on: steps, their JSON, or a text with one step per line. */
  script?: Script | string;
}

/**
 * The console API `globalThis.icejam`, for teachers, tests and the command line. Addresses are
 * `dataos://depot:collection/dataset` or the part after the slashes. Every method throws `IcejamError`.
 */
export interface Console {
  /** Resolves when the page can be asked. */
  ready: Promise<void>;
  /** Puts files into the dropzone, in order. */
  drop(address: string, files: readonly File[]): Promise<DropReport>;
  /**
   * Runs workflow texts in order; a text may hold several. Throws `WorkflowInvalid`, or the kind of the first problem,
   * before anything is run.
   */
  run(yaml: string | string[], options?: RunOptions): Promise<{ workflows: WorkflowReport[] }>;
  /** `at`: `latest` (default), `registered`, a snapshot id or a time. */
  query(sql: string, options?: { at?: At }): Promise<Pick<Answer, 'columns' | 'rows'>>;
  tables(): Promise<TableListing[]>;
  snapshots(address: string): Promise<SnapshotListing[]>;
  metadata(address: string): Promise<unknown>;
  files(address: string, options?: { at?: At }): Promise<unknown>;
  /** A zip of the complete table with its paths rewritten to `location`. */
  exportTable(address: string, options: { location: string }): Promise<Blob>;
  /**
   * Adopts a table that another engine wrote: the files of its folder, which carry their paths in `webkitRelativePath`
   * or as their names, or one zip of it. Throws `AlreadyExists`, `InputInvalid` if there is no table among them.
   */
  importTable(address: string, files: readonly File[]): Promise<void>;
  /** Deletes everything that this app stored. */
  reset(): Promise<void>;
}

declare global {
  var icejam: Console;
}

/** The console API over a session. */
export function consoleOf(session: Session): Console {
  const { workbench } = session;
  return {
    ready: session.ready,
    drop: (address, files) => dropAll(session, key(address), files),
    run: (yaml, options = {}) => runAll(session, [yaml].flat(), options),
    query: async (sql, options = {}) => {
      const { columns, rows } = await workbench.call('query', { sql, ...options });
      return { columns, rows };
    },
    tables: () => workbench.call('tables', {}),
    snapshots: (address) => workbench.call('snapshots', { table: key(address) }),
    metadata: (address) => workbench.call('metadata', { table: key(address) }),
    files: (address, options = {}) => workbench.call('files', { table: key(address), ...options }),
    exportTable: async (address, { location }) =>
      (await workbench.call('exportTable', { table: key(address), location })).zip,
    importTable: (address, files) =>
      workbench.call('importTable', { table: key(address), files: chosenFiles(files) }),
    reset: () => workbench.call('reset', {}),
  };
}

const key = (address: string): string =>
  tableName(parseAddress(address.startsWith('dataos://') ? address : `dataos://${address}`));

async function dropAll(
  session: Session,
  address: string,
  files: readonly File[],
): Promise<DropReport> {
  const columns = new Map<string, string>();
  const report: DropReport = { rows: 0, columns: [], rejected: [], rejectedCount: 0 };
  for (const file of files) {
    const dropped = await session.drop(address, file);
    report.rows += dropped.rows;
    report.rejectedCount += dropped.rejectedCount;
    for (const { line, message } of dropped.rejected) {
      report.rejected.push({ file: file.name, line, message });
    }
    for (const { name, type } of dropped.columns) columns.set(name, type);
  }
  report.columns = [...columns].map(([name, type]) => ({ name, type }));
  return report;
}

async function runAll(
  session: Session,
  texts: readonly string[],
  { protocol = 'queued', script, ...options }: RunOptions,
): Promise<{ workflows: WorkflowReport[] }> {
  // The reader of YAML is a chunk of its own, which the first paint does not wait for.
  const { checkWorkflows } = await import('../flare/check-workflows.ts');
  const valid = texts.flatMap((text) =>
    validWorkflows(checkWorkflows(text)).map((workflow) => ({ workflow, text })),
  );
  if (script !== undefined && valid.length !== 1) {
    throw new IcejamError('IllegalArgument', `A script was given with ${valid.length} workflows.`, {
      remedy: 'Run each workflow by itself, with its own script.',
    });
  }
  const scripted = script === undefined ? {} : { script: readScript(script) };
  const workflows: WorkflowReport[] = [];
  for (const { workflow, text } of valid) {
    const race = session.start(workflow, { protocol, text, ...options, ...scripted });
    workflows.push(await race.finished);
  }
  return { workflows };
}

function validWorkflows({ workflows, problems }: ReturnType<WorkflowParser>): Workflow[] {
  const first = problems.find(({ severity }) => severity === 'error');
  if (first === undefined) return workflows;
  throw new IcejamError(first.kind, placed({ ...first.range, message: first.message }), {
    range: first.range,
    ...(first.remedy === undefined ? {} : { remedy: first.remedy }),
  });
}
