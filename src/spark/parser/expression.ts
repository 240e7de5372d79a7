import type { BinaryOperator, Expr } from '../ast.ts';
import { parsePrimary } from './primary.ts';
import { parseQuery, startsQuery } from './query.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads an expression (`expression` of Spark's `SqlBaseParser.g4`). */
export function parseExpression(tokens: TokenStream): Expr {
  return parseJoined(tokens, 'OR', 'or', () =>
    parseJoined(tokens, 'AND', 'and', () => parseNot(tokens)),
  );
}

function parseJoined(
  tokens: TokenStream,
  word: string,
  operator: BinaryOperator,
  parse: () => Expr,
): Expr {
  const { start } = tokens.peek();
  let left = parse();
  while (tokens.takeWords(word)) {
    const right = parse();
    left = { kind: 'binary', operator, left, right, ...tokens.spanFrom(start) };
  }
  return left;
}

/** Reads an expression without AND, OR, NOT and tests such as IN and LIKE. */
export function parseOperand(tokens: TokenStream): Expr {
  return parseOperators(tokens, 1);
}

function parseNot(tokens: TokenStream): Expr {
  const { start } = tokens.peek();
  if (!tokens.takeWords('NOT') && !tokens.takeSymbol('!')) return parsePredicate(tokens);
  return { kind: 'not', operand: parseNot(tokens), ...tokens.spanFrom(start) };
}

function parsePredicate(tokens: TokenStream): Expr {
  const { start } = tokens.peek();
  let operand = parseOperators(tokens, 0);
  for (;;) {
    const next = parseTest(tokens, operand, start);
    if (next === null) return operand;
    operand = next;
  }
}

/** BETWEEN, IN, LIKE, IS … behind a value. */
function parseTest(tokens: TokenStream, operand: Expr, start: number): Expr | null {
  if (tokens.takeWords('IS')) return parseIs(tokens, operand, start);
  const ahead = tokens.isWord('NOT') ? 1 : 0;
  if (!tokens.isWord(['BETWEEN', 'IN', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP'], ahead)) return null;
  const negated = tokens.takeWords('NOT');
  const word = tokens.take().value;
  if (word === 'BETWEEN') {
    const low = parseOperand(tokens);
    tokens.expectWords('AND');
    const high = parseOperand(tokens);
    return { kind: 'between', negated, operand, low, high, ...tokens.spanFrom(start) };
  }
  if (word !== 'IN') return parseLike(tokens, operand, negated, word, start);
  if (tokens.isSymbol('(') && startsQuery(tokens, 1)) {
    tokens.expectSymbol('(');
    const query = parseQuery(tokens);
    tokens.expectSymbol(')');
    return { kind: 'in-query', negated, operand, query, ...tokens.spanFrom(start) };
  }
  const items = tokens.inBrackets(() => parseExpression(tokens));
  return { kind: 'in-list', negated, operand, items, ...tokens.spanFrom(start) };
}

function parseIs(tokens: TokenStream, operand: Expr, start: number): Expr {
  const negated = tokens.takeWords('NOT');
  if (tokens.takeWords('DISTINCT', 'FROM')) {
    const right = parseOperand(tokens);
    const span = tokens.spanFrom(start);
    const same: Expr = { kind: 'binary', operator: '<=>', left: operand, right, ...span };
    return negated ? same : { kind: 'not', operand: same, ...span };
  }
  const whats = ['null', 'true', 'false', 'unknown'] as const;
  const what = whats.find((word) => tokens.takeWords(word.toUpperCase()));
  if (what === undefined) return tokens.fail('Write NULL, TRUE, FALSE or DISTINCT FROM here.');
  return { kind: 'is', negated, operand, what, ...tokens.spanFrom(start) };
}

function parseLike(
  tokens: TokenStream,
  operand: Expr,
  negated: boolean,
  word: string,
  start: number,
): Expr {
  const operator = word === 'LIKE' ? 'like' : word === 'ILIKE' ? 'ilike' : 'rlike';
  let quantifier: 'any' | 'all' | null = null;
  if (tokens.takeWords('ANY') || tokens.takeWords('SOME')) quantifier = 'any';
  else if (tokens.takeWords('ALL')) quantifier = 'all';
  const patterns =
    quantifier === null ? [parseOperand(tokens)] : tokens.inBrackets(() => parseExpression(tokens));
  const escape = tokens.takeWords('ESCAPE') ? tokens.take().value : null;
  const like = { kind: 'like', negated, operator, quantifier, operand, patterns, escape } as const;
  return { ...like, ...tokens.spanFrom(start) };
}

/** Binary operators from the loosest to the tightest. */
const levels: readonly Readonly<Record<string, BinaryOperator>>[] = [
  {
    '=': '=',
    '==': '=',
    '<=>': '<=>',
    '<>': '<>',
    '!=': '<>',
    '<': '<',
    '<=': '<=',
    '>': '>',
    '>=': '>=',
  },
  { '|': '|' },
  { '^': 'xor' },
  { '&': '&' },
  { '+': '+', '-': '-', '||': '||' },
  { '*': '*', '/': '/', '%': '%', DIV: 'div' },
];

function parseOperators(tokens: TokenStream, level: number): Expr {
  const operators = levels[level];
  if (operators === undefined) return parseSign(tokens);
  const { start } = tokens.peek();
  let left = parseOperators(tokens, level + 1);
  for (;;) {
    const { kind, value } = tokens.peek();
    const operator = kind === 'symbol' || kind === 'word' ? operators[value] : undefined;
    if (operator === undefined) return left;
    tokens.take();
    const right = parseOperators(tokens, level + 1);
    left = { kind: 'binary', operator, left, right, ...tokens.spanFrom(start) };
  }
}

function parseSign(tokens: TokenStream): Expr {
  const { start } = tokens.peek();
  const operator = (['-', '+', '~'] as const).find((sign) => tokens.takeSymbol(sign));
  if (operator === undefined) return parsePrimary(tokens);
  return { kind: 'sign', operator, operand: parseSign(tokens), ...tokens.spanFrom(start) };
}
