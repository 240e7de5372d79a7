import { LineCounter, isAlias, isMap, isScalar, isSeq, parseAllDocuments } from 'yaml';
import type { Document, Node, ParsedNode, Scalar } from 'yaml';
import type { SourceRange } from '../error.ts';
import type { ProblemList } from './problem.ts';
import { meaningOf, tellingErrors } from './yaml-error.ts';

/** A YAML value with its place in the text; aliases are followed. */
export type YamlNode =
  | { kind: 'mapping'; entries: YamlEntry[]; range: SourceRange }
  | { kind: 'list'; items: YamlNode[]; range: SourceRange }
  | YamlScalar
  | { kind: 'empty'; range: SourceRange };

/** A value that is not nested. */
export interface YamlScalar {
  kind: 'scalar';
  /** A string's value; a number or flag as it was written. */
  text: string;
  style: 'plain' | 'single' | 'double' | 'block';
  /** Where it stands in the text, in UTF-16 units from `start` to `end`. */
  start: number;
  end: number;
  range: SourceRange;
}

/** A key and its value. */
export interface YamlEntry {
  key: string;
  keyRange: SourceRange;
  value: YamlNode;
}

/** The non-empty documents of a YAML text that follow YAML's syntax; errors go to `problems`. */
export function readYaml(text: string, problems: ProblemList): YamlNode[] {
  const zero = text.indexOf('\0');
  if (zero >= 0) {
    const lines = text.slice(0, zero).split('\n');
    const [line, column] = [lines.length, (lines.at(-1)?.length ?? 0) + 1];
    const message = 'This text holds a zero byte: it is in UTF-16, or no text at all.';
    const remedy = 'Save the file as UTF-8.';
    problems.error({ line, column, endLine: line, endColumn: column + 1 }, message, { remedy });
    return [];
  }
  try {
    return readDocuments(text, problems);
  } catch (thrown) {
    // The parser recurses: a few thousand brackets exhaust the stack.
    if (!(thrown instanceof RangeError)) throw thrown;
    problems.error({ line: 1, column: 1, endLine: 1, endColumn: 1 }, 'This is nested too deeply.');
    return [];
  }
}

function readDocuments(text: string, problems: ProblemList): YamlNode[] {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const documents: Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const trees: YamlNode[] = [];
  for (const document of documents) {
    for (const error of tellingErrors(document.errors)) {
      const { message, remedy } = meaningOf(error, text);
      const [start, end] = error.pos;
      problems.error(rangeOf(lines, start, end), message, remedy === undefined ? {} : { remedy });
    }
    // What a parser guesses after a syntax error only leads to more, misleading problems.
    if (document.errors.length > 0) continue;
    const tree = new TreeBuilder(document, text, lines, problems).build(document.contents);
    if (tree.kind !== 'empty') trees.push(tree);
  }
  return trees;
}

/** Turns `yaml`'s nodes into ours. */
class TreeBuilder {
  readonly #document: Document.Parsed;
  readonly #text: string;
  readonly #lines: LineCounter;
  readonly #problems: ProblemList;
  readonly #open = new Set<Node>();
  /** Aliases may multiply a small text into an endless one. */
  #aliasesLeft = 1000;

  constructor(document: Document.Parsed, text: string, lines: LineCounter, problems: ProblemList) {
    this.#document = document;
    this.#text = text;
    this.#lines = lines;
    this.#problems = problems;
  }

  build(node: ParsedNode | Node | null): YamlNode {
    if (node === null) return { kind: 'empty', range: rangeOf(this.#lines, 0, 0) };
    const [start, end] = node.range ?? [0, 0];
    // The parser counts the white space after a nested value to it.
    const range = rangeOf(
      this.#lines,
      start,
      start + this.#text.slice(start, end).trimEnd().length,
    );
    if (isAlias(node)) return this.#follow(node.resolve(this.#document), node.source, range);
    if (isScalar(node)) return scalar(node, start, end, range);
    if (this.#open.has(node)) {
      this.#problems.error(range, 'This value contains itself.');
      return { kind: 'empty', range };
    }
    this.#open.add(node);
    const built = this.#nested(node, range);
    this.#open.delete(node);
    return built;
  }

  #nested(node: Node, range: SourceRange): YamlNode {
    if (isSeq(node)) {
      return { kind: 'list', items: node.items.map((item) => this.build(item as Node)), range };
    }
    if (!isMap(node)) return { kind: 'empty', range };
    const entries = node.items.map(({ key, value }) => {
      const keyNode = this.build(key as Node | null);
      const name = keyNode.kind === 'scalar' ? keyNode.text : '';
      if (keyNode.kind !== 'scalar') this.#problems.error(keyNode.range, 'A key must be a name.');
      const empty: YamlNode = { kind: 'empty', range: keyNode.range };
      return {
        key: name,
        keyRange: keyNode.range,
        value: value === null ? empty : this.build(value as Node),
      };
    });
    return { kind: 'mapping', entries, range };
  }

  #follow(target: Node | undefined, name: string, range: SourceRange): YamlNode {
    this.#aliasesLeft -= 1;
    if (target === undefined || this.#aliasesLeft < 0) {
      const why = target === undefined ? `No anchor is named ${name}.` : 'Too many aliases.';
      this.#problems.error(range, why);
      return { kind: 'empty', range };
    }
    return this.build(target);
  }
}

const styles = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_FOLDED: 'block',
  BLOCK_LITERAL: 'block',
} as const satisfies Record<Scalar.Type, YamlScalar['style']>;

function scalar(node: Scalar, start: number, end: number, range: SourceRange): YamlNode {
  if (node.value === null) return { kind: 'empty', range };
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
  return { kind: 'scalar', text, style: styles[node.type ?? 'PLAIN'], start, end, range };
}

function rangeOf(lines: LineCounter, start: number, end: number): SourceRange {
  const from = lines.linePos(start);
  const to = lines.linePos(end);
  return {
    line: Math.max(1, from.line),
    column: Math.max(1, from.col),
    endLine: Math.max(1, to.line),
    endColumn: Math.max(1, to.col),
  };
}
