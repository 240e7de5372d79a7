import type { Alias, AsOf, JoinType, Name, Relation } from '../ast.ts';
import { parseExpression } from './expression.ts';
import { notAliases } from './keywords.ts';
import { parseQuery, parseRows, parseSelectItem, startsQuery } from './query.ts';
import { nameOf } from './token-stream.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads a relation of FROM with its joins and pivots (`relation` of Spark's grammar). */
export function parseRelation(tokens: TokenStream): Relation {
  const { start } = tokens.peek();
  let relation = parsePrimary(tokens);
  for (;;) {
    const next = parseJoin(tokens, relation, start) ?? parsePivot(tokens, relation, start);
    if (next === null) return relation;
    relation = next;
  }
}

const joins: readonly { words: string[]; type: JoinType }[] = [
  { words: ['INNER', 'JOIN'], type: 'INNER' },
  { words: ['JOIN'], type: 'INNER' },
  { words: ['CROSS', 'JOIN'], type: 'CROSS' },
  { words: ['LEFT', 'OUTER', 'JOIN'], type: 'LEFT' },
  { words: ['LEFT', 'SEMI', 'JOIN'], type: 'LEFT SEMI' },
  { words: ['LEFT', 'ANTI', 'JOIN'], type: 'LEFT ANTI' },
  { words: ['LEFT', 'JOIN'], type: 'LEFT' },
  { words: ['SEMI', 'JOIN'], type: 'LEFT SEMI' },
  { words: ['ANTI', 'JOIN'], type: 'LEFT ANTI' },
  { words: ['RIGHT', 'OUTER', 'JOIN'], type: 'RIGHT' },
  { words: ['RIGHT', 'JOIN'], type: 'RIGHT' },
  { words: ['FULL', 'OUTER', 'JOIN'], type: 'FULL' },
  { words: ['FULL', 'JOIN'], type: 'FULL' },
];

function parseJoin(tokens: TokenStream, left: Relation, start: number): Relation | null {
  const natural = tokens.takeWords('NATURAL');
  const join = joins.find(({ words }) => tokens.takeWords(...words));
  if (join === undefined) return natural ? tokens.fail('Write JOIN here.') : null;
  const right = parsePrimary(tokens);
  const on = tokens.takeWords('ON') ? parseExpression(tokens) : null;
  const using = tokens.takeWords('USING')
    ? tokens.inBrackets(() => tokens.expectName('a column'))
    : [];
  const { type } = join;
  return { kind: 'join', type, natural, left, right, on, using, ...tokens.spanFrom(start) };
}

function parsePrimary(tokens: TokenStream): Relation {
  const { start } = tokens.peek();
  const lateral = !tokens.isWord('VIEW', 1) && tokens.takeWords('LATERAL');
  if (tokens.isSymbol('(')) {
    if (startsQuery(tokens, 0)) {
      tokens.take();
      const query = parseQuery(tokens);
      tokens.expectSymbol(')');
      const alias = parseAlias(tokens);
      return { kind: 'query', query, lateral, alias, ...tokens.spanFrom(start) };
    }
    tokens.take();
    const relation = parseRelation(tokens);
    tokens.expectSymbol(')');
    const alias = parseAlias(tokens);
    return { kind: 'group', relation, alias, ...tokens.spanFrom(start) };
  }
  if (tokens.isWord('VALUES') && !tokens.isSymbol('.', 1)) {
    tokens.take();
    const rows = parseRows(tokens);
    return { kind: 'values', rows, alias: parseAlias(tokens), ...tokens.spanFrom(start) };
  }
  if (tokens.isSymbol('(', 1)) return parseFunction(tokens, lateral);
  return parseTable(tokens);
}

function parseFunction(tokens: TokenStream, lateral: boolean): Relation {
  const { start } = tokens.peek();
  const name = tokens.expectName('a function');
  tokens.expectSymbol('(');
  const args = tokens.isSymbol(')') ? [] : tokens.list(() => parseExpression(tokens));
  tokens.expectSymbol(')');
  const alias = parseAlias(tokens);
  return { kind: 'function', name, arguments: args, lateral, alias, ...tokens.spanFrom(start) };
}

function parseTable(tokens: TokenStream): Relation {
  const { start } = tokens.peek();
  const names = [parseTableName(tokens)];
  while (tokens.takeSymbol('.')) names.push(parseTableName(tokens));
  const path = { names, ...tokens.spanFrom(start) };
  const asOf = parseAsOf(tokens);
  if (tokens.isWord('TABLESAMPLE')) tokens.fail('A sample of a table cannot be taken here.');
  const alias = parseAlias(tokens);
  return { kind: 'table', path, asOf, alias, ...tokens.spanFrom(start) };
}

/** A part of a table's name. In double quotes too, as the Workbench's users write it: no string may stand here. */
function parseTableName(tokens: TokenStream): Name {
  const token = tokens.peek();
  if (token.kind === 'string' && token.text.startsWith('"')) return nameOf(tokens.take());
  if (token.kind === 'word' && notAliases.includes(token.value)) tokens.fail('Write a table here.');
  return tokens.expectName('a table');
}

/** `VERSION AS OF 3`, `FOR SYSTEM_TIME AS OF '…'` and the like. */
function parseAsOf(tokens: TokenStream): AsOf | null {
  const ahead = tokens.isWord('FOR') ? 1 : 0;
  const kinds: Readonly<Record<string, AsOf['kind']>> = {
    VERSION: 'version',
    SYSTEM_VERSION: 'version',
    TIMESTAMP: 'timestamp',
    SYSTEM_TIME: 'timestamp',
  };
  const { value } = tokens.peek(ahead);
  const kind = Object.hasOwn(kinds, value) ? kinds[value] : undefined;
  if (kind === undefined || !tokens.isWord('AS', ahead + 1) || !tokens.isWord('OF', ahead + 2)) {
    return null;
  }
  for (let taken = 0; taken < ahead + 3; taken++) tokens.take();
  tokens.takeWords('TIMESTAMP');
  const token = tokens.peek();
  if (token.kind !== 'number' && token.kind !== 'string') {
    tokens.fail(kind === 'version' ? 'Write a snapshot id here.' : 'Write a timestamp in quotes.');
  }
  return { kind, value: tokens.take().value };
}

/** `[AS] name [(columns)]`. */
export function parseAlias(tokens: TokenStream): Alias | null {
  const as = tokens.takeWords('AS');
  const { kind } = tokens.peek();
  if (!as && kind !== 'quoted' && (kind !== 'word' || tokens.isWord(notAliases))) return null;
  const name = tokens.expectName('a name for the table');
  const columns = tokens.isSymbol('(')
    ? tokens.inBrackets(() => tokens.expectName('a column'))
    : [];
  return { name, columns };
}

function parsePivot(tokens: TokenStream, relation: Relation, start: number): Relation | null {
  if (tokens.isWord('UNPIVOT')) return parseUnpivot(tokens, relation, start);
  if (!tokens.isWord('PIVOT') || !tokens.isSymbol('(', 1)) return null;
  tokens.take();
  tokens.expectSymbol('(');
  const aggregates = tokens.list(() => parseSelectItem(tokens));
  tokens.expectWords('FOR');
  const column = tokens.expectName('a column');
  tokens.expectWords('IN');
  const values = tokens.inBrackets(() => parseSelectItem(tokens));
  tokens.expectSymbol(')');
  const alias = parseAlias(tokens);
  const pivot = { kind: 'pivot', relation, aggregates, column, values, alias } as const;
  return { ...pivot, ...tokens.spanFrom(start) };
}

function parseUnpivot(tokens: TokenStream, relation: Relation, start: number): Relation {
  tokens.take();
  const includeNulls = tokens.takeWords('INCLUDE', 'NULLS');
  if (!includeNulls) tokens.takeWords('EXCLUDE', 'NULLS');
  tokens.expectSymbol('(');
  const value = tokens.expectName('a column for the values');
  tokens.expectWords('FOR');
  const name = tokens.expectName('a column for the names');
  tokens.expectWords('IN');
  const columns = tokens.inBrackets(() => {
    const path = [tokens.expectName('a column')];
    while (tokens.takeSymbol('.')) path.push(tokens.expectName('a column'));
    return { path, alias: tokens.takeWords('AS') ? tokens.expectName('a name') : null };
  });
  tokens.expectSymbol(')');
  const alias = parseAlias(tokens);
  const unpivot = { kind: 'unpivot', relation, includeNulls, value, name, columns, alias } as const;
  return { ...unpivot, ...tokens.spanFrom(start) };
}
