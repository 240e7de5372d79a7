import { IcejamError } from '../error.ts';
import type { CommitContext } from './context.ts';
import { landedPointer } from './landing.ts';
import { checkProperties } from './metadata-update.ts';
import { swapMetadata, writeMetadata } from './metadata-swap.ts';
import { deletePaths, OwnFiles } from './own-files.ts';
import type { Pointer, TableName } from './ports.ts';
import { checkCompatibility, fieldsOf } from './schema.ts';
import { checkColumnProperties } from './schema-properties.ts';
import type { StopDetail } from './stop.ts';
import { loadTable, summarizeBase, type Table } from './table.ts';
import { metadataVersion } from './table-metadata-file.ts';
import type { PartitionSpec, Schema, SortOrder, TableMetadata } from './table-metadata.ts';

/** What a new table is made of. Field ids are taken as they are. */
export interface NewTable {
  /** An absolute URI without a slash at its end. */
  location: string;
  schema: Schema;
  spec: PartitionSpec;
  sortOrder?: SortOrder;
  properties?: Record<string, string>;
  /** 2 by default. */
  formatVersion?: 1 | 2 | 3;
}

/**
 * Creates a table in a commit of its own. Losing the race to create it means using the winner's table: `created` tells
 * which. Throws `IllegalArgument` for reserved properties, `Validation` for metrics of a column that there is not,
 * `IllegalState` for types that the format version has not, and `CommitStateUnknown`.
 */
export async function createTable(
  context: CommitContext,
  name: TableName,
  definition: NewTable,
): Promise<{ table: Table; created: boolean }> {
  const stop = (detail: StopDetail) => context.gate(0, detail);
  // One look between two stops: what others do meanwhile comes before it or after it, and a script can say so.
  const existing = await findTable(context, name);
  if (existing !== null) return { table: existing, created: false };
  await stop({ stop: 'base-read', base: summarizeBase(null) });

  const metadata = newMetadata(definition, context);
  const files = new OwnFiles(context.io);
  const location = await writeMetadata(context, files, null, metadata, stop);
  const swap = await swapMetadata(context, name, null, location, 'optimistic', stop).catch(
    async (error: unknown) => {
      // A look that fails itself tells nothing of the swap: its own error would hide that the outcome is unknown.
      const found = await findTable(context, name).catch(() => null);
      if (found === null) throw error;
      return { won: false as const, found: found.pointer };
    },
  );
  // Whose table it is tells only the table: an answer may be lost or wrong.
  const table = await loadTable(context, name);
  const created = table.metadata['table-uuid'] === metadata['table-uuid'];
  if (created) {
    const { version } = swap.won
      ? swap.pointer
      : landedPointer(table, files, firstPointer(table, location));
    const won = { version, location, snapshotId: null, operation: 'create', rows: 0 };
    await stop({ stop: 'swap-won', ...won });
  } else {
    const { version } = table.pointer;
    await stop({ stop: 'swap-lost', expected: null, found: version, next: { do: 'give-up' } });
    await deletePaths(context.io, [location]);
  }
  return { table, created };
}

/** Where a table began: pointer and file names count on by one alike, and file names count from 0. */
function firstPointer({ pointer }: Table, location: string): Pointer {
  return { version: pointer.version - Math.max(0, metadataVersion(pointer.location)), location };
}

async function findTable(context: CommitContext, name: TableName): Promise<Table | null> {
  return loadTable(context, name).catch((error: unknown) => {
    if (error instanceof IcejamError && error.kind === 'NoSuchTable') return null;
    throw error;
  });
}

function newMetadata(definition: NewTable, { clock, random }: CommitContext): TableMetadata {
  const { location, schema, spec, sortOrder = { 'order-id': 0, fields: [] } } = definition;
  const { properties = {}, formatVersion = 2 } = definition;
  checkProperties(properties);
  checkCompatibility(schema, formatVersion);
  checkColumnProperties(schema, properties);
  return {
    'format-version': formatVersion,
    'table-uuid': random.uuid(),
    location,
    'last-sequence-number': 0,
    'last-updated-ms': clock.now(),
    'last-column-id': Math.max(0, ...[...fieldsOf(schema)].map(({ field }) => field.id)),
    'current-schema-id': schema['schema-id'],
    schemas: [schema],
    'default-spec-id': spec['spec-id'],
    'partition-specs': [spec],
    'last-partition-id': Math.max(999, ...spec.fields.map((field) => field['field-id'])),
    'default-sort-order-id': sortOrder['order-id'],
    'sort-orders': [sortOrder],
    // Java persists this default since 1.4.
    properties: { 'write.parquet.compression-codec': 'zstd', ...properties },
    'current-snapshot-id': null,
    ...(formatVersion === 3 ? { 'next-row-id': 0 } : {}),
    refs: {},
    snapshots: [],
    statistics: [],
    'partition-statistics': [],
    'snapshot-log': [],
    'metadata-log': [],
  };
}
