import type { Expr, IntervalPart } from '../ast.ts';
import { intervalUnits } from './keywords.ts';
import type { TokenStream } from './token-stream.ts';

/** Reads an interval; `null` if INTERVAL is a name here. */
export function parseInterval(tokens: TokenStream): Expr | null {
  const { start } = tokens.peek();
  const signed = tokens.isSymbol('-', 1) || tokens.isSymbol('+', 1) ? 2 : 1;
  if (!['number', 'string'].includes(tokens.peek(signed).kind)) return null;
  tokens.take();
  const parts: IntervalPart[] = [];
  while (startsPart(tokens)) {
    const sign = tokens.isSymbol('-') ? '-' : '';
    if (tokens.peek().kind === 'symbol') tokens.take();
    const amount = sign + tokens.take().value;
    const unit = takeUnit(tokens);
    if (unit !== '' && tokens.takeWords('TO'))
      parts.push({ amount, unit: `${unit} TO ${takeUnit(tokens)}` });
    else parts.push({ amount, unit });
    if (unit === '') break;
  }
  return { kind: 'interval', parts, ...tokens.spanFrom(start) };
}

function startsPart(tokens: TokenStream): boolean {
  const signed = tokens.isSymbol('-') || tokens.isSymbol('+') ? 1 : 0;
  const { kind } = tokens.peek(signed);
  if (kind !== 'number' && kind !== 'string') return false;
  const unit = tokens.peek(signed + 1).value;
  return kind === 'string' || intervalUnits.includes(unit.replace(/S$/, ''));
}

function takeUnit(tokens: TokenStream): string {
  const { kind, value } = tokens.peek();
  const unit = value.replace(/S$/, '');
  if (kind !== 'word' || !intervalUnits.includes(unit)) return '';
  tokens.take();
  return unit;
}
