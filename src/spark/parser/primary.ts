import type { CaseBranch, Expr, Name } from '../ast.ts';
import { parseCall } from './call.ts';
import { parseExpression } from './expression.ts';
import { parseInterval } from './interval.ts';
import { reserved } from './keywords.ts';
import { parseQuery, startsQuery } from './query.ts';
import { nameOf } from './token-stream.ts';
import type { TokenStream } from './token-stream.ts';
import { parseType } from './type-name.ts';

/** Reads what stands between operators, with the subscripts and fields behind it. */
export function parsePrimary(tokens: TokenStream): Expr {
  const { start } = tokens.peek();
  let expr = parseAtom(tokens);
  for (;;) {
    if (tokens.takeSymbol('[')) {
      const index = parseExpression(tokens);
      tokens.expectSymbol(']');
      expr = { kind: 'subscript', operand: expr, index, ...tokens.spanFrom(start) };
    } else if (tokens.takeSymbol('::')) {
      const type = parseType(tokens);
      expr = { kind: 'cast', operand: expr, type, lenient: false, ...tokens.spanFrom(start) };
    } else if (tokens.isSymbol('.') && !tokens.isSymbol('*', 1)) {
      tokens.take();
      const name = tokens.expectName('the name of a field');
      expr = { kind: 'field', operand: expr, name, ...tokens.spanFrom(start) };
    } else return expr;
  }
}

function parseAtom(tokens: TokenStream): Expr {
  const token = tokens.peek();
  const { start } = token;
  switch (token.kind) {
    case 'string': {
      let value = '';
      while (tokens.peek().kind === 'string') value += tokens.take().value;
      return { kind: 'string', value, ...tokens.spanFrom(start) };
    }
    case 'number':
      return parseNumber(tokens);
    case 'quoted':
      return parsePath(tokens);
    case 'word':
      return parseWord(tokens);
    case 'symbol':
      if (tokens.isSymbol('(')) return parseBrackets(tokens);
      if (tokens.takeSymbol('*')) return parseStar(tokens, [], start);
      break;
    case 'end':
      break;
  }
  return tokens.fail('Write an expression here.');
}

const suffixes = {
  L: 'bigint',
  S: 'smallint',
  Y: 'tinyint',
  D: 'double',
  F: 'float',
} as const;

function parseNumber(tokens: TokenStream): Expr {
  const { value, start, end } = tokens.take();
  const suffix = value.slice(-1).toUpperCase();
  if (/BD$/i.test(value)) return numberOf(value.slice(0, -2), decimalOf(value.slice(0, -2)));
  if (suffix in suffixes) {
    return numberOf(value.slice(0, -1), suffixes[suffix as keyof typeof suffixes]);
  }
  if (/e/i.test(value)) return numberOf(value, 'double');
  if (value.includes('.')) return numberOf(value, decimalOf(value));
  const whole = BigInt(value);
  if (whole < 2n ** 31n) return numberOf(value, 'int');
  return numberOf(value, whole < 2n ** 63n ? 'bigint' : decimalOf(value));

  function numberOf(digits: string, type: Extract<Expr, { kind: 'number' }>['type']): Expr {
    return { kind: 'number', digits, type, start, end };
  }
}

function decimalOf(digits: string): Extract<Expr, { kind: 'number' }>['type'] {
  const [whole = '', fraction = ''] = digits.replace(/^0+(?=\d)/, '').split('.');
  const integral = whole === '0' ? 0 : whole.length;
  return {
    kind: 'decimal',
    precision: Math.max(1, integral + fraction.length),
    scale: fraction.length,
  };
}

/** `(query)`, `(expression)`, `(a, b)`, `(a, b) -> body`. */
function parseBrackets(tokens: TokenStream): Expr {
  const { start } = tokens.peek();
  if (startsQuery(tokens, 1)) {
    tokens.take();
    const query = parseQuery(tokens);
    tokens.expectSymbol(')');
    return { kind: 'subquery', query, ...tokens.spanFrom(start) };
  }
  const items = tokens.inBrackets(() => parseExpression(tokens));
  const [first] = items;
  const names = items.flatMap((item) => (item.kind === 'column' ? item.path : []));
  if (names.length === items.length && tokens.takeSymbol('->')) {
    return parseLambda(tokens, names, start);
  }
  if (items.length > 1 || first === undefined) {
    return { kind: 'row', items, ...tokens.spanFrom(start) };
  }
  return { ...first, ...tokens.spanFrom(start) };
}

function parseLambda(tokens: TokenStream, parameters: Name[], start: number): Expr {
  const body = parseExpression(tokens);
  return { kind: 'lambda', parameters, body, ...tokens.spanFrom(start) };
}

function parseWord(tokens: TokenStream): Expr {
  const { value, start } = tokens.peek();
  const next = tokens.peek(1);
  if (next.kind === 'string') {
    const typed = parseTyped(tokens, value);
    if (typed !== null) return typed;
  }
  if (tokens.isSymbol('->', 1)) {
    const name = nameOf(tokens.take());
    tokens.take();
    return parseLambda(tokens, [name], start);
  }
  switch (value) {
    case 'NULL':
      tokens.take();
      return { kind: 'null', ...tokens.spanFrom(start) };
    case 'TRUE':
    case 'FALSE':
      tokens.take();
      return { kind: 'boolean', value: value === 'TRUE', ...tokens.spanFrom(start) };
    case 'CASE':
      return parseCase(tokens);
    case 'INTERVAL':
      return parseInterval(tokens) ?? parsePath(tokens);
    case 'EXISTS':
      if (tokens.isSymbol('(', 1) && startsQuery(tokens, 2)) return parseExists(tokens);
  }
  if (reserved.includes(value)) return tokens.fail('Write an expression here.');
  return (value === 'CAST' || value === 'TRY_CAST') && tokens.isSymbol('(', 1)
    ? parseCast(tokens)
    : (parseCall(tokens) ?? parsePath(tokens));
}

function parseCast(tokens: TokenStream): Expr {
  const { start, value } = tokens.take();
  tokens.expectSymbol('(');
  const operand = parseExpression(tokens);
  tokens.expectWords('AS');
  const type = parseType(tokens);
  tokens.expectSymbol(')');
  return { kind: 'cast', operand, type, lenient: value === 'TRY_CAST', ...tokens.spanFrom(start) };
}

function parseExists(tokens: TokenStream): Expr {
  const { start } = tokens.take();
  tokens.expectSymbol('(');
  const query = parseQuery(tokens);
  tokens.expectSymbol(')');
  return { kind: 'exists', query, ...tokens.spanFrom(start) };
}

/** `DATE '…'`, `TIMESTAMP '…'`, `X'…'`. */
function parseTyped(tokens: TokenStream, word: string): Expr | null {
  const { start } = tokens.peek();
  const type = /^TIMESTAMP(_LTZ|_NTZ)?$/.test(word)
    ? 'timestamp'
    : ({ DATE: 'date', X: 'binary' } as const)[word];
  if (type === undefined) return null;
  tokens.take();
  const { value } = tokens.take();
  return { kind: 'typed', type, value, ...tokens.spanFrom(start) };
}

function parseCase(tokens: TokenStream): Expr {
  const { start } = tokens.take();
  const operand = tokens.isWord('WHEN') ? null : parseExpression(tokens);
  const branches: CaseBranch[] = [];
  while (tokens.takeWords('WHEN')) {
    const when = parseExpression(tokens);
    tokens.expectWords('THEN');
    branches.push({ when, then: parseExpression(tokens) });
  }
  if (branches.length === 0) tokens.fail('Write WHEN here.');
  const otherwise = tokens.takeWords('ELSE') ? parseExpression(tokens) : null;
  tokens.expectWords('END');
  return { kind: 'case', operand, branches, otherwise, ...tokens.spanFrom(start) };
}

/** A column, or a star with its qualifier. */
function parsePath(tokens: TokenStream): Expr {
  const { start } = tokens.peek();
  const path = [tokens.expectName('a name')];
  while (tokens.isSymbol('.')) {
    if (tokens.isSymbol('*', 1)) {
      tokens.take();
      tokens.take();
      return parseStar(tokens, path, start);
    }
    tokens.take();
    path.push(tokens.expectName('a name'));
  }
  return { kind: 'column', path, ...tokens.spanFrom(start) };
}

function parseStar(tokens: TokenStream, qualifier: Name[], start: number): Expr {
  const named = tokens.isWord('EXCEPT') && tokens.isSymbol('(', 1) && !startsQuery(tokens, 2);
  const except =
    named && tokens.takeWords('EXCEPT')
      ? tokens.inBrackets(() => tokens.expectName('a column'))
      : [];
  return { kind: 'star', qualifier, except, ...tokens.spanFrom(start) };
}
