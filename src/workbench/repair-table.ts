import { IcejamError } from '../error.ts';
import { append } from '../iceberg/append.ts';
import { commit, unsafeProperty } from '../iceberg/commit.ts';
import type { CommitContext } from '../iceberg/context.ts';
import { readHistory } from '../iceberg/history.ts';
import { openManifest } from '../iceberg/manifest.ts';
import { status } from '../iceberg/manifest-types.ts';
import type { Catalog, FileIO } from '../iceberg/ports.ts';
import type { ChangedFile } from '../iceberg/snapshot-summary.ts';
import { stringifyJson } from '../iceberg/json.ts';
import { loadTable, type Table } from '../iceberg/table.ts';
import { parseTableMetadata } from '../iceberg/table-metadata-file.ts';
import type { PartitionSpec, Schema, TableMetadata } from '../iceberg/table-metadata.ts';
import { transaction } from '../iceberg/transaction.ts';
import { typeEquals } from '../iceberg/type.ts';
import { updateProperties } from '../iceberg/update-properties.ts';
import { webLockQueue, withOrphans } from '../storage/locks.ts';
import type { Repair, Repaired } from './api.ts';

/** Where a table is repaired. */
interface Storage {
  io: FileIO;
  catalog: Catalog;
}

/**
 * Adds the data files again that a race without compare-and-swap lost, and takes the mark off the table, in one commit
 * that does compare. Only files that were appended, are not live and were removed by no commit come back; what an
 * overwrite would have replaced cannot be known, so that the caller must not ask for it. Until then the files are orphans:
 * nobody deletes those meanwhile.
 *
 * Throws `IllegalState` if the table bore the mark before the race, as what an earlier race lost is not known, if a lost
 * file is not in the warehouse any more, or if the schema or partition spec that it was written under is lost too;
 * nothing is changed then.
 */
export function repairTable(storage: Storage, repair: Repair): Promise<Repaired> {
  return withOrphans(repair.table, () => addLostFiles(storage, repair));
}

async function addLostFiles(
  { io, catalog }: Storage,
  { table: name, base, manifests }: Repair,
): Promise<Repaired> {
  if (base !== null) await checkUnmarked(io, name, base);
  const table = await loadTable({ io, catalog }, name);
  const lost = await lostFiles(io, table, manifests);
  const unmark = updateProperties({}, [unsafeProperty]);
  const change = lost.length === 0 ? unmark : transaction([unmark, append(lost)]);
  const result = await commit(commitContext(io, catalog), table, change, { protocol: 'queued' });
  if (result.outcome !== 'committed') throw result.error;
  const rows = lost.reduce((sum, { data_file: file }) => sum + file.record_count, 0);
  return { files: lost.length, rows };
}

async function checkUnmarked(io: FileIO, table: string, base: string): Promise<void> {
  const { properties } = await parseTableMetadata(await io.read(base), base);
  if (properties[unsafeProperty] !== 'true') return;
  throw new IcejamError(
    'IllegalState',
    `${table} was marked before this race began, so nobody knows all that it has lost`,
    { context: { table }, remedy: 'Drop the table and run the race again.' },
  );
}

/** The files that these manifests add, that are not live, and that no commit has removed. */
async function lostFiles(
  io: FileIO,
  table: Table,
  manifests: readonly string[],
): Promise<ChangedFile[]> {
  const { live, changes } = await readHistory(io, table, null);
  const removed = changes.flatMap((change) => change.removed);
  const known = new Set([...live, ...removed].map(({ path }) => path));
  const lost: ChangedFile[] = [];
  for (const path of manifests) {
    const bytes = await io.read(path).catch((cause: unknown) => {
      throw gone(table.name, path, cause);
    });
    const { entries, spec, schema } = await openManifest(bytes, path);
    const isKnown = knowsSchema(table.metadata, schema) && knowsSpec(table.metadata, spec);
    for (const { status: state, data_file: file } of entries) {
      if (state !== status.added || known.has(file.file_path)) continue;
      if (!isKnown) throw lostSchema(table.name, file.file_path);
      lost.push({ spec_id: spec['spec-id'], data_file: file });
    }
  }
  const present = new Set((await io.list(`${table.metadata.location}/`)).map(({ path }) => path));
  const missing = lost.find(({ data_file: file }) => !present.has(file.file_path));
  if (missing !== undefined) throw gone(table.name, missing.data_file.file_path);
  return lost;
}

function gone(table: string, path: string, cause?: unknown): IcejamError {
  return new IcejamError(
    'IllegalState',
    `A file that was lost is not in the warehouse any more: ${path}`,
    { context: { table }, remedy: 'Drop the table and run the race again.', cause },
  );
}

/** Whether field ids mean the same in the table as in a schema: another may have been given what was lost. */
const knowsSchema = ({ schemas }: TableMetadata, schema: Schema): boolean =>
  schemas.some((own) => typeEquals(own, schema));

const knowsSpec = (metadata: TableMetadata, spec: PartitionSpec): boolean =>
  metadata['partition-specs'].some(
    (own) =>
      own['spec-id'] === spec['spec-id'] &&
      stringifyJson(own.fields) === stringifyJson(spec.fields),
  );

function lostSchema(table: string, path: string): IcejamError {
  return new IcejamError(
    'IllegalState',
    `A file that was lost was written under a schema or partition spec that the table has lost too: ${path}`,
    { context: { table }, remedy: 'Drop the table and run the race again.' },
  );
}

function commitContext(io: FileIO, catalog: Catalog): CommitContext {
  const bits = () => crypto.getRandomValues(new BigUint64Array(1))[0] ?? 1n;
  return {
    io,
    catalog,
    clock: { now: Date.now, sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)) },
    random: {
      uuid: () => crypto.randomUUID(),
      snapshotId: () => (bits() >> 1n) | 1n,
      below: (bound) => Math.floor(Math.random() * bound),
    },
    gate: () => Promise.resolve(),
    queue: webLockQueue(),
  };
}
