import { byteAt, char, Malformed } from './byte.ts';
import { type JsonColumn, kind } from './column.ts';

const longMin = -(2n ** 63n);
const longMax = 2n ** 63n - 1n;

/** The powers of ten that a double holds exactly. */
const powersOfTen = Array.from({ length: 23 }, (_, exponent) => Number(`1e${String(exponent)}`));

/**
 * Puts the number that begins at `at` into a cell: a `long` if it is whole and fits 64 bits, `big` if it is whole,
 * else a `double`. Returns where it ends. Throws `Malformed`.
 */
export function parseNumber(
  bytes: Uint8Array,
  column: JsonColumn,
  row: number,
  at: number,
): number {
  const begin = at;
  const negative = byteAt(bytes, at) === char.minus;
  if (negative) at += 1;
  const first = at;
  let digits = 0;
  let c = byteAt(bytes, at);
  while (c >= char.zero && c <= char.nine) {
    digits = digits * 10 + (c - char.zero);
    c = byteAt(bytes, (at += 1));
  }
  if (at === first) throw new Malformed('expected a digit', at);
  if (byteAt(bytes, first) === char.zero && at > first + 1) {
    throw new Malformed('a number begins with a needless zero', first);
  }
  if (c === char.point || (c | 0x20) === letterE) {
    return parseFraction(bytes, column, row, begin, at, digits);
  }
  // 15 digits are exact in a double.
  if (at - first <= 15) column.setLong(row, negative ? -digits : digits);
  else setLongDigits(bytes, column, row, begin, at);
  return at;
}

const letterE = 0x65;

function setLongDigits(
  bytes: Uint8Array,
  column: JsonColumn,
  row: number,
  begin: number,
  end: number,
): void {
  const value = BigInt(asciiText(bytes, begin, end));
  if (value >= longMin && value <= longMax) column.setBigLong(row, value);
  else column.setBytes(row, kind.big, bytes, begin, end);
}

/** Goes on after the whole part: `digits` is its value, inexact if large. */
function parseFraction(
  bytes: Uint8Array,
  column: JsonColumn,
  row: number,
  begin: number,
  at: number,
  digits: number,
): number {
  let scale = 0;
  let c = byteAt(bytes, at);
  if (c === char.point) {
    const first = at + 1;
    c = byteAt(bytes, (at = first));
    while (c >= char.zero && c <= char.nine) {
      digits = digits * 10 + (c - char.zero);
      c = byteAt(bytes, (at += 1));
    }
    if (at === first) throw new Malformed('expected a digit after the point', at);
    scale = first - at;
  }
  if ((c | 0x20) === letterE) {
    c = byteAt(bytes, (at += 1));
    const below = c === char.minus;
    if (below || c === char.plus) c = byteAt(bytes, (at += 1));
    const first = at;
    let exponent = 0;
    while (c >= char.zero && c <= char.nine) {
      exponent = exponent * 10 + (c - char.zero);
      c = byteAt(bytes, (at += 1));
    }
    if (at === first) throw new Malformed('expected a digit of the exponent', at);
    scale += below ? -exponent : exponent;
  }
  column.setDouble(row, toDouble(bytes, begin, at, digits, scale));
  return at;
}

/** The double nearest to `digits` times ten to the `scale`, as the text from `begin` to `end` spells it. */
function toDouble(
  bytes: Uint8Array,
  begin: number,
  end: number,
  digits: number,
  scale: number,
): number {
  const power = powersOfTen[Math.abs(scale)];
  // Both exact: one operation rounds once. Below 2^53 no digit was lost on the way.
  if (digits < 2 ** 53 && power !== undefined) {
    const value = scale < 0 ? digits / power : digits * power;
    return byteAt(bytes, begin) === char.minus ? -value : value;
  }
  return Number(asciiText(bytes, begin, end));
}

/** The text of bytes that are all ASCII. */
function asciiText(bytes: Uint8Array, begin: number, end: number): string {
  let text = '';
  for (let at = begin; at < end; at += 1) text += String.fromCharCode(byteAt(bytes, at));
  return text;
}
