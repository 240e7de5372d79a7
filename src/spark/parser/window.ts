import type { Bound, Frame, SortItem, Window } from '../ast.ts';
import { parseExpression } from './expression.ts';
import type { TokenStream } from './token-stream.ts';

const clauses = ['PARTITION', 'DISTRIBUTE', 'CLUSTER', 'ORDER', 'SORT', 'ROWS', 'RANGE'];

/** Reads `(PARTITION BY … ORDER BY … ROWS BETWEEN … AND …)`. */
export function parseWindow(tokens: TokenStream): Window {
  tokens.expectSymbol('(');
  const window: Window = { base: null, partition: [], order: [], frame: null };
  if (!tokens.isSymbol(')') && !tokens.isWord(clauses)) window.base = tokens.expectName('a window');
  if (tokens.takeWords('PARTITION', 'BY') || tokens.takeWords('DISTRIBUTE', 'BY')) {
    window.partition = tokens.list(() => parseExpression(tokens));
  }
  if (tokens.takeWords('ORDER', 'BY') || tokens.takeWords('SORT', 'BY')) {
    window.order = parseSortItems(tokens);
  }
  if (tokens.isWord(['ROWS', 'RANGE'])) window.frame = parseFrame(tokens);
  tokens.expectSymbol(')');
  return window;
}

function parseFrame(tokens: TokenStream): Frame {
  const unit = tokens.take().value === 'ROWS' ? 'ROWS' : 'RANGE';
  if (!tokens.takeWords('BETWEEN')) {
    return { unit, start: parseBound(tokens), end: { side: 'CURRENT ROW', offset: null } };
  }
  const start = parseBound(tokens);
  tokens.expectWords('AND');
  return { unit, start, end: parseBound(tokens) };
}

function parseBound(tokens: TokenStream): Bound {
  if (tokens.takeWords('CURRENT', 'ROW')) return { side: 'CURRENT ROW', offset: null };
  const offset = tokens.takeWords('UNBOUNDED') ? null : parseExpression(tokens);
  const side = (['PRECEDING', 'FOLLOWING'] as const).find((word) => tokens.takeWords(word));
  return side === undefined ? tokens.fail('Write PRECEDING or FOLLOWING here.') : { side, offset };
}

/** Reads what stands behind ORDER BY. */
export function parseSortItems(tokens: TokenStream): SortItem[] {
  return tokens.list(() => {
    const expr = parseExpression(tokens);
    const direction = tokens.takeWords('DESC') ? 'DESC' : 'ASC';
    if (direction === 'ASC') tokens.takeWords('ASC');
    if (!tokens.takeWords('NULLS')) return { expr, direction, nulls: null };
    const nulls = (['FIRST', 'LAST'] as const).find((word) => tokens.takeWords(word));
    return { expr, direction, nulls: nulls ?? tokens.fail('Write FIRST or LAST here.') };
  });
}
