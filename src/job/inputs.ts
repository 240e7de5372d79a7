import { loadDroppedDataset } from '../dropzone/load-dataset.ts';
import { loadSnapshot, unreadableColumn } from '../engine/scan.ts';
import { IcejamError } from '../error.ts';
import { formatAddress, tableName } from '../flare/address.ts';
import type { FlareJob, Input } from '../flare/workflow.ts';
import { summarizeFile } from '../iceberg/file-summary.ts';
import type { TableName } from '../iceberg/ports.ts';
import type { ChangedFile } from '../iceberg/snapshot-summary.ts';
import type { InputSummary, Scan } from '../iceberg/stop.ts';
import { currentSchema, summarizeBase, type Table } from '../iceberg/table.ts';
import { filesWithin, type Scope } from '../iceberg/validation.ts';
import { type Leased, leaseHead } from '../storage/lease.ts';
import type { JobContext } from './job-context.ts';
import { readScopes } from './read-scopes.ts';

/**
 * Makes each input of a job a relation of its name in the job's engine. All inputs from one table are of one version.
 * Throws `InputInvalid` (Spark's `PATH_NOT_FOUND` or `TABLE_OR_VIEW_NOT_FOUND`) at the input's place in the workflow.
 */
export async function readInputs(context: JobContext, job: FlareJob): Promise<InputSummary[]> {
  const read: InputSummary[] = [];
  const heads = new Map<TableName, Leased<Table>>();
  try {
    for (const input of job.inputs) {
      read.push(
        input.format === 'iceberg'
          ? await readTable(context, input, job, heads)
          : await readDropped(context, input),
      );
    }
  } finally {
    for (const { release } of heads.values()) release();
  }
  return read;
}

async function readDropped({ db, engine, ports }: JobContext, input: Input): Promise<InputSummary> {
  const { name, address } = input;
  const loaded = await loadDroppedDataset(engine, { db, io: ports.io }, tableName(address), name);
  if (loaded !== null) {
    return { name, dataset: tableName(address), ...loaded };
  }
  throw notFound(input, 'PATH_NOT_FOUND', `Path does not exist: ${formatAddress(address)}.`);
}

async function readTable(
  { engine, ports, read, schemas, warn }: JobContext,
  input: Input,
  job: FlareJob,
  heads: Map<TableName, Leased<Table>>,
): Promise<InputSummary> {
  const { name, address } = input;
  const dataset = tableName(address);
  if (!heads.has(dataset) && (await ports.catalog.load(dataset)) === null) {
    const sentence = `The table or view \`${dataset}\` cannot be found.`;
    throw notFound(input, 'TABLE_OR_VIEW_NOT_FOUND', sentence);
  }
  const head = heads.get(dataset) ?? (await leaseHead(ports, dataset));
  heads.set(dataset, head);
  const { metadata } = head.version;
  const snapshotId = metadata['current-snapshot-id'];
  const loaded = await loadSnapshot(engine, ports.io, metadata, snapshotId, { name });
  const { rows, schema, files } = loaded;
  for (const field of loaded.leftOut) {
    const { message, remedy } = unreadableColumn(field);
    const context = { table: dataset, column: field.name };
    warn({ message: `${message}. ${name} is read without it.`, context, remedy });
  }
  schemas.set(name, schema);
  const scopes = () => readScopes(job, name, currentSchema(metadata));
  const earlier = read.get(dataset);
  read.set(dataset, {
    snapshotId,
    scopes: () => [...(earlier?.scopes() ?? []), ...scopes()],
  });
  return { name, dataset, rows, bytes: 0, scan: scanOf(head.version, files, scopes) };
}

function scanOf(table: Table, files: readonly ChangedFile[], scopes: () => Scope[]): Scan {
  const { metadata } = table;
  const matched = matchedBy(scopes, files, table);
  return {
    base: summarizeBase(table),
    files: files.map((file) => summarizeFile(metadata, file)),
    ...(matched === null ? {} : { matched: matched.map((file) => file.data_file.file_path) }),
  };
}

/** The files that statements look at, `null` for the whole table. */
function matchedBy(
  scopes: () => Scope[],
  files: readonly ChangedFile[],
  { metadata }: Table,
): ChangedFile[] | null {
  let wanted: Scope[];
  try {
    wanted = scopes();
  } catch {
    // A statement that cannot be read fails when its turn comes, at its own place in the workflow.
    return null;
  }
  if (wanted.some((scope) => 'filter' in scope && scope.filter.op === 'true')) return null;
  const matched = new Set(wanted.flatMap((scope) => filesWithin(files, scope, metadata)));
  return files.filter((file) => matched.has(file));
}

function notFound(input: Input, errorClass: string, sentence: string): IcejamError {
  return new IcejamError('InputInvalid', `[${errorClass}] ${sentence}`, {
    context: { errorClass, input: input.name, dataset: tableName(input.address) },
    range: input.range,
    remedy:
      input.format === 'iceberg'
        ? 'Run the job that writes it first, or mend the address.'
        : `Drop JSON files into ${tableName(input.address)}, or mend the address.`,
  });
}
