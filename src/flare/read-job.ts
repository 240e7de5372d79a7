import {
  choiceField,
  entry,
  field,
  flagField,
  integerField,
  items,
  itemsField,
  optionsOf,
  rangeOfField,
  scalarField,
  textField,
} from './fields.ts';
import { inputFormats } from './grammar-flare.ts';
import type { ProblemList } from './problem.ts';
import { readActions } from './read-action.ts';
import { readSinks } from './read-sink.ts';
import { readAddress, refuseStream } from './reading.ts';
import type { Reading } from './reading.ts';
import { sqlText } from './sql-position.ts';
import type { FlareJob, Input, Statement } from './workflow.ts';
import type { YamlNode } from './yaml-tree.ts';

/** Reads the block of a Flare job. What breaks the grammar has been reported already and is left out. */
export function readFlareJob(block: YamlNode, reading: Reading): FlareJob {
  const { problems } = reading;
  const job = field(block, 'job');
  const inputs = itemsField(job, 'inputs').flatMap((node) => readInput(node, problems));
  const steps = itemsField(job, 'steps');
  const sequence = steps.flatMap((step) => itemsField(step, 'sequence'));
  const statements = sequence.flatMap((node) => readStatement(node, reading));
  const views = [...sequence, ...itemsField(job, 'inputs')].map((node) => textField(node, 'name'));
  const sinks = readSinks(
    job,
    steps,
    views.filter((name) => name !== undefined),
    problems,
  );
  const actions = readActions(itemsField(job, 'actions'), inputs, reading);
  refuseDuplicates(inputs, problems);
  if (job !== undefined && sinks.length === 0 && actions.length === 0 && problems.errors === 0) {
    problems.warn(
      entry(block, 'job')?.keyRange ?? block.range,
      'This job writes nothing.',
      'Add a sink.',
    );
  }
  return {
    kind: 'flare',
    inputs,
    statements,
    sinks,
    actions,
    explain: flagField(job, 'explain'),
    logLevel: choiceField(job, 'logLevel', ['INFO', 'WARN', 'DEBUG', 'ERROR']) ?? 'INFO',
    showPreviewLines: integerField(job, 'showPreviewLines') ?? 0,
    sparkConf: Object.assign({}, ...items(field(block, 'sparkConf')).map(optionsOf)) as Record<
      string,
      string
    >,
    variables: optionsOf(field(job, 'variables')),
  };
}

function readInput(node: YamlNode, problems: ProblemList): Input[] {
  refuseStream(node, problems);
  const name = textField(node, 'name');
  const address = readAddress(scalarField(node, 'dataset'), problems);
  if (name === undefined || address === null) return [];
  const format = choiceField(node, 'format', inputFormats) ?? 'iceberg';
  return [{ name, address, format, options: optionsOf(field(node, 'options')), range: node.range }];
}

function readStatement(node: YamlNode, { text, problems }: Reading): Statement[] {
  const name = textField(node, 'name');
  const sql = scalarField(node, 'sql');
  if (name !== undefined && sql !== undefined) return [{ name, ...sqlText(sql, text) }];
  const other = ['sqlFile', 'sqlfile', 'classpath', 'functions'];
  if (node.kind === 'mapping' && name !== undefined && !other.some((key) => entry(node, key))) {
    problems.error(rangeOfField(node, 'name'), `The statement ${name} needs the key "sql".`, {
      remedy: 'Write sql: and a Spark SQL statement.',
    });
  }
  return [];
}

function refuseDuplicates(inputs: Input[], problems: ProblemList): void {
  const names = inputs.map(({ name }) => name.toLowerCase());
  inputs.forEach(({ name, range }, index) => {
    if (names.indexOf(name.toLowerCase()) === index) return;
    problems.error(range, `Two inputs are named ${name}.`, { remedy: 'Rename one of them.' });
  });
}
