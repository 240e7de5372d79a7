import type {
  CommonTable,
  Expr,
  Grouping,
  LateralView,
  NamedWindow,
  Query,
  QueryBody,
  Select,
  SelectItem,
  SortItem,
} from '../ast.ts';
import { parseExpression } from './expression.ts';
import { notAliases } from './keywords.ts';
import { parseAlias, parseRelation } from './relation.ts';
import type { TokenStream } from './token-stream.ts';
import { parseSortItems, parseWindow } from './window.ts';

/** Whether a query begins at the token `ahead`, behind any opening brackets. */
export function startsQuery(tokens: TokenStream, ahead: number): boolean {
  let at = ahead;
  while (tokens.isSymbol('(', at)) at += 1;
  if (tokens.isWord('VALUES', at)) return tokens.isSymbol('(', at + 1);
  return tokens.isWord(['SELECT', 'WITH', 'FROM'], at);
}

/** Reads a query (`query` of Spark's grammar). */
export function parseQuery(tokens: TokenStream): Query {
  const { start } = tokens.peek();
  const commonTables = tokens.takeWords('WITH') ? tokens.list(() => parseCommonTable(tokens)) : [];
  const body = parseSetOperations(tokens);
  const orderBy = parseOrder(tokens);
  if (tokens.isWord('WINDOW')) {
    if (body.kind !== 'select') return tokens.fail('A WINDOW clause belongs to one SELECT.');
    body.windows = parseWindows(tokens);
  }
  const limit =
    tokens.takeWords('LIMIT') && !tokens.takeWords('ALL') ? parseExpression(tokens) : null;
  const offset = tokens.takeWords('OFFSET') ? parseExpression(tokens) : null;
  return { with: commonTables, body, orderBy, limit, offset, ...tokens.spanFrom(start) };
}

function parseCommonTable(tokens: TokenStream): CommonTable {
  const name = tokens.expectName('the name of a query');
  const columns = tokens.isSymbol('(')
    ? tokens.inBrackets(() => tokens.expectName('a column'))
    : [];
  tokens.takeWords('AS');
  tokens.expectSymbol('(');
  const query = parseQuery(tokens);
  tokens.expectSymbol(')');
  return { name, columns, query };
}

/** ORDER BY, SORT BY, CLUSTER BY, DISTRIBUTE BY, in any order. */
function parseOrder(tokens: TokenStream): SortItem[] {
  let items: SortItem[] = [];
  for (;;) {
    if (tokens.takeWords('DISTRIBUTE', 'BY')) tokens.list(() => parseExpression(tokens));
    else if (
      tokens.takeWords('ORDER', 'BY') ||
      tokens.takeWords('SORT', 'BY') ||
      tokens.takeWords('CLUSTER', 'BY')
    ) {
      items = parseSortItems(tokens);
    } else return items;
  }
}

function parseSetOperations(tokens: TokenStream): QueryBody {
  const { start } = tokens.peek();
  let left = parseIntersections(tokens);
  for (;;) {
    const word = (['UNION', 'EXCEPT', 'MINUS'] as const).find((each) => tokens.takeWords(each));
    if (word === undefined) return left;
    const operator = word === 'MINUS' ? 'EXCEPT' : word;
    const all = parseQuantifier(tokens);
    const right = parseIntersections(tokens);
    left = { kind: 'set', operator, all, left, right, ...tokens.spanFrom(start) };
  }
}

function parseIntersections(tokens: TokenStream): QueryBody {
  const { start } = tokens.peek();
  let left = parseBody(tokens);
  while (tokens.takeWords('INTERSECT')) {
    const all = parseQuantifier(tokens);
    const right = parseBody(tokens);
    left = { kind: 'set', operator: 'INTERSECT', all, left, right, ...tokens.spanFrom(start) };
  }
  return left;
}

function parseQuantifier(tokens: TokenStream): boolean {
  const all = tokens.takeWords('ALL');
  if (!all) tokens.takeWords('DISTINCT');
  return all;
}

function parseBody(tokens: TokenStream): QueryBody {
  const { start } = tokens.peek();
  if (tokens.takeSymbol('(')) {
    const query = parseQuery(tokens);
    tokens.expectSymbol(')');
    return { kind: 'parenthesised', query, ...tokens.spanFrom(start) };
  }
  if (tokens.takeWords('VALUES')) {
    const rows = parseRows(tokens);
    return { kind: 'values', rows, alias: parseAlias(tokens), ...tokens.spanFrom(start) };
  }
  if (tokens.takeWords('TABLE')) {
    const names = [tokens.expectName('a table')];
    while (tokens.takeSymbol('.')) names.push(tokens.expectName('a table'));
    const path = { names, ...tokens.spanFrom(start) };
    return { kind: 'table', path, ...tokens.spanFrom(start) };
  }
  return parseSelect(tokens);
}

/** The rows behind VALUES: one value is a row of its own. */
export function parseRows(tokens: TokenStream): Expr[][] {
  return tokens.list(() => {
    const row = parseExpression(tokens);
    if (row.kind === 'row') return row.items;
    const struct = row.kind === 'call' && row.name === 'struct';
    return struct ? row.arguments.filter((_, index) => index % 2 === 1) : [row];
  });
}

/** `SELECT … FROM …`, or Hive's order `FROM … SELECT …`. */
function parseSelect(tokens: TokenStream): Select {
  const { start } = tokens.peek();
  const first = parseFrom(tokens);
  tokens.expectWords('SELECT');
  const distinct = tokens.takeWords('DISTINCT');
  if (!distinct) tokens.takeWords('ALL');
  const items = tokens.list(() => parseSelectItem(tokens));
  const { from, views } = first.from.length > 0 ? first : parseFrom(tokens);
  views.push(...parseViews(tokens));
  const where = tokens.takeWords('WHERE') ? parseExpression(tokens) : null;
  const groupBy = tokens.takeWords('GROUP', 'BY') ? parseGroupings(tokens) : [];
  const having = tokens.takeWords('HAVING') ? parseExpression(tokens) : null;
  const windows = tokens.isWord('WINDOW') ? parseWindows(tokens) : [];
  const clauses = { distinct, items, from, views, where, groupBy, having, windows };
  return { kind: 'select', ...clauses, ...tokens.spanFrom(start) };
}

function parseFrom(tokens: TokenStream): Pick<Select, 'from' | 'views'> {
  if (!tokens.takeWords('FROM')) return { from: [], views: [] };
  const from = tokens.list(() => parseRelation(tokens));
  return { from, views: parseViews(tokens) };
}

/** An item of a select list, or of PIVOT: an expression with its alias. */
export function parseSelectItem(tokens: TokenStream): SelectItem {
  const { start } = tokens.peek();
  const expr = parseExpression(tokens);
  const as = tokens.takeWords('AS');
  if (as && tokens.isSymbol('(')) {
    const columns = tokens.inBrackets(() => tokens.expectName('a column'));
    return { expr, alias: null, columns, ...tokens.spanFrom(start) };
  }
  const { kind } = tokens.peek();
  const named = as || kind === 'quoted' || (kind === 'word' && !tokens.isWord(notAliases));
  const alias = named ? tokens.expectName('a name for the column') : null;
  return { expr, alias, columns: [], ...tokens.spanFrom(start) };
}

function parseViews(tokens: TokenStream): LateralView[] {
  const views: LateralView[] = [];
  for (;;) {
    const { start } = tokens.peek();
    if (!tokens.takeWords('LATERAL', 'VIEW')) return views;
    const outer = tokens.takeWords('OUTER');
    const name = tokens.expectName('a function such as explode');
    tokens.expectSymbol('(');
    const args = tokens.isSymbol(')') ? [] : tokens.list(() => parseExpression(tokens));
    tokens.expectSymbol(')');
    const { kind } = tokens.peek();
    const named = kind === 'quoted' || (kind === 'word' && !tokens.isWord(notAliases));
    const table = named ? tokens.expectName('a table') : null;
    const columns = tokens.takeWords('AS') ? tokens.list(() => tokens.expectName('a column')) : [];
    views.push({ outer, name, arguments: args, table, columns, ...tokens.spanFrom(start) });
  }
}

/** GROUP BY: items, ROLLUP, CUBE and GROUPING SETS; and Hive's WITH ROLLUP, WITH CUBE behind the items. */
function parseGroupings(tokens: TokenStream): Grouping[] {
  const groupings: Grouping[] = [];
  do {
    const kind = tokens.takeWords('GROUPING', 'SETS') ? 'sets' : rollupOrCube(tokens, 1);
    if (kind === null) groupings.push({ kind: 'one', expr: parseExpression(tokens) });
    else groupings.push({ kind, sets: tokens.inBrackets(() => parseSet(tokens)) });
  } while (tokens.takeSymbol(','));
  const plain = groupings.flatMap((each) => (each.kind === 'one' ? [each.expr] : []));
  if (tokens.takeWords('GROUPING', 'SETS')) {
    return [{ kind: 'sets', sets: tokens.inBrackets(() => parseSet(tokens)), columns: plain }];
  }
  if (!tokens.takeWords('WITH')) return groupings;
  const kind = rollupOrCube(tokens, 0) ?? tokens.fail('Write ROLLUP or CUBE here.');
  return [{ kind, sets: plain.map((expr) => [expr]) }];
}

function rollupOrCube(tokens: TokenStream, brackets: number): 'rollup' | 'cube' | null {
  if (brackets > 0 && !tokens.isSymbol('(', 1)) return null;
  if (tokens.takeWords('ROLLUP')) return 'rollup';
  return tokens.takeWords('CUBE') ? 'cube' : null;
}

function parseSet(tokens: TokenStream): Expr[] {
  if (!tokens.isSymbol('(')) return [parseExpression(tokens)];
  if (tokens.isSymbol(')', 1)) {
    tokens.take();
    tokens.take();
    return [];
  }
  return tokens.inBrackets(() => parseExpression(tokens));
}

function parseWindows(tokens: TokenStream): NamedWindow[] {
  tokens.expectWords('WINDOW');
  return tokens.list(() => {
    const name = tokens.expectName('a window');
    tokens.takeWords('AS');
    return { name, window: parseWindow(tokens) };
  });
}
