import { IcejamError } from '../error.ts';
import type { CommitContext } from './context.ts';
import type { Catalog, Pointer, TableName } from './ports.ts';
import { findField } from './schema.ts';
import type { BaseSummary } from './stop.ts';
import { parseTableMetadata } from './table-metadata-file.ts';
import type {
  PartitionSpec,
  Schema,
  Snapshot,
  SortOrder,
  TableMetadata,
} from './table-metadata.ts';

/** The name of the branch that readers see. */
export const mainBranch = 'main';

/** A table as one pointer version shows it. Never changes; load again to see more. */
export interface Table {
  name: TableName;
  pointer: Pointer;
  metadata: TableMetadata;
}

/**
 * Reads the pointer and the metadata that it names; nothing is cached.
 * Throws `NoSuchTable`, and `Corrupt` or `Unsupported` for metadata that cannot be used.
 */
export async function loadTable(
  { catalog, io }: Pick<CommitContext, 'catalog' | 'io'>,
  name: TableName,
): Promise<Table> {
  let pointer = await catalog.load(name);
  for (;;) {
    if (pointer === null) throw noSuchTable(name);
    const { location } = pointer;
    try {
      return {
        name,
        pointer,
        metadata: await parseTableMetadata(await io.read(location), location),
      };
    } catch (error) {
      const move = await moveSince(catalog, name, pointer, error);
      if (move === null) throw error;
      pointer = move.to;
    }
  }
}

function noSuchTable(name: TableName): IcejamError {
  return new IcejamError('NoSuchTable', `Table does not exist: ${name}`, {
    context: { table: name },
    remedy: 'Run a job that writes it, or import it, before reading it.',
  });
}

/**
 * Where the table has moved since `pointer` was read (`to` is `null`: it was dropped), if that is why a file is missing;
 * `null`: it is missing for another reason. Looks at the pointer once.
 */
export async function moveSince(
  catalog: Catalog,
  name: TableName,
  pointer: Pointer,
  error: unknown,
): Promise<{ to: Pointer | null } | null> {
  if (!(error instanceof IcejamError) || error.kind !== 'NotFound') return null;
  const to = await catalog.load(name);
  return to?.version === pointer.version ? null : { to };
}

/** The snapshot that readers of main see, `null` while the table is empty. */
export function currentSnapshot(metadata: TableMetadata): Snapshot | null {
  const id = metadata['current-snapshot-id'];
  return id === null ? null : (snapshotById(metadata, id) ?? null);
}

/** The snapshot of that id, if the metadata still knows it. */
export function snapshotById(metadata: TableMetadata, id: bigint): Snapshot | undefined {
  return metadata.snapshots.find((snapshot) => snapshot['snapshot-id'] === id);
}

/** The newest snapshot of a branch, `null` if the branch does not exist yet. */
export function branchHead(metadata: TableMetadata, branch: string): Snapshot | null {
  const ref = metadata.refs[branch];
  return ref === undefined ? null : (snapshotById(metadata, ref['snapshot-id']) ?? null);
}

/** A snapshot and its ancestors, newest first, as far as the metadata still knows them. */
export function* ancestorsOf(metadata: TableMetadata, id: bigint | null): Generator<Snapshot> {
  const byId = new Map(metadata.snapshots.map((snapshot) => [snapshot['snapshot-id'], snapshot]));
  for (let next = id; next !== null;) {
    const snapshot = byId.get(next);
    if (snapshot === undefined) return;
    yield snapshot;
    next = snapshot['parent-snapshot-id'] ?? null;
  }
}

/** The schema that new files of the table follow. */
export function currentSchema(metadata: TableMetadata): Schema {
  return schemaById(metadata, metadata['current-schema-id']);
}

/** The schema of that id. Throws `Corrupt` if the metadata names one that it does not hold. */
export function schemaById(metadata: TableMetadata, id: number): Schema {
  const schema = metadata.schemas.find((candidate) => candidate['schema-id'] === id);
  if (schema === undefined) {
    throw new IcejamError('Corrupt', `Table metadata has no schema with id ${id}`, {
      context: { table: metadata.location },
    });
  }
  return schema;
}

/** The partition spec of that id. Throws `Corrupt` if the metadata does not hold it. */
export function specById(metadata: TableMetadata, id: number): PartitionSpec {
  const spec = metadata['partition-specs'].find((candidate) => candidate['spec-id'] === id);
  if (spec === undefined) {
    throw new IcejamError('Corrupt', `Table metadata has no partition spec with id ${id}`, {
      context: { table: metadata.location },
    });
  }
  return spec;
}

/** The order that writers of the table sort rows by; `undefined` if there is none. */
export function defaultSortOrder(metadata: TableMetadata): SortOrder | undefined {
  const id = metadata['default-sort-order-id'];
  const order = metadata['sort-orders'].find((candidate) => candidate['order-id'] === id);
  return order !== undefined && order.fields.length > 0 ? order : undefined;
}

/** The newest schema that has the columns of a spec: the current one, unless such a column was dropped since. */
export function schemaOfSpec(metadata: TableMetadata, spec: PartitionSpec): Schema {
  const hasColumns = (schema: Schema) =>
    spec.fields.every((field) => findField(schema, field['source-id']) !== undefined);
  const current = currentSchema(metadata);
  return hasColumns(current) ? current : (metadata.schemas.findLast(hasColumns) ?? current);
}

/** A base as the stops show it; `null`: there is no table. */
export function summarizeBase(table: Table | null): BaseSummary {
  if (table === null) return { version: null, location: null, snapshotId: null, rows: 0 };
  const snapshot = currentSnapshot(table.metadata);
  return {
    version: table.pointer.version,
    location: table.pointer.location,
    snapshotId: snapshot === null ? null : String(snapshot['snapshot-id']),
    rows: totalRows(table.metadata),
  };
}

/** Rows of main's current snapshot as its summary counts them; 0 while the table is empty. */
export function totalRows(metadata: TableMetadata): number {
  return Number(currentSnapshot(metadata)?.summary['total-records'] ?? 0);
}

/** The folder in which the table's metadata files go (`write.metadata.path`). */
export function metadataFolder(metadata: TableMetadata): string {
  return stated(metadata, 'write.metadata.path') ?? `${metadata.location}/metadata`;
}

/** The folder in which the table's data and delete files go (`write.data.path`). */
export function dataFolder(table: Pick<TableMetadata, 'location' | 'properties'>): string {
  return stated(table, 'write.data.path') ?? `${table.location}/data`;
}

/** A folder that a property names, without a slash at its end. */
function stated(
  { properties }: Pick<TableMetadata, 'properties'>,
  key: string,
): string | undefined {
  return properties[key]?.replace(/\/+$/, '');
}

/** Whether the table's metadata files are gzipped. Throws `IllegalArgument` for an unknown codec. */
export function compressesMetadata(properties: Record<string, string>): boolean {
  const codec = properties['write.metadata.compression-codec'] ?? 'none';
  switch (codec.toLowerCase()) {
    case 'none':
      return false;
    case 'gzip':
      return true;
    default:
      throw new IcejamError('IllegalArgument', `Invalid codec name: ${codec}`, {
        remedy: 'Set write.metadata.compression-codec to none or gzip.',
      });
  }
}
