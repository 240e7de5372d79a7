import { checkActionOptions } from './action-options.ts';
import { actionNames } from './grammar-flare.ts';
import {
  choiceField,
  field,
  items,
  optionEntries,
  optionsOf,
  rangeOfField,
  scalarField,
  textField,
} from './fields.ts';
import { unknownName } from './reading.ts';
import type { Reading } from './reading.ts';
import { sqlText } from './sql-position.ts';
import type { Action, Input } from './workflow.ts';
import type { YamlNode } from './yaml-tree.ts';

/** Reads `actions[]`. Without `input`, as before flare:4.0, an action is about the only input. */
export function readActions(nodes: YamlNode[], inputs: Input[], reading: Reading): Action[] {
  return nodes.flatMap((node) => {
    const name = choiceField(node, 'name', actionNames);
    if (name === undefined) return [];
    const input = readInput(node, inputs, reading);
    if (input === undefined) return [];
    const options = field(node, 'options');
    checkActionOptions(name, options, reading.problems);
    const where = scalarField(node, 'deleteWhere') ?? scalarField(options, 'deleteWhere');
    if (name === 'delete_from_dataset' && where === undefined) {
      const remedy = 'Write, for example, deleteWhere: target.vendor_id = 1.';
      const message = 'delete_from_dataset needs the key "deleteWhere".';
      reading.problems.error(rangeOfField(node, 'name'), message, { remedy });
    }
    return [
      {
        name,
        address: input.address,
        options: actionOptions(options),
        properties: optionsOf(field(options, 'properties')),
        ...(where === undefined ? {} : { deleteWhere: sqlText(where, reading.text) }),
        range: node.range,
      },
    ];
  });
}

function readInput(node: YamlNode, inputs: Input[], { problems }: Reading): Input | undefined {
  const name = textField(node, 'input');
  if (name !== undefined) {
    const input = inputs.find((candidate) => candidate.name === name);
    if (input !== undefined) return input;
    const names = inputs.map((candidate) => candidate.name);
    const range = rangeOfField(node, 'input');
    unknownName(range, `No input is named ${name}.`, name, names, problems);
    return undefined;
  }
  if (inputs.length === 1) return inputs[0];
  problems.error(rangeOfField(node, 'name'), 'This action needs the key "input".', {
    remedy: 'Name the input whose table is maintained.',
    allowed: inputs.map((candidate) => candidate.name),
  });
  return undefined;
}

function actionOptions(node: YamlNode | undefined): Record<string, string | string[]> {
  const entries = optionEntries(node).flatMap(({ key, value }): [string, string | string[]][] => {
    if (key === 'deleteWhere') return [];
    if (value.kind === 'scalar') return [[key, value.text]];
    if (value.kind !== 'list') return [];
    return [[key, items(value).flatMap((item) => (item.kind === 'scalar' ? [item.text] : []))]];
  });
  return Object.fromEntries(entries);
}
