import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { readJson } from '../engine/json/reader.ts';
import { unifyColumns } from '../engine/json/unify.ts';
import { IcejamError } from '../error.ts';
import type { FileIO } from '../iceberg/ports.ts';
import type { Database } from '../storage/database.ts';
import { addFile, listDatasets } from '../storage/datasets.ts';
import type { DroppedFile, DroppedPart, RejectedLine } from '../storage/records.ts';
import { holdDropLock, withUnreadDataset } from '../storage/locks.ts';
import { placed } from '../words.ts';
import type { DropProgress, Dropped } from './api.ts';

/** Where dropped files go. */
export interface DropTarget {
  db: Database;
  io: FileIO;
}

/**
 * Puts a file into a dataset `depot:collection/dataset`, in place of one of the same name, and says so. The record is written when
 * all parts are stored: a drop that fails, or whose worker is killed, leaves the dataset as it was.
 * Throws `InputInvalid` for a file that holds no rows, and what storing throws.
 */
export async function dropFile(
  target: DropTarget,
  address: string,
  file: File,
  progress: (progress: DropProgress) => void,
): Promise<Dropped> {
  const release = await holdDropLock(address);
  try {
    await sweep(target, address);
    const dropped = await store(target, address, file, progress);
    const replaced = await record(target, address, dropped);
    if (replaced !== null) await deleteParts(target, address, replaced.parts);
    return { ...dropped, replaced: replaced !== null };
  } finally {
    release();
  }
}

/** Records a file whose parts are stored; parts for whose record there is no room would take up room for nothing. */
async function record(
  target: DropTarget,
  address: string,
  dropped: DroppedFile,
): Promise<DroppedFile | null> {
  try {
    return await addFile(target.db, address, dropped);
  } catch (thrown) {
    if (IcejamError.from(thrown).kind === 'StorageFull') {
      await deleteParts(target, address, dropped.parts);
    }
    throw thrown;
  }
}

/** The folder that holds a dataset's parts. */
const datasetFolder = (address: string): string => `opfs:///dropzone/${address.replace(':', '/')}`;

/** Deletes parts once nobody reads them; while somebody does, the next drop sweeps them. */
export async function deleteParts(
  { io }: DropTarget,
  address: string,
  parts: readonly Pick<DroppedPart, 'path'>[],
): Promise<void> {
  await withUnreadDataset(address, async () => {
    for (const { path } of parts) await io.delete(path);
  });
}

/** Deletes what earlier drops left behind that did not come to their end. */
async function sweep(target: DropTarget, address: string): Promise<void> {
  const folder = datasetFolder(address);
  const datasets = await listDatasets(target.db);
  const parts = datasets.flatMap(({ files }) => files.flatMap((file) => file.parts));
  const known = new Set(parts.map(({ path }) => path));
  const found = await target.io.list(folder);
  const isPart = (path: string) => !path.slice(folder.length + 1).includes('/');
  const leftovers = found.filter(({ path }) => isPart(path) && !known.has(path));
  await deleteParts(target, address, leftovers);
}

async function store(
  { io }: DropTarget,
  address: string,
  file: File,
  progress: (progress: DropProgress) => void,
): Promise<DroppedFile> {
  const parts: DroppedPart[] = [];
  const id = crypto.randomUUID();
  const hash = sha256.create();
  let read = 0;
  let rows = 0;
  const tell = () => progress({ bytes: read, totalBytes: file.size, rows });
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      hash.update(chunk);
      read += chunk.length;
      tell();
      controller.enqueue(chunk);
    },
  });
  try {
    const reading = readJson(file.stream().pipeThrough(counted));
    let step = await reading.next();
    for (; step.done !== true; step = await reading.next()) {
      const { ipc, rows: count, columns } = step.value;
      const path = `${datasetFolder(address)}/${id}-${String(parts.length).padStart(5, '0')}.arrow`;
      await io.create(path, ipc);
      parts.push({ path, rows: count, bytes: ipc.length, columns });
      rows += count;
      tell();
    }
    const { rejected, rejectedCount } = step.value;
    const columns = unifyColumns(parts.map((part) => ({ ...part, name: file.name })));
    if (columns.length === 0) throw nothingRead(file, rejected[0]);
    return {
      name: file.name,
      bytes: file.size,
      sha256: bytesToHex(hash.digest()),
      droppedAt: Date.now(),
      rows,
      rejected,
      rejectedCount,
      columns,
      parts,
    };
  } catch (thrown) {
    for (const { path } of parts) await io.delete(path);
    throw named(isUnreadable(thrown) ? unreadable(thrown) : IcejamError.from(thrown), file);
  }
}

function nothingRead(file: File, first?: RejectedLine): IcejamError {
  const why = first === undefined ? '' : ` ${placed(first)}.`;
  return new IcejamError('InputInvalid', `${file.name} holds no row with a value.${why}`, {
    remedy: 'Drop a file with one JSON object per line, or with an array of objects.',
  });
}

/** Whether the browser could not read the dropped file itself. */
const isUnreadable = (thrown: unknown): boolean =>
  thrown instanceof DOMException && ['NotReadableError', 'NotFoundError'].includes(thrown.name);

const unreadable = (cause: unknown) =>
  new IcejamError('InputInvalid', 'The file has changed or gone since it was chosen', {
    remedy: 'Drop it again.',
    cause,
  });

/** The same error, with the file's name in it. */
function named(error: IcejamError, { name }: File): IcejamError {
  if (error.message.includes(name)) return error;
  const { context } = error;
  return IcejamError.fromValue({
    ...error.toValue(),
    message: `${name}: ${error.message}`,
    context: { ...context, file: name },
  });
}
