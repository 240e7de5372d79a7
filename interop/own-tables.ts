import { actionWorkflow, type SinkText, sinkWorkflow, toolWorkflow } from './workflows.ts';

/** A table that the app writes, one workflow after the other. */
export interface OwnTable {
  name: string;
  workflows: string[];
  /** A query that Spark answers with the same rows as the table's. */
  sql?: string;
}

const everyType = `
  select true as flag, cast(-1 as int) as i, 9007199254740993 as l, cast(0.5 as float) as f, 1e300 as d,
    cast('12345678.9012' as decimal(20, 4)) as amount, date'1969-12-31' as day,
    timestamp'2020-02-29 12:00:00.123456' as instant, 'é日本' as text, unhex('00FF') as bytes,
    array('a', null, 'b') as words, map('k', 1, 'none', null) as counts,
    named_struct('x', 7, 'inner', named_struct('y', array(1, 2))) as place, 'odd' as \`odd name-1.x\`
  union all
  select false, 2147483647, -1, cast('NaN' as float), cast('-Infinity' as double),
    cast('-0.0001' as decimal(20, 4)), date'9999-12-31', timestamp'1900-01-01 00:00:00', '' as text, unhex(''),
    array(), map(), named_struct('x', null, 'inner', null), 'a/b %20?'
  union all
  select null, null, 0, null, null, null, null, null, null, null, null, null, null, null`;

const everyTransform = [
  { type: 'identity', column: 'text', name: 'text' },
  { type: 'bucket', column: 'id', name: 'id_bucket', numBuckets: 3 },
  { type: 'truncate', column: 'word', name: 'word_trunc', width: 2 },
  { type: 'year', column: 'born', name: 'born_year' },
  { type: 'month', column: 'day', name: 'day_month' },
  { type: 'day', column: 'instant', name: 'instant_day' },
  { type: 'hour', column: 'moment', name: 'moment_hour' },
];

const partitioned = (from: number, to: number) => `
  select id, if(id = 1, null, concat('t/', id % 2, '%')) as text, concat('w', id) as word,
    date_add(date'1969-06-01', cast(id * 200 as int)) as born, date_add(date'2020-01-31', cast(id as int)) as day,
    if(id = 2, null, to_timestamp(id * 90000)) as instant, to_timestamp(-id * 1800) as moment
  from (select explode(sequence(${from}, ${to})) as id)`;

const numbered = (from: number, to: number) => `
  select id, cast(id % 2 as int) as part, concat('n', id) as name
  from (select explode(sequence(${from}, ${to})) as id)`;

const byPart = [{ type: 'identity', column: 'part', name: 'part' }];
const gzip = { 'write.metadata.compression-codec': 'gzip' };

/** A table by its writes and what else is done to it. */
function table(
  name: string,
  steps: (SinkText | ((dataset: string) => string))[],
  sql?: string,
): OwnTable {
  const workflows = steps.map((step) =>
    typeof step === 'function' ? step(name) : sinkWorkflow(name, step),
  );
  return { name, workflows, ...(sql === undefined ? {} : { sql }) };
}

const tool =
  (command: string, ...flags: string[]) =>
  (dataset: string) =>
    toolWorkflow(dataset, command, ...flags);
const action = (name: string, options: object) => (dataset: string) =>
  actionWorkflow(dataset, { name, ...options });

/** What the app writes: every save mode, transform and type, evolution, maintenance and branches. */
export function ownTables(now: number): OwnTable[] {
  return [
    table('types', [{ sql: everyType }, { sql: everyType, saveMode: 'overwrite' }], everyType),
    table('transforms', [
      { sql: partitioned(0, 6), partitionSpec: everyTransform, properties: gzip },
      {
        sql: partitioned(0, 2),
        saveMode: 'overwrite',
        properties: { 'overwrite-mode': 'dynamic' },
      },
      { sql: partitioned(7, 8) },
    ]),
    table('evolved', [
      { sql: numbered(1, 4), partitionSpec: byPart },
      tool('add-column', '--name', 'score', '--type', 'double'),
      { sql: `select *, 0.5d as score from (${numbered(5, 6)})` },
      tool('update-partition', '--spec', 'bucket:id:id_bucket:2'),
      { sql: `select *, 1.5d as score from (${numbered(7, 8)})` },
      tool('drop-column', '--name', 'name'),
      { sql: `select id, part, 2.5d as score from (${numbered(9, 9)})` },
      tool('rename-field', '--name', 'score', '--newName', 'points'),
      tool('add-column', '--name', 'place', '--type', 'int'),
      { sql: 'select 10L as id, 0 as part, 3.5d as points, 1 as place' },
      tool('update-field', '--name', 'place', '--type', 'long'),
      { sql: 'select 11L as id, 1 as part, 4.5d as points, 3000000000L as place' },
      action('rewrite_manifest', {}),
    ]),
    table('maintained', [
      {
        sql: numbered(1, 4),
        partitionSpec: byPart,
        properties: {
          'write.delete.mode': 'merge-on-read',
          'write.object-storage.enabled': 'true',
        },
      },
      { sql: numbered(5, 8) },
      { sql: numbered(9, 12) },
      action('delete_from_dataset', { deleteWhere: 'target.id in (2, 6, 11)' }),
      action('rewrite_dataset', { options: {} }),
      { sql: numbered(13, 14) },
      action('delete_from_dataset', { deleteWhere: 'target.id = 1' }),
      action('expire_snapshots', {
        options: { expireOlderThan: String(now), retainLast: '4' },
      }),
    ]),
    table('branched', [
      { sql: numbered(1, 2) },
      { sql: numbered(3, 4), branch: 'dev' },
      tool('create-tag', '--tag', 'before'),
      { sql: numbered(5, 6) },
      tool('create-branch', '--branch', 'kept'),
      { sql: numbered(7, 8), saveMode: 'overwrite' },
    ]),
  ];
}
