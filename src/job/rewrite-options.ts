import { IcejamError } from '../error.ts';
import type { Action, SqlText } from '../flare/workflow.ts';
import type { RewritePlanOptions } from '../iceberg/rewrite-plan.ts';
import type { SortOrder, TableMetadata } from '../iceberg/table-metadata.ts';
import { currentSchema, defaultSortOrder } from '../iceberg/table.ts';
import { readSortOrder } from './read-sort-order.ts';

/** What the action `rewrite_dataset` was told. */
export interface RewriteOptions extends Omit<RewritePlanOptions, 'filter'> {
  /** Only files that may hold rows of this condition. */
  where?: SqlText;
  /** How the rows are sorted; by default they stay as they are. */
  sortOrder?: SortOrder;
  /** Whether the new files keep the data sequence number of the snapshot that they were read from. */
  useStartingSequenceNumber: boolean;
}

/** More than this is not loaded at once, whatever the options say: rows wait in the engine's memory. */
const maxGroupBytes = 256 * 1024 * 1024;

/** The options of Java's action that say how its work is spread over a cluster. */
const withoutEffect = [
  'max-concurrent-file-group-rewrites',
  'partial-progress.enabled',
  'partial-progress.max-commits',
  'partial-progress.max-failed-commits',
  'remove-dangling-deletes',
  'rewrite-job-order',
  'max-files-to-rewrite',
  'compression-factor',
  'shuffle-partitions-per-file',
  'output-spec-id',
];

/** Java's options by what they are called here. */
const numbers = {
  'target-file-size-bytes': 'targetFileSize',
  'min-file-size-bytes': 'minFileSize',
  'max-file-size-bytes': 'maxFileSize',
  'min-input-files': 'minInputFiles',
  'delete-file-threshold': 'deleteFileThreshold',
  'delete-ratio-threshold': 'deleteRatioThreshold',
  'max-file-group-size-bytes': 'maxFileGroupSize',
} as const;

/**
 * Reads the options in the spellings of all versions of Flare: `targetSizeInBytes` and `filter` of 1.0, `properties`
 * since 4.0, `strategy`, `sortOrder` and `where` of 7.0. Throws `IllegalArgument` for a value that cannot be and for a
 * property that Java's action does not have.
 */
export function readRewriteOptions(action: Action, metadata: TableMetadata): RewriteOptions {
  const { options, properties, range } = action;
  const text = (name: string) => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  const read: RewriteOptions = {
    maxFileGroupSize: maxGroupBytes,
    rewriteAll: properties['rewrite-all']?.toLowerCase() === 'true',
    useStartingSequenceNumber:
      properties['use-starting-sequence-number']?.toLowerCase() !== 'false',
  };
  const old = text('targetSizeInBytes');
  const stated = { ...(old === undefined ? {} : { 'target-file-size-bytes': old }), ...properties };
  for (const [name, value] of Object.entries(stated)) {
    const known = Object.entries(numbers).find(([each]) => each === name)?.[1];
    if (known !== undefined) read[known] = positive(action, name, value);
    else if (!isKnown(name))
      refuse(action, `rewrite_dataset has no property "${name}".`, knownNames());
  }
  read.maxFileGroupSize = Math.min(read.maxFileGroupSize, maxGroupBytes);
  const where = text('where') ?? text('filter');
  const sortOrder = sortOrderOf(action, metadata, text);
  return {
    ...read,
    ...(where === undefined ? {} : { where: { sql: where, range, segments: [] } }),
    ...(sortOrder === undefined ? {} : { sortOrder }),
  };
}

/** Of a table's own order the id is kept; an order that is only this action's has none. */
function sortOrderOf(
  action: Action,
  metadata: TableMetadata,
  text: (name: string) => string | undefined,
): SortOrder | undefined {
  const strategy = (text('strategy') ?? 'binpack').toLowerCase();
  const order = text('sortOrder');
  if (strategy !== 'binpack' && strategy !== 'sort') {
    refuse(action, `rewrite_dataset has no strategy "${strategy}".`, 'Use binpack or sort.');
  }
  if (order !== undefined) {
    return { 'order-id': 0, fields: readSortOrder(order, currentSchema(metadata), action.range) };
  }
  if (strategy === 'binpack') return undefined;
  const own = defaultSortOrder(metadata);
  if (own !== undefined) return own;
  return refuse(
    action,
    'Cannot sort: the table has no sort order, and the action names none.',
    'Add sortOrder: id ASC NULLS FIRST, or give the table an order with dataset set-sort-order.',
  );
}

function positive(action: Action, name: string, value: string): number {
  const number = Number(value);
  if (value.trim() !== '' && number > 0) return number;
  return refuse(
    action,
    `${name} "${value}" is no number above 0.`,
    'Write a number, such as 134217728.',
  );
}

const isKnown = (name: string): boolean =>
  name === 'rewrite-all' || name === 'use-starting-sequence-number' || withoutEffect.includes(name);

const knownNames = (): string =>
  `Use ${[...Object.keys(numbers), 'rewrite-all', 'use-starting-sequence-number'].join(', ')}.`;

function refuse({ range }: Action, message: string, remedy: string): never {
  throw new IcejamError('IllegalArgument', message, { range, remedy });
}
