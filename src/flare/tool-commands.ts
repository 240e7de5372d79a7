/** A flag of a command of `dataos-tool dataset`. */
export interface FlagRule {
  /** Its long spellings, without dashes; the first is its name. */
  names: readonly [string, ...string[]];
  /** Its letter. */
  short?: string;
  optional?: true;
  /** It may stand several times. */
  repeated?: true;
  /** What it means without a value. */
  bare?: string;
  /** What a value must look like, and how to say so. */
  form?: readonly [pattern: RegExp, example: string];
}

const number = [/^\d+$/, 'a whole number'] as const;
const snapshotId = [/^\d+$/, 'the id of a snapshot'] as const;

const type: FlagRule = { names: ['type', 'datatype'], short: 't' };
const column: FlagRule = { names: ['name'], short: 'n' };
const decimal: readonly FlagRule[] = [
  { names: ['precision'], short: 'p', optional: true, form: number },
  { names: ['scale'], short: 's', optional: true, form: number },
];
const newColumn: readonly FlagRule[] = [
  column,
  type,
  ...decimal,
  { names: ['keyType'], short: 'k', optional: true },
  { names: ['valueType'], short: 'v', optional: true },
];
const trueOrFalse = [/^(true|false)$/i, 'true or false'] as const;
const branch: FlagRule = { names: ['branch'], short: 'b' };
const tag: FlagRule = { names: ['tag'], short: 't' };
const id: FlagRule = { names: ['id'], short: 'i', form: snapshotId };
const fromTo: readonly FlagRule[] = [{ names: ['source'] }, { names: ['target'] }];

/**
 * The commands of `dataos-tool dataset` and their flags beside `--address`: those of dataos-tool and of the command line
 * tool `dataos-ctl dataset`, and what Iceberg tables have beyond (tags, the order of columns, sort orders).
 */
export const toolCommands = {
  get: [],
  list: [],
  snapshots: [],
  metadata: [],
  properties: [],
  'list-branch': [],
  drop: [{ names: ['purge'], short: 'p', optional: true, bare: 'true', form: trueOrFalse }],
  'set-metadata': [{ names: ['version'], short: 'v' }],
  'set-snapshot': [id],
  rollback: [id],
  'cherrypick-snapshot': [{ names: ['sid'], form: snapshotId }],
  'add-properties': [
    {
      names: ['properties'],
      short: 'p',
      repeated: true,
      form: [/^[^:]+:.*$/s, 'a name and a value, such as commit.retry.num-retries:10'],
    },
  ],
  'remove-properties': [{ names: ['properties'], short: 'p', repeated: true }],
  'add-column': newColumn,
  'add-field': newColumn,
  'drop-column': [column],
  'drop-field': [column],
  'rename-field': [column, { names: ['newName'], short: 'm' }],
  'update-field': [column, type, ...decimal],
  'set-nullable': [column, { names: ['nullable'], short: 'b', form: trueOrFalse }],
  'move-field': [
    column,
    { names: ['after'], optional: true },
    { names: ['before'], optional: true },
  ],
  'set-sort-order': [{ names: ['order'] }],
  'update-partition': [
    {
      names: ['spec', 'partitions'],
      short: 'p',
      repeated: true,
      form: [
        /^\s*[a-z]+(\[\d+\])?:[^:]+(:[^:]*){0,2}$/i,
        'type:column, such as day:pickup_datetime or bucket[16]:vendor_id',
      ],
    },
    { names: ['count'], short: 'n', optional: true, form: number },
  ],
  'create-branch': [branch, { ...id, optional: true }],
  'rename-branch': [branch, { names: ['newName', 'name'], short: 'n' }],
  'delete-branch': [branch],
  'replace-branch': fromTo,
  'fastforward-branch': fromTo,
  'create-tag': [tag, { ...id, optional: true }],
  'delete-tag': [tag],
} as const satisfies Record<string, readonly FlagRule[]>;

/** The name of a command. */
export type ToolCommand = keyof typeof toolCommands;

/** The commands that only tell. */
export const readingCommands = [
  'get',
  'list',
  'snapshots',
  'metadata',
  'properties',
  'list-branch',
] as const satisfies readonly ToolCommand[];

/** One of {@link readingCommands}. */
export type ReadingCommand = (typeof readingCommands)[number];
