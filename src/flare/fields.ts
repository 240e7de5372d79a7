import type { SourceRange } from '../error.ts';
import type { YamlEntry, YamlNode, YamlScalar } from './yaml-tree.ts';

/** The entry of a key, if it is there with a value. */
export function entry(node: YamlNode | undefined, key: string): YamlEntry | undefined {
  if (node?.kind !== 'mapping') return undefined;
  return node.entries.find(
    (candidate) => candidate.key === key && candidate.value.kind !== 'empty',
  );
}

/** The value of a key. */
export function field(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return entry(node, key)?.value;
}

/** The value of a key as a scalar. */
export function scalarField(node: YamlNode | undefined, key: string): YamlScalar | undefined {
  const value = field(node, key);
  return value?.kind === 'scalar' ? value : undefined;
}

/** The text of a key, without the spaces around it. */
export function textField(node: YamlNode | undefined, key: string): string | undefined {
  return scalarField(node, key)?.text.trim();
}

/** Whether a key says true. */
export function flagField(node: YamlNode | undefined, key: string): boolean {
  return textField(node, key)?.toLowerCase() === 'true';
}

/** The whole number of a key. */
export function integerField(node: YamlNode | undefined, key: string): number | undefined {
  const text = textField(node, key);
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The value of a key as the one of `values` that equals it in some case. */
export function choiceField<T extends string>(
  node: YamlNode | undefined,
  key: string,
  values: readonly T[],
): T | undefined {
  const text = textField(node, key)?.toLowerCase();
  return values.find((value) => value.toLowerCase() === text);
}

/** The items of a list, or the one value that stands in its place. */
export function items(node: YamlNode | undefined): YamlNode[] {
  if (node === undefined || node.kind === 'empty') return [];
  return node.kind === 'list' ? node.items : [node];
}

/** The items of a key's list. */
export function itemsField(node: YamlNode | undefined, key: string): YamlNode[] {
  return items(field(node, key));
}

/** Names with text values. */
export function optionEntries(node: YamlNode | undefined): YamlEntry[] {
  return node?.kind === 'mapping' ? node.entries : [];
}

/** Names with text values, as an object. */
export function optionsOf(node: YamlNode | undefined): Record<string, string> {
  return Object.fromEntries(
    optionEntries(node).flatMap(({ key, value }) =>
      value.kind === 'scalar' ? [[key, value.text]] : [],
    ),
  );
}

/** Where to point for a key: at its value if it is one line, else at the key, else at the whole. */
export function rangeOfField(node: YamlNode, key: string): SourceRange {
  const found = entry(node, key);
  if (found === undefined) return node.range;
  return found.value.kind === 'scalar' ? found.value.range : found.keyRange;
}
