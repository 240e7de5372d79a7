import type { CallShape, Expr } from '../ast.ts';
import type { Token } from '../lexer.ts';
import { parseExpression } from './expression.ts';
import { parseSpecialCall } from './special-call.ts';
import type { TokenStream } from './token-stream.ts';
import { parseSortItems, parseWindow } from './window.ts';

/** Functions that may be called without brackets. */
const withoutBrackets = ['CURRENT_DATE', 'CURRENT_TIMESTAMP', 'LOCALTIMESTAMP', 'CURRENT_USER'];

/** Reads a function call; `null` if the word that comes next does not begin one. */
export function parseCall(tokens: TokenStream): Expr | null {
  const word = tokens.peek();
  if (!tokens.isSymbol('(', 1)) {
    if (!withoutBrackets.includes(word.value) || tokens.isSymbol('.', 1)) return null;
    tokens.take();
    return { ...emptyCall(word, word.value.toLowerCase()), start: word.start, end: word.end };
  }
  const special = parseSpecialCall(tokens);
  if (special === null) return parsePlainCall(tokens);
  const { name, args } = special;
  return { ...emptyCall(word, name), arguments: args, ...tokens.spanFrom(word.start) };
}

function emptyCall({ start, end }: Token, name: string): CallShape {
  return {
    kind: 'call',
    name,
    nameSpan: { start, end },
    arguments: [],
    distinct: false,
    filter: null,
    ignoreNulls: false,
    withinGroup: [],
    over: null,
  };
}

/** `name(DISTINCT a, b) WITHIN GROUP (…) FILTER (…) IGNORE NULLS OVER (…)`. */
function parsePlainCall(tokens: TokenStream): Expr {
  const word = tokens.take();
  const call = emptyCall(word, word.text.toLowerCase());
  tokens.expectSymbol('(');
  call.distinct = tokens.takeWords('DISTINCT');
  if (!tokens.isSymbol(')')) call.arguments = tokens.list(() => parseArgument(tokens));
  if (tokens.takeWords('IGNORE', 'NULLS')) call.ignoreNulls = true;
  tokens.expectSymbol(')');
  if (tokens.takeWords('WITHIN', 'GROUP')) {
    tokens.expectSymbol('(');
    tokens.expectWords('ORDER', 'BY');
    call.withinGroup = parseSortItems(tokens);
    tokens.expectSymbol(')');
  }
  if (tokens.isSymbol('(', 1) && tokens.takeWords('FILTER')) {
    tokens.expectSymbol('(');
    tokens.expectWords('WHERE');
    call.filter = parseExpression(tokens);
    tokens.expectSymbol(')');
  }
  if (tokens.takeWords('IGNORE', 'NULLS')) call.ignoreNulls = true;
  else tokens.takeWords('RESPECT', 'NULLS');
  if (tokens.takeWords('OVER')) {
    call.over = tokens.isSymbol('(') ? parseWindow(tokens) : tokens.expectName('a window');
  }
  return { ...call, ...tokens.spanFrom(word.start) };
}

/** `name => value` is read as the value: arguments keep their places here. */
function parseArgument(tokens: TokenStream): Expr {
  if (tokens.isSymbol('=>', 1)) {
    tokens.take();
    tokens.take();
  }
  return parseExpression(tokens);
}
