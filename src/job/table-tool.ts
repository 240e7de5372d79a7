import { IcejamError } from '../error.ts';
import { exhaustive } from '../exhaustive.ts';
import type { ReadingCommand, ToolCommand } from '../flare/tool-commands.ts';
import type { ToolJob } from '../flare/workflow.ts';
import type { Change } from '../iceberg/change.ts';
import { cherryPick } from '../iceberg/cherry-pick.ts';
import type { FileIO } from '../iceberg/ports.ts';
import {
  createRef,
  fastForward,
  removeBranch,
  removeTag,
  renameBranch,
  replaceBranch,
} from '../iceberg/refs.ts';
import { replaceSortOrder } from '../iceberg/replace-sort-order.ts';
import { rollbackTo, setCurrentSnapshot } from '../iceberg/rollback.ts';
import { currentSchema, specById, type Table } from '../iceberg/table.ts';
import type { SnapshotRef } from '../iceberg/table-metadata.ts';
import { updatePartitionSpec } from '../iceberg/update-partition-spec.ts';
import { updateProperties } from '../iceberg/update-properties.ts';
import { updateSchema } from '../iceberg/update-schema.ts';
import { columnType, primitiveType } from './column-type.ts';
import { readSortOrder } from './read-sort-order.ts';

/** The commands of `dataos-tool dataset` that change a table. */
export type TableTool = Exclude<ToolCommand, ReadingCommand | 'set-metadata' | 'drop'>;

/**
 * The change of the table that a tool's flags ask for. Throws `IllegalArgument` for flags that contradict the table, and
 * what making the change throws.
 */
export async function changeByTool(
  tool: TableTool,
  { flags, range }: ToolJob,
  table: Table,
  io: FileIO,
): Promise<Change> {
  const { name = '', branch = '', tag = '', source = '', target = '', newName = '' } = flags;
  switch (tool) {
    case 'set-snapshot':
      return setCurrentSnapshot(table, BigInt(flags.id ?? ''));
    case 'rollback':
      return rollbackTo(table, BigInt(flags.id ?? ''));
    case 'cherrypick-snapshot':
      return cherryPick(io, table, BigInt(flags.sid ?? ''));
    case 'add-properties':
      return updateProperties(Object.fromEntries(lines(flags.properties).map(property)));
    case 'remove-properties':
      return updateProperties({}, lines(flags.properties));
    case 'add-column':
    case 'add-field':
      return updateSchema([{ edit: 'add', name, type: columnType(flags, range) }]);
    case 'drop-column':
    case 'drop-field':
      return updateSchema([{ edit: 'drop', column: name }]);
    case 'rename-field':
      return updateSchema([{ edit: 'rename', column: name, name: newName }]);
    case 'update-field':
      return updateSchema([{ edit: 'widen', column: name, type: primitiveType(flags, range) }]);
    case 'set-nullable':
      return setNullable(name, flags.nullable);
    case 'move-field': {
      const { after, before } = flags;
      const place = {
        ...(after === undefined ? {} : { after }),
        ...(before === undefined ? {} : { before }),
      };
      return updateSchema([{ edit: 'move', column: name, ...place }]);
    }
    case 'set-sort-order':
      return replaceSortOrder(
        readSortOrder(flags.order ?? '', currentSchema(table.metadata), range),
      );
    case 'update-partition': {
      const { fields } = specById(table.metadata, table.metadata['default-spec-id']);
      const items = lines(flags.spec).flatMap((line) => line.split(','));
      const add = items.map((item) => partitionRequest(item, flags.count));
      return updatePartitionSpec({ remove: fields.map((field) => field.name), add });
    }
    case 'create-branch':
      return createRef(branch, refAt(table, 'branch', flags.id));
    case 'create-tag':
      return createRef(tag, refAt(table, 'tag', flags.id));
    case 'rename-branch':
      return renameBranch(branch, newName);
    case 'delete-branch':
      return removeBranch(branch);
    case 'delete-tag':
      return removeTag(tag);
    case 'replace-branch':
      return replaceBranch(target, source);
    case 'fastforward-branch':
      return fastForward(target, source);
    default:
      return exhaustive(tool);
  }
}

const lines = (text = ''): string[] => text.split('\n');

function property(text: string): [string, string] {
  const at = text.indexOf(':');
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** Rows that are stored may be null, so that a column cannot become required (Java's `requireColumn`). */
function setNullable(column: string, nullable: string | undefined): Change {
  if (nullable?.toLowerCase() === 'true') return updateSchema([{ edit: 'make-optional', column }]);
  throw new IcejamError(
    'IllegalArgument',
    `Cannot change column nullability: ${column}: optional -> required`,
    { remedy: 'Stored rows may hold nulls there: write a new table instead.' },
  );
}

/** A ref to a snapshot, by default to the current one. */
function refAt(
  { metadata }: Table,
  type: SnapshotRef['type'],
  id: string | undefined,
): SnapshotRef {
  const snapshotId = id === undefined ? metadata['current-snapshot-id'] : BigInt(id);
  if (snapshotId !== null) return { 'snapshot-id': snapshotId, type };
  throw new IcejamError('IllegalArgument', `Cannot create a ${type}: the table has no snapshot`, {
    remedy: 'Write to the table first.',
  });
}

/** `type:column`, `type:column:name`, and for buckets `bucket:column:name:count`, `bucket[count]:column` or a count apart. */
function partitionRequest(item: string, count: string | undefined) {
  const [, type = '', parameter, column = '', name, last] =
    /^\s*([a-z]+)(?:\[(\d+)\])?:([^:]+)(?::([^:]*))?(?::(\d+))?\s*$/i.exec(item) ?? [];
  const size = Number(parameter ?? last ?? count);
  return {
    type: type.toLowerCase().replace(/s$/, ''),
    column: column.trim(),
    ...(name === undefined || name === '' ? {} : { name }),
    ...(Number.isNaN(size) ? {} : { numBuckets: size, width: size }),
  };
}
