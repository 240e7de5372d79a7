import { loadDroppedDataset } from '../dropzone/load-dataset.ts';
import { loadSnapshot } from '../engine/scan.ts';
import { IcejamError } from '../error.ts';
import { formatAddress, tableName } from '../flare/address.ts';
import type { FlareJob, Input } from '../flare/workflow.ts';
import { currentSchema } from '../iceberg/table.ts';
import { leaseHead } from '../storage/lease.ts';
import type { JobContext } from './job-context.ts';
import { readScopes } from './read-scopes.ts';

/** What an input gave. */
export interface InputRead {
  name: string;
  dataset: string;
  rows: number;
  bytes: number;
}

/**
 * Makes each input of a job a relation of its name in the job's engine.
 * Throws `InputInvalid` (Spark's `PATH_NOT_FOUND` or `TABLE_OR_VIEW_NOT_FOUND`) at the input's place in the workflow.
 */
export async function readInputs(context: JobContext, job: FlareJob): Promise<InputRead[]> {
  const read: InputRead[] = [];
  for (const input of job.inputs) {
    read.push(
      input.format === 'iceberg'
        ? await readTable(context, input, job)
        : await readDropped(context, input),
    );
  }
  return read;
}

async function readDropped({ db, engine, ports }: JobContext, input: Input): Promise<InputRead> {
  const { name, address } = input;
  const loaded = await loadDroppedDataset(engine, { db, io: ports.io }, tableName(address), name);
  if (loaded !== null) {
    return { name, dataset: tableName(address), ...loaded };
  }
  throw notFound(input, 'PATH_NOT_FOUND', `Path does not exist: ${formatAddress(address)}.`);
}

async function readTable(
  { engine, ports, read, schemas }: JobContext,
  input: Input,
  job: FlareJob,
): Promise<InputRead> {
  const { name, address } = input;
  if ((await ports.catalog.load(tableName(address))) === null) {
    const sentence = `The table or view \`${tableName(address)}\` cannot be found.`;
    throw notFound(input, 'TABLE_OR_VIEW_NOT_FOUND', sentence);
  }
  const { version, release } = await leaseHead(ports, tableName(address));
  try {
    const { metadata } = version;
    const snapshotId = metadata['current-snapshot-id'];
    const { rows, schema } = await loadSnapshot(engine, ports.io, metadata, snapshotId, { name });
    schemas.set(name, schema);
    const earlier = read.get(tableName(address));
    read.set(tableName(address), {
      snapshotId: earlier === undefined ? snapshotId : earlier.snapshotId,
      scopes: () => [
        ...(earlier?.scopes() ?? []),
        ...readScopes(job, name, currentSchema(metadata)),
      ],
    });
    return { name, dataset: tableName(address), rows, bytes: 0 };
  } finally {
    release();
  }
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
