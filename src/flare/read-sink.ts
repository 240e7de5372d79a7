import type { SourceRange } from '../error.ts';
import { parseAddress, parseCollection } from './address.ts';
import type { Address, Collection } from './address.ts';
import { field, itemsField, rangeOfField, scalarField, textField } from './fields.ts';
import type { ProblemList } from './problem.ts';
import { readWriteOptions } from './read-write-options.ts';
import { readAddress, readBy, refuseStream, unknownName } from './reading.ts';
import type { Sink } from './workflow.ts';
import type { YamlNode, YamlScalar } from './yaml-tree.ts';

/** Both spellings: `steps[].sink[]` that names an output, and outputs that name a view (flare:3.0 and later). */
export function readSinks(
  job: YamlNode | undefined,
  steps: YamlNode[],
  views: string[],
  problems: ProblemList,
): Sink[] {
  const outputs = itemsField(job, 'outputs');
  for (const output of outputs) refuseStream(output, problems);
  const named = new Map(outputs.map((output) => [textField(output, 'name') ?? '', output]));
  const sinkNodes = steps.flatMap((step) => itemsField(step, 'sink'));
  const used = new Set<YamlNode>();
  const sinks = sinkNodes.flatMap((node) => {
    const outputName = scalarField(node, 'outputName');
    const output = named.get(outputName?.text.trim() ?? '');
    if (outputName !== undefined && output === undefined) {
      const message = `No output is named ${outputName.text.trim()}.`;
      unknownName(outputName.range, message, outputName.text, [...named.keys()], problems);
    }
    const view = readView(scalarField(node, 'sequenceName'), views, problems);
    if (output === undefined) return [];
    used.add(output);
    const address = readTable(output, node, problems);
    const optionsNode = field(node, 'outputOptions') ?? optionsNodeOf(output);
    const written = readWriteOptions(optionsNode, rangeOfField(node, 'sequenceName'), problems);
    if (view === undefined || address === null) return [];
    return [{ view, address, ...written, range: node.range }];
  });
  for (const output of outputs) {
    if (used.has(output)) continue;
    if (field(output, 'dataset') !== undefined) sinks.push(...readOutput(output, views, problems));
    else if (field(output, 'depot') === undefined) {
      problems.error(
        rangeOfField(output, 'name'),
        'An output needs the key "dataset" or "depot".',
        {
          remedy: 'Write dataset: dataos://depot:collection/dataset?acl=rw.',
        },
      );
    } else if (problems.errors === 0) {
      const message = 'No sink writes to this output.';
      problems.warn(rangeOfField(output, 'name'), message, 'Name it as the outputName of a sink.');
    }
  }
  return sinks;
}

function readOutput(output: YamlNode, views: string[], problems: ProblemList): Sink[] {
  const view = readView(scalarField(output, 'name'), views, problems);
  const address = readTable(output, undefined, problems);
  const at = rangeOfField(output, 'name');
  const written = readWriteOptions(optionsNodeOf(output), at, problems);
  if (view === undefined || address === null) return [];
  return [{ view, address, ...written, range: output.range }];
}

function optionsNodeOf(output: YamlNode): YamlNode | undefined {
  return field(output, 'options') ?? field(output, 'outputOptions');
}

function readView(
  scalar: YamlScalar | undefined,
  views: string[],
  problems: ProblemList,
): string | undefined {
  if (scalar === undefined) return undefined;
  const name = scalar.text.trim();
  const view = views.find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (view === undefined) {
    unknownName(scalar.range, `No statement or input is named ${name}.`, name, views, problems);
  }
  return view;
}

/** The table of a sink: the output's depot and collection with the sink's dataset, or the output's dataset. */
function readTable(
  output: YamlNode,
  sink: YamlNode | undefined,
  problems: ProblemList,
): Address | null {
  const datasetName = scalarField(sink, 'datasetName');
  const dataset = scalarField(output, 'dataset');
  const depot = scalarField(output, 'depot');
  if (dataset !== undefined && datasetName === undefined) {
    const address = readAddress(dataset, problems);
    requireWritable(address, dataset, problems);
    if (address === null || tableFolder.test(address.dataset)) return address;
    return badTable(dataset.range, address.dataset, problems);
  }
  const collection = readBy<Collection>(
    depot === undefined ? parseAddress : parseCollection,
    depot ?? dataset,
    problems,
  );
  requireWritable(collection, depot ?? dataset, problems);
  if (sink !== undefined && datasetName === undefined) {
    const message = 'This sink needs the key "datasetName".';
    problems.error(rangeOfField(sink, 'outputName'), message, {
      remedy: 'Write datasetName: and the name of the table.',
    });
  }
  if (collection === null || datasetName === undefined) return null;
  const name = datasetName.text.trim();
  if (!tableFolder.test(name)) return badTable(datasetName.range, name, problems);
  return { depot: collection.depot, collection: collection.collection, dataset: name, acl: 'rw' };
}

/** A table is one folder of the warehouse. */
const tableFolder = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;

function badTable(range: SourceRange, name: string, problems: ProblemList): null {
  problems.error(range, `"${name}" is no name of a table.`, {
    remedy: 'Use letters, digits, _ and hyphens.',
  });
  return null;
}

function requireWritable(
  target: Collection | null,
  scalar: YamlScalar | undefined,
  problems: ProblemList,
): void {
  if (target === null || scalar === undefined || target.acl === 'rw') return;
  const address = scalar.text.trim();
  problems.error(scalar.range, `Access denied: ${address} is read-only without acl=rw.`, {
    kind: 'AccessDenied',
    remedy: `Write ${address.replace(/\?.*$/, '')}?acl=rw.`,
  });
}
