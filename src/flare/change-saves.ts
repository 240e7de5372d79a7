import { exhaustive } from '../exhaustive.ts';
import { entry, field } from './fields.ts';
import { ProblemList } from './problem.ts';
import { readYaml, type YamlEntry, type YamlNode } from './yaml-tree.ts';

/** A change of how all jobs of a text save: what a class tries one after the other. */
export type SaveChange = 'overwrite' | 'append' | 'serializable' | 'no-isolation';

/** Text to put in place of what stands from `start` to `end`, UTF-16 units. */
interface Edit {
  start: number;
  end: number;
  text: string;
}

type Mapping = Extract<YamlNode, { kind: 'mapping' }>;

/** The write options that mean something to an overwrite alone. */
const overwriteOptions = ['overwrite-mode', 'isolation-level'] as const;

/**
 * The text of workflows with all sinks changed, all else as it was written: comments, order, indentation. What is no
 * valid YAML stays as it is. Options that an append has no use for are commented out.
 */
export function changeSaves(text: string, change: SaveChange): string {
  const trees = readYaml(text, new ProblemList());
  const edits = trees.flatMap(sinkOptions).flatMap((options) => editsOf(options, change, text));
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((all, { start, end, text: by }) => all.slice(0, start) + by + all.slice(end), text);
}

/** The options of every sink: the mappings that name a save mode. */
function sinkOptions(node: YamlNode): Mapping[] {
  if (node.kind === 'list') return node.items.flatMap(sinkOptions);
  if (node.kind !== 'mapping') return [];
  if (entry(node, 'saveMode') !== undefined) return [node];
  return node.entries.flatMap(({ value }) => sinkOptions(value));
}

function editsOf(options: Mapping, change: SaveChange, text: string): Edit[] {
  const properties = field(field(options, 'iceberg'), 'properties');
  switch (change) {
    case 'overwrite':
      return [
        ...set(options, ['saveMode'], 'overwrite', text),
        ...set(options, ['iceberg', 'properties', 'overwrite-mode'], 'dynamic', text),
      ];
    case 'append':
      return [
        ...set(options, ['saveMode'], 'append', text),
        ...overwriteOptions.flatMap((key) => commentOut(entry(properties, key), text)),
      ];
    case 'serializable':
      return set(options, ['iceberg', 'properties', 'isolation-level'], 'serializable', text);
    case 'no-isolation':
      return commentOut(entry(properties, 'isolation-level'), text);
    default:
      return exhaustive(change);
  }
}

/** Gives the place in a mapping a value, and makes what is missing on the way to it. */
function set(mapping: Mapping, [key, ...rest]: string[], value: string, text: string): Edit[] {
  if (key === undefined) return [];
  const own = mapping.entries.find((each) => each.key === key);
  const found = own?.value;
  if (found?.kind === 'mapping' && rest.length > 0) return set(found, rest, value, text);
  if (found?.kind === 'scalar') return [{ start: found.start, end: found.end, text: value }];
  const first = mapping.entries[0];
  if (own !== undefined || first === undefined) return [];
  const { line, column } = first.keyRange;
  const start = offsetOf(text, line, column);
  const isFlow = text[offsetOf(text, mapping.range.line, mapping.range.column)] === '{';
  const path = [key, ...rest];
  if (isFlow) {
    const inner = path.reduceRight((inside, name, index) => {
      return index === path.length - 1 ? `${name}: ${inside}` : `${name}: { ${inside} }`;
    }, value);
    return [{ start, end: start, text: `${inner}, ` }];
  }
  const margin = ' '.repeat(column - 1);
  const lines = path.map((name, index) => {
    const isLast = index === path.length - 1;
    return `${index === 0 ? '' : margin}${'  '.repeat(index)}${name}:${isLast ? ` ${value}` : ''}`;
  });
  return [{ start, end: start, text: `${lines.join('\n')}\n${margin}` }];
}

function commentOut(option: YamlEntry | undefined, text: string): Edit[] {
  if (option === undefined) return [];
  const start = offsetOf(text, option.keyRange.line, option.keyRange.column);
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  return before.trim() === '' ? [{ start, end: start, text: '# ' }] : [];
}

function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) start = text.indexOf('\n', start) + 1;
  return start + column - 1;
}
