import type { Expr } from '../ast.ts';
import { parseExpression, parseOperand } from './expression.ts';
import type { TokenStream } from './token-stream.ts';

/** A call that is written in a syntax of its own, as the plain call that it stands for. */
interface SpecialCall {
  name: string;
  args: Expr[];
}

type Parse = (tokens: TokenStream, word: string) => SpecialCall | null;

const parsers: Readonly<Record<string, Parse>> = {
  EXTRACT: parseExtract,
  POSITION: parsePosition,
  SUBSTRING: parseSubstring,
  SUBSTR: parseSubstring,
  TRIM: parseTrim,
  OVERLAY: parseOverlay,
  STRUCT: parseStruct,
  TIMESTAMPADD: parseWithUnit,
  TIMESTAMPDIFF: parseWithUnit,
  DATEADD: parseWithUnit,
  DATE_ADD: parseWithUnit,
  DATEDIFF: parseWithUnit,
  DATE_DIFF: parseWithUnit,
};

/** Reads a call that has a syntax of its own; `null`, with nothing taken, if the call is a plain one. */
export function parseSpecialCall(tokens: TokenStream): SpecialCall | null {
  const position = tokens.position;
  const { value } = tokens.peek();
  const parse = Object.hasOwn(parsers, value) ? parsers[value] : undefined;
  if (parse === undefined) return null;
  tokens.take();
  tokens.expectSymbol('(');
  const call = parse(tokens, value);
  if (call === null) tokens.rewind(position);
  else tokens.expectSymbol(')');
  return call;
}

/** `EXTRACT(unit FROM source)`. */
function parseExtract(tokens: TokenStream): SpecialCall {
  const unit = tokens.expectName('a unit such as YEAR');
  tokens.expectWords('FROM');
  const field: Expr = { kind: 'string', value: unit.text, start: unit.start, end: unit.end };
  return { name: 'extract', args: [field, parseExpression(tokens)] };
}

/** `POSITION(needle IN text)`. */
function parsePosition(tokens: TokenStream): SpecialCall | null {
  const needle = parseOperand(tokens);
  if (!tokens.takeWords('IN')) return null;
  return { name: 'locate', args: [needle, parseExpression(tokens)] };
}

/** `SUBSTRING(text FROM start FOR length)`. */
function parseSubstring(tokens: TokenStream): SpecialCall | null {
  const args = [parseExpression(tokens)];
  if (!tokens.takeWords('FROM')) return null;
  args.push(parseExpression(tokens));
  if (tokens.takeWords('FOR')) args.push(parseExpression(tokens));
  return { name: 'substring', args };
}

/** `TRIM(BOTH characters FROM text)`. */
function parseTrim(tokens: TokenStream): SpecialCall | null {
  const sides = { BOTH: 'trim', LEADING: 'ltrim', TRAILING: 'rtrim' } as const;
  const side = (['BOTH', 'LEADING', 'TRAILING'] as const).find((word) => tokens.takeWords(word));
  const characters = tokens.isWord('FROM') ? [] : [parseExpression(tokens)];
  if (!tokens.takeWords('FROM')) return null;
  return { name: sides[side ?? 'BOTH'], args: [...characters, parseExpression(tokens)] };
}

/** `OVERLAY(text PLACING other FROM start FOR length)`. */
function parseOverlay(tokens: TokenStream): SpecialCall | null {
  const args = [parseExpression(tokens)];
  if (!tokens.takeWords('PLACING')) return null;
  args.push(parseExpression(tokens));
  tokens.expectWords('FROM');
  args.push(parseExpression(tokens));
  if (tokens.takeWords('FOR')) args.push(parseExpression(tokens));
  return { name: 'overlay', args };
}

/** `struct(a AS x, b)`: each value behind the name of its field. */
function parseStruct(tokens: TokenStream): SpecialCall {
  const args: Expr[] = [];
  while (!tokens.isSymbol(')')) {
    const value = parseExpression(tokens);
    const { start, end } = value;
    const given = tokens.takeWords('AS') ? tokens.expectName('a name').text : fieldName(value);
    const name = given ?? `col${String(args.length / 2 + 1)}`;
    args.push({ kind: 'string', value: name, start, end }, value);
    if (!tokens.takeSymbol(',')) break;
  }
  return { name: 'struct', args };
}

function fieldName(value: Expr): string | undefined {
  if (value.kind === 'field') return value.name.text;
  return value.kind === 'column' ? value.path.at(-1)?.text : undefined;
}

/** `timestampdiff(HOUR, from, to)` and its relatives, if the first argument is a unit. */
function parseWithUnit(tokens: TokenStream, word: string): SpecialCall | null {
  const { kind, value, start, end } = tokens.peek();
  if (kind !== 'word' || !tokens.isSymbol(',', 1)) return null;
  tokens.take();
  tokens.take();
  const rest = tokens.list(() => parseExpression(tokens));
  if (rest.length !== 2) return null;
  const unit: Expr = { kind: 'string', value, start, end };
  return { name: word.includes('DIFF') ? 'timestampdiff' : 'timestampadd', args: [unit, ...rest] };
}
