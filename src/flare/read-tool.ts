import { field, itemsField, rangeOfField, scalarField, textField } from './fields.ts';
import { nearest } from '../nearest.ts';
import { suggestion } from './check.ts';
import { readAddress } from './reading.ts';
import type { Reading } from './reading.ts';
import type { ToolCommand, ToolJob } from './workflow.ts';
import type { YamlNode, YamlScalar } from './yaml-tree.ts';

/** The flags of each command of `dataos-tool dataset`, beside `address`. All are needed. */
const commands: Readonly<Record<ToolCommand, readonly string[]>> = {
  'set-metadata': ['version'],
  'update-partition': ['spec'],
  'add-column': ['name', 'type'],
  'drop-column': ['name'],
};

/** A flag and its value, as they stand in the arguments. */
interface Flag {
  name: string;
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
  const names = Object.keys(commands);
  const tool = names.find((name) => name === command?.text) as ToolCommand | undefined;
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
  return readFlags(tool, readWords(rest), command ?? dataset, block, reading);
}

/** `--name value`, `--name=value`, and the short `-a`, `-v` of the command line tool. */
function readWords(words: YamlScalar[]): Flag[] {
  const flags: Flag[] = [];
  for (let index = 0; index < words.length; index++) {
    const at = words[index];
    if (at === undefined) continue;
    const [, name = at.text, value] = /^-{1,2}([A-Za-z-]+)(?:=(.*))?$/s.exec(at.text) ?? [];
    const full = { a: 'address', v: 'version' }[name] ?? name;
    if (value !== undefined) flags.push({ name: full, value: { ...at, text: value }, at });
    else if (!at.text.startsWith('-')) flags.push({ name: full, value: undefined, at });
    else flags.push({ name: full, value: words[++index], at });
  }
  return flags;
}

function readFlags(
  tool: ToolCommand,
  flags: Flag[],
  at: YamlScalar,
  block: YamlNode,
  reading: Reading,
): ToolJob | null {
  const { problems } = reading;
  const allowed = ['address', ...commands[tool]];
  const before = problems.errors;
  for (const { name, value, at } of flags) {
    if (!allowed.includes(name)) {
      const dashed = allowed.map((flag) => `--${flag}`);
      problems.error(at.range, `dataset ${tool} has no flag "${at.text}".`, {
        remedy: suggestion(nearest(`--${name}`, dashed), dashed),
        allowed: dashed,
      });
    } else if (value === undefined) {
      problems.error(at.range, `The flag --${name} needs a value.`);
    }
  }
  for (const name of allowed) {
    if (flags.some((flag) => flag.name === name)) continue;
    problems.error(at.range, `dataset ${tool} needs the flag --${name}.`, {
      remedy: `Add --${name} and its value to the arguments.`,
    });
  }
  const address = readAddress(flags.find(({ name }) => name === 'address')?.value, problems);
  if (address === null || problems.errors > before) return null;
  const values = flags.flatMap(({ name, value }): [string, string][] =>
    name === 'address' || value === undefined ? [] : [[name, value.text]],
  );
  return { kind: 'tool', tool, address, flags: Object.fromEntries(values), range: block.range };
}

/** Reads the block `toolbox`, whose only action is to set the registered version. `null` after a problem. */
export function readToolboxJob(block: YamlNode, reading: Reading): ToolJob | null {
  const address = readAddress(scalarField(block, 'dataset'), reading.problems);
  const version = textField(field(block, 'action'), 'value');
  if (address === null || version === undefined) return null;
  return { kind: 'tool', tool: 'set-metadata', address, flags: { version }, range: block.range };
}
