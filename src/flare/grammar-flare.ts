import {
  choice,
  flag,
  ignored,
  list,
  mapping,
  optional,
  options,
  required,
  text,
  unsupported,
} from './rule.ts';
import type { Key, Keys, Rule } from './rule.ts';
import type { ActionName, InputFormat, PartitionItem } from './workflow.ts';

/** The values of `partitionSpec[].type`. */
export const partitionTypes = [
  'identity',
  'year',
  'month',
  'day',
  'hour',
  'bucket',
  'truncate',
] as const satisfies readonly PartitionItem['type'][];

/** The formats of inputs that can be read here. */
export const inputFormats = [
  'iceberg',
  'json',
  'csv',
  'parquet',
] as const satisfies readonly InputFormat[];

/** The names of Flare's actions. */
export const actionNames = [
  'rewrite_dataset',
  'rewrite_manifest',
  'expire_snapshots',
  'remove_orphans',
  'delete_from_dataset',
] as const satisfies readonly ActionName[];

/** A name of a view: Spark's plain identifiers. */
const viewName: Rule = {
  kind: 'name',
  pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
  form: 'letters, digits and _, not beginning with a digit',
};

const inputFormat: Rule = {
  kind: 'choice',
  values: inputFormats,
  known: ['text', 'orc', 'avro', 'hudi', 'xml', 'db', 'xlsx', 'kafkaavro', 'kafkajson', 'pulsar'],
};

const outputFormat: Rule = {
  kind: 'choice',
  values: ['iceberg'],
  known:
    'parquet json csv kafkaavro kafkajson pulsar pulsaravro bigquery jdbc jdbcquery snowflake'.split(
      ' ',
    ),
};

const described: Keys = {
  title: ignored('A title for people'),
  description: ignored('A description for people'),
  tags: ignored('Labels'),
};

const stream = optional('Read or write as a stream; only false is supported here', flag);
const noSchema = 'The columns and types of the data are found by reading it.';

const inputs: Key = optional('The datasets to read, each as a view', {
  kind: 'list',
  of: mapping({
    name: required('The name of the view', viewName),
    dataset: required('The address of a dataset, folder or file', text),
    format: optional('The format of the data; iceberg if it is left out', inputFormat),
    options: optional("Options of Spark's reader, such as multiLine, mode, branch", options),
    isStream: stream,
    query: unsupported('A Trino query to read instead', 'Name a dataset and select in a step.'),
    incremental: unsupported('Reading only what is new', 'Filter in a step instead.'),
    schema: unsupported('A schema to apply', noSchema),
    schemaPath: unsupported('A file with the schema to apply', noSchema),
    schemaString: unsupported('A schema to apply', noSchema),
    schemaType: unsupported('The kind of schema', noSchema),
    schemaSubject: unsupported('A subject of a schema registry', noSchema),
    schemaId: unsupported('An id in a schema registry', noSchema),
    schemaRegistryUrl: unsupported('A schema registry', noSchema),
    ...described,
  }),
});

const partitionSpec: Rule = list(
  mapping({
    type: required('The partition transform', {
      kind: 'choice',
      values: partitionTypes,
      known: ['date'],
    }),
    column: required('The column to partition by', text),
    name: optional('The name of the partition field', text),
    asColumn: optional('Another spelling of name', text),
    numBuckets: optional('How many buckets, for the type bucket', { kind: 'integer', least: 1 }),
    width: optional('How wide, for the type truncate', { kind: 'integer', least: 1 }),
  }),
);

const sort: Rule = mapping({
  mode: optional('Sort inside each partition, or over all', choice('partition', 'global')),
  columns: required(
    'The columns to sort by',
    list(
      mapping({
        name: required('The column', text),
        order: optional(
          'The direction, ascending if it is left out',
          choice(
            'asc',
            'desc',
            'asc_nulls_first',
            'asc_nulls_last',
            'desc_nulls_first',
            'desc_nulls_last',
          ),
        ),
      }),
    ),
  ),
});

const outputOptions: Rule = mapping({
  saveMode: optional('Add rows to the table, or replace them', {
    kind: 'choice',
    values: ['append', 'overwrite'],
    known: ['ignore', 'error', 'errorifexists', 'default'],
  }),
  sort: optional('How rows are sorted before they are written', sort),
  extraOptions: optional("Options of Spark's writer, such as isolation-level, branch", options),
  iceberg: optional(
    'What concerns the Iceberg table',
    mapping({
      properties: optional('Table properties and write options', options),
      partitionSpec: optional('How a new table is partitioned', partitionSpec),
      merge: unsupported('MERGE INTO', 'Use append or overwrite.'),
    }),
  ),
  partitionSpec: optional('Misplaced: Flare reads it only under iceberg', partitionSpec),
  partitionBy: ignored('Partition columns of file formats'),
  compressionType: ignored('The codec of file formats'),
  checkpointLocation: ignored('Where streams keep their progress'),
  file: unsupported('Writing files', 'Write an Iceberg table.'),
  ...described,
});

const outputs: Key = optional('Where results go', {
  kind: 'list',
  of: mapping({
    name: required('The name that sinks refer to, or the view to write', text),
    depot: optional('Depot and collection, for outputs with sinks', text),
    dataset: optional('The address of the table, for outputs without sinks', text),
    format: optional('The format, Iceberg', outputFormat),
    outputType: optional('Another spelling of format', outputFormat),
    options: optional('How the table is written', outputOptions),
    outputOptions: optional('Another spelling of options', outputOptions),
    isStream: stream,
    driver: ignored('A JDBC driver'),
    checkpointLocation: ignored('Where streams keep their progress'),
    schemaRegistryUrl: ignored('A schema registry'),
    columnTags: ignored('Labels of columns'),
    assertions: unsupported('Checks before writing', 'Leave them out.'),
    ...described,
  }),
});

const sink: Rule = mapping({
  sequenceName: required('The view to write', text),
  datasetName: optional('The name of the table', text),
  outputName: required('The output to write to', text),
  outputType: optional('The format, Iceberg', outputFormat),
  outputOptions: optional('How the table is written', outputOptions),
  ...described,
});

const statement: Rule = mapping({
  name: required('The name of the view that holds the result', viewName),
  sql: optional('A Spark SQL statement', text),
  doc: ignored('A comment'),
  sqlFile: unsupported('A file with the statement', 'Put the statement under sql.'),
  sqlfile: unsupported('A file with the statement', 'Put the statement under sql.'),
  classpath: unsupported('A class to run', 'Write the step in SQL.'),
  params: unsupported('Parameters of a class', 'Write the step in SQL.'),
  functions: unsupported("Flare's functions", 'Write the step in SQL.'),
  commands: ignored('What to cache'),
  ...described,
});

const steps: Key = optional('Statements and what writes their results', {
  kind: 'list',
  of: mapping({
    sequence: optional('Statements, run in order', list(statement)),
    sink: optional('What writes results to tables', list(sink)),
    ...described,
    name: ignored('A name for people'),
    doc: ignored('A comment'),
  }),
});

const actions: Key = optional('Maintenance of Iceberg tables', {
  kind: 'list',
  of: mapping({
    name: required('The action', choice(...actionNames)),
    input: optional('The input whose table is maintained', text),
    options: optional('Options of the action', { kind: 'ignored' }),
    deleteWhere: optional('The condition of delete_from_dataset, alias target', text),
    ...described,
  }),
});

/** The block `flare` (1.0 to 4.0) or `stackSpec` (5.0 and later) of a Flare job. */
export const flareBlock: Rule = mapping({
  driver: ignored('Cores and memory of the Spark driver'),
  executor: ignored('Cores and memory of the Spark executors'),
  configs: ignored('Configuration'),
  sparkConf: optional('Spark settings', { kind: 'list', of: options, orOne: true }),
  job: required(
    'What the job does',
    mapping({
      explain: optional("Print Spark's plans in the log", flag),
      logLevel: optional('The level of the log', choice('INFO', 'WARN', 'DEBUG', 'ERROR')),
      showPreviewLines: optional('Rows of every step to print', { kind: 'integer', least: 0 }),
      inputs,
      outputs,
      steps,
      variables: optional('Settings such as keepSystemColumns', options),
      actions,
      rewriteDataset: unsupported('Compaction', 'Use the action rewrite_dataset.'),
      udfs: unsupported('Functions in Scala', "Use Spark SQL's functions."),
      streaming: unsupported('Streaming', 'Run a batch job.'),
      assertions: unsupported('Checks of the data', 'Leave them out.'),
      metrics: unsupported('Checks of the data', 'Leave them out.'),
      profile: unsupported('Profiling', 'Select the statistics in a step.'),
      checks: unsupported('Checks of the data', 'Leave them out.'),
      ...described,
    }),
  ),
});
