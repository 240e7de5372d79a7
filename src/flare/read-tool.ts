import { field, itemsField, rangeOfField, scalarField, textField } from './fields.ts';
import { nearest } from '../nearest.ts';
import { suggestion } from './check.ts';
import type { ProblemList } from './problem.ts';
import { type Address, parseCollection } from './address.ts';
import { readAddress, readBy } from './reading.ts';
import type { Reading } from './reading.ts';
import { toolCommands, type FlagRule, type ToolCommand } from './tool-commands.ts';
import type { ToolJob } from './workflow.ts';
import type { YamlNode, YamlScalar } from './yaml-tree.ts';

/** A flag and its value, as they stand in the arguments. */
interface Flag {
  /** `undefined` if the command has no such flag. */
  rule: FlagRule | undefined;
  value: YamlScalar | undefined;
  at: YamlScalar;
}

/** Reads the block `alpha`: a container that runs dataos-tool. `null` after a problem. */
export function readAlphaJob(block: YamlNode, reading: Reading): ToolJob | null {
  const { problems } = reading;
  const image = scalarField(block, 'image');
  if (image !== undefined && !/(^|\/)dataos-tool(:|$)/.test(image.text.trim())) {
    problems.error(image.range, `The image ${image.text.trim()} cannot be run here.`, {
      remedy: 'Use rubiklabs/dataos-tool:0.0.26.',
    });
    return null;
  }
  const words = [...itemsField(block, 'command'), ...itemsField(block, 'arguments')].filter(
    (node): node is YamlScalar => node.kind === 'scalar',
  );
  if (words[0]?.text === 'dataos-tool') words.shift();
  const [dataset, command, ...rest] = words;
  const names = Object.keys(toolCommands);
  const tool = names.find((name) => name === command?.text) as ToolCommand | undefined;
  if (dataset?.text === 'dataset' && command?.text === 'create') {
    const message = 'dataset create reads a manifest file, and a workflow has no files.';
    problems.error(command.range, message, {
      remedy: 'Let a sink create the table: it has partitionSpec and properties too.',
    });
    return null;
  }
  if (dataset?.text !== 'dataset' || tool === undefined) {
    const said = [dataset?.text, command?.text].filter((word) => word !== undefined).join(' ');
    const near = nearest(command?.text ?? '', names);
    problems.error(
      command?.range ?? dataset?.range ?? rangeOfField(block, 'arguments'),
      `dataos-tool has no command "${said}" here.`,
      {
        remedy: suggestion(
          near.map((name) => `dataset ${name}`),
          names.map((name) => `dataset ${name}`),
        ),
        allowed: names,
      },
    );
    return null;
  }
  return readFlags(tool, rest, command ?? dataset, block, reading);
}

const address: FlagRule = { names: ['address'], short: 'a' };

/**
 * `--name value`, `--name=value`, and the letters of the command line tool: `-n value`, `-n=value`. A flag that says
 * something without a value takes the next word only if that can be one.
 */
function readWords(words: YamlScalar[], rules: readonly FlagRule[]): Flag[] {
  const flags: Flag[] = [];
  for (let index = 0; index < words.length; index++) {
    const at = words[index];
    if (at === undefined) continue;
    const [, dashes, name = at.text, value] =
      /^(-{1,2})([A-Za-z-]+)(?:=(.*))?$/s.exec(at.text) ?? [];
    const rule = rules.find(({ names, short }) =>
      dashes === '-' ? short === name : names.includes(name),
    );
    const isFlag = dashes !== undefined;
    const next = words[index + 1];
    const isBare = rule?.bare !== undefined && rule.form?.[0].test(next?.text ?? '') !== true;
    const own = value ?? (isFlag && isBare ? rule.bare : undefined);
    if (isFlag && own === undefined) index += 1;
    flags.push({
      rule: isFlag ? rule : undefined,
      value: own === undefined ? (isFlag ? next : undefined) : { ...at, text: own },
      at,
    });
  }
  return flags;
}

function readFlags(
  tool: ToolCommand,
  words: YamlScalar[],
  at: YamlScalar,
  block: YamlNode,
  reading: Reading,
): ToolJob | null {
  const { problems } = reading;
  const rules: readonly FlagRule[] = [address, ...toolCommands[tool]];
  const flags = readWords(words, rules);
  const before = problems.errors;
  for (const flag of flags) checkFlag(tool, flag, rules, problems);
  for (const rule of rules) {
    const own = flags.filter((flag) => flag.rule === rule);
    const [name] = rule.names;
    if (own.length === 0 && rule.optional === undefined) {
      problems.error(at.range, `dataset ${tool} needs the flag --${name}.`, {
        remedy: `Add --${name} and its value to the arguments.`,
      });
    }
    const second = own[1];
    if (second !== undefined && rule.repeated === undefined) {
      problems.error(second.at.range, `The flag --${name} stands twice.`, { remedy: 'Keep one.' });
    }
  }
  const valuesOf = (rule: FlagRule) =>
    flags.flatMap((flag) => (flag.rule === rule && flag.value ? [flag.value.text] : []));
  const place = flags.find(({ rule }) => rule === address)?.value;
  const target = tool === 'list' ? readCollection(place, problems) : readAddress(place, problems);
  if (target === null || problems.errors > before) return null;
  const values = toolCommands[tool].flatMap((rule: FlagRule): [string, string][] => {
    const own = valuesOf(rule);
    return own.length === 0 ? [] : [[rule.names[0], own.join('\n')]];
  });
  return {
    kind: 'tool',
    tool,
    address: target,
    flags: Object.fromEntries(values),
    range: block.range,
  };
}

/** The collection that an address means, whatever dataset of it is named. */
function readCollection(scalar: YamlScalar | undefined, problems: ProblemList): Address | null {
  const isAddress = /^\s*dataos:\/\/[^/]+\/[^/?]/.test(scalar?.text ?? '');
  if (isAddress) return readAddress(scalar, problems);
  const collection = readBy(parseCollection, scalar, problems);
  return collection === null ? null : { ...collection, dataset: '' };
}

function checkFlag(
  tool: ToolCommand,
  { rule, value, at }: Flag,
  rules: readonly FlagRule[],
  problems: ProblemList,
): void {
  if (rule === undefined) {
    const dashed = rules.map(({ names }) => `--${names[0]}`);
    problems.error(at.range, `dataset ${tool} has no flag "${at.text}".`, {
      remedy: suggestion(nearest(at.text.replace(/=.*/s, ''), dashed), dashed),
      allowed: dashed,
    });
  } else if (value === undefined) {
    problems.error(at.range, `The flag --${rule.names[0]} needs a value.`);
  } else if (rule.form !== undefined && !rule.form[0].test(value.text)) {
    problems.error(value.range, `Cannot read the value "${value.text}" of --${rule.names[0]}.`, {
      remedy: `Write ${rule.form[1]}.`,
    });
  }
}

/** Reads the block `toolbox`, whose only action is to set the registered version. `null` after a problem. */
export function readToolboxJob(block: YamlNode, reading: Reading): ToolJob | null {
  const address = readAddress(scalarField(block, 'dataset'), reading.problems);
  const version = textField(field(block, 'action'), 'value');
  if (address === null || version === undefined) return null;
  return { kind: 'tool', tool: 'set-metadata', address, flags: { version }, range: block.range };
}
