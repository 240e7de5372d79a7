import { IcejamError } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import type { ToolCommand, ToolJob } from '../flare/workflow.ts';
import type { Change } from '../iceberg/change.ts';
import { specById, type Table } from '../iceberg/table.ts';
import { updatePartitionSpec } from '../iceberg/update-partition-spec.ts';
import { updateSchema } from '../iceberg/update-schema.ts';

/** Names of types as DataOS spells them, where Iceberg spells them otherwise. */
const typeNames: Record<string, string> = {
  timestamp_without_zone: 'timestamp',
  timestamp_with_zone: 'timestamptz',
  integer: 'int',
  bigint: 'long',
};

/** The commands of `dataos-tool dataset` that change a table. */
export type TableTool = Exclude<ToolCommand, 'set-metadata'>;

/** The change of the table that a tool's flags ask for. Throws `IllegalArgument` for a flag that cannot be read. */
export function changeByTool(tool: TableTool, { flags, range }: ToolJob, table: Table): Change {
  switch (tool) {
    case 'update-partition': {
      const { fields } = specById(table.metadata, table.metadata['default-spec-id']);
      const add = (flags.spec ?? '').split(',').map((item) => partitionRequest(item, range));
      return updatePartitionSpec({ remove: fields.map(({ name }) => name), add });
    }
    case 'add-column': {
      const { name = '', type = '' } = flags;
      return updateSchema([{ edit: 'add', name, type: typeNames[type.toLowerCase()] ?? type }]);
    }
    case 'drop-column':
      return updateSchema([{ edit: 'drop', column: flags.name ?? '' }]);
    default:
      return exhaustive(tool);
  }
}

/** `type:column`, `type:column:name`, and for buckets `bucket:column:name:count` or `bucket[count]:column`. */
function partitionRequest(item: string, range: ToolJob['range']) {
  const parsed =
    /^\s*([a-z]+)(?:\[(\d+)\])?:([^:]+)(?::([^:]*))?(?::(\d+))?\s*$/i.exec(item) ?? undefined;
  if (parsed === undefined) {
    throw new IcejamError('IllegalArgument', `Cannot read the partition spec "${item}".`, {
      range,
      remedy: 'Write type:column, such as day:pickup_datetime or bucket[16]:vendor_id.',
    });
  }
  const [, type = '', parameter, column = '', name, count] = parsed;
  const size = Number(parameter ?? count);
  return {
    type: type.toLowerCase().replace(/s$/, ''),
    column: column.trim(),
    ...(name === undefined || name === '' ? {} : { name }),
    ...(Number.isNaN(size) ? {} : { numBuckets: size, width: size }),
  };
}
