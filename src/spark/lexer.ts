import { sqlError } from './sql-error.ts';
import type { Span } from './sql-error.ts';

/** A token of Spark SQL. White space, comments and hints are left out. */
export interface Token extends Span {
  kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol' | 'end';
  /** As it was written. */
  text: string;
  /** A word in capitals; what a string or quoted name stands for; else as it was written. */
  value: string;
}

const symbols = ['<=>', '<>', '!=', '==', '<=', '>=', '||', '->', '=>', '::'];

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  // Kept with their backslashes, because LIKE gives them a meaning.
  '%': '\\%',
  _: '\\_',
};

const numberPattern = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?:BD|[LSYDF])?(?![A-Za-z0-9_])/iy;
const wordPattern = /[\p{L}\p{M}\p{N}_]+/uy;
const rawPattern = /r['"]/iy;
const spacePattern = /\s+|--[^\n]*/y;

function matchAt(pattern: RegExp, sql: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0] ?? null;
}

/**
 * Splits a statement into tokens, by the rules of Spark's `SqlBaseLexer.g4` and `ParserUtils.unescapeSQLString`.
 * The last token is of the kind `end`. Throws `SqlInvalid` for a comment, string or name that does not end.
 */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at = skipSpace(sql, at);
    const start = at;
    if (at >= sql.length) {
      tokens.push({ kind: 'end', text: '', value: '', start, end: start });
      return tokens;
    }
    const token = nextToken(sql, start);
    tokens.push(token);
    at = token.end;
  }
}

function nextToken(sql: string, start: number): Token {
  const character = sql.charAt(start);
  if (character === '`') return quotedName(sql, start);
  if (character === "'" || character === '"') return string(sql, start, start, false);
  if (matchAt(rawPattern, sql, start) !== null) return string(sql, start, start + 1, true);
  const number = matchAt(numberPattern, sql, start);
  if (number !== null) return token('number', sql, start, start + number.length);
  const word = matchAt(wordPattern, sql, start);
  if (word !== null) return token('word', sql, start, start + word.length, word.toUpperCase());
  const symbol = symbols.find((candidate) => sql.startsWith(candidate, start));
  const length = symbol?.length ?? String.fromCodePoint(sql.codePointAt(start) ?? 0).length;
  return token('symbol', sql, start, start + length);
}

function token(
  kind: Token['kind'],
  sql: string,
  start: number,
  end: number,
  value = sql.slice(start, end),
): Token {
  return { kind, text: sql.slice(start, end), value, start, end };
}

function skipSpace(sql: string, from: number): number {
  let at = from;
  for (;;) {
    const space = matchAt(spacePattern, sql, at);
    if (space !== null) at += space.length;
    else if (sql.startsWith('/*', at)) at = skipComment(sql, at);
    else return at;
  }
}

/** Bracketed comments nest. A hint is a comment here: it has no effect on results. */
function skipComment(sql: string, start: number): number {
  let depth = 0;
  for (let at = start; at < sql.length; at++) {
    if (sql.startsWith('/*', at)) [depth, at] = [depth + 1, at + 1];
    else if (sql.startsWith('*/', at)) [depth, at] = [depth - 1, at + 1];
    if (depth === 0) return at + 1;
  }
  throw unclosed(sql, start, 'comment', '*/');
}

function quotedName(sql: string, start: number): Token {
  for (let at = start + 1; at < sql.length; at++) {
    if (sql[at] !== '`') continue;
    if (sql[at + 1] === '`') at += 1;
    else {
      const value = sql.slice(start + 1, at).replaceAll('``', '`');
      return token('quoted', sql, start, at + 1, value);
    }
  }
  throw unclosed(sql, start, 'name', '`');
}

function string(sql: string, start: number, open: number, raw: boolean): Token {
  const quote = sql.charAt(open);
  let value = '';
  for (let at = open + 1; at < sql.length; at++) {
    const character = sql.charAt(at);
    if (character === quote) return token('string', sql, start, at + 1, value);
    if (character !== '\\' || raw) value += character;
    else {
      const { text, length } = unescape(sql, at);
      value += text;
      at += length - 1;
    }
  }
  throw unclosed(sql, start, 'string', quote);
}

function unescape(sql: string, at: number): { text: string; length: number } {
  const octal = /^\\([0-3][0-7]{2})/.exec(sql.slice(at, at + 4))?.[1];
  if (octal !== undefined) {
    return { text: String.fromCharCode(Number.parseInt(octal, 8)), length: 4 };
  }
  const code = /^\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(sql.slice(at, at + 10));
  const point = Number.parseInt(code?.[1] ?? code?.[2] ?? '', 16);
  if (point <= 0x10ffff) {
    return { text: String.fromCodePoint(point), length: code?.[0].length ?? 0 };
  }
  const next = sql.charAt(at + 1);
  return { text: escapes[next] ?? next, length: 2 };
}

function unclosed(sql: string, start: number, what: string, close: string): Error {
  return sqlError(
    sql,
    { start, end: sql.length },
    'PARSE_SYNTAX_ERROR',
    `This ${what} does not end.`,
    `Close it with ${close}`,
  );
}
