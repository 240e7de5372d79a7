import { byteAt, char, Malformed } from './byte.ts';

const decoder = new TextDecoder();

/** What a letter after a backslash stands for; the apostrophe is Jackson's addition. */
const escapes = new Map(
  Object.entries({
    '"': '"',
    '\\': '\\',
    '/': '/',
    "'": "'",
    b: '\b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
  }).map(([letter, meant]) => [letter.charCodeAt(0), meant.charCodeAt(0)]),
);

const letterU = 0x75;
const questionMark = 0x3f;

/** Bytes that stand for themselves in a text in quotes: printable ASCII but quote and backslash. */
const plain = Uint8Array.from({ length: 256 }, (_, c) =>
  c >= char.space && c < 0x80 && c !== char.quote && c !== char.backslash ? 1 : 0,
);

/** Where the first byte stands from `at` on that is not plain: the closing quote, in most texts. */
export function plainEnd(bytes: Uint8Array, at: number): number {
  while (plain[byteAt(bytes, at)] === 1) at += 1;
  return at;
}

/** Where the quote stands that closes the text whose opening quote stands at `at`. Throws `Malformed`. */
export function closingQuote(bytes: Uint8Array, at: number): number {
  const quote = byteAt(bytes, at);
  for (at += 1; ; at += 1) {
    let c = byteAt(bytes, at);
    if (c === quote) return at;
    if (c === char.backslash) c = byteAt(bytes, (at += 1));
    if (c < char.space) {
      const within = c === char.tab || c > char.return;
      throw new Malformed(within ? 'a control character in a text' : 'a text is not closed', at);
    }
  }
}

/** The text between two quotes, its escapes undone. Throws `Malformed`. */
export function unescapedText(bytes: Uint8Array, begin: number, end: number): string {
  const out = new Uint8Array(end - begin);
  return decoder.decode(out.subarray(0, unescape(bytes, begin, end, out, 0)));
}

/**
 * Writes the text between two quotes to `out` from `to` on, its escapes undone, as UTF-8 of at most the same length;
 * returns where it ends there. Half a surrogate pair becomes a question mark, as in Java. Throws `Malformed` for an
 * unknown escape and for bytes that are no UTF-8.
 */
export function unescape(
  bytes: Uint8Array,
  begin: number,
  end: number,
  out: Uint8Array,
  to: number,
): number {
  for (let at = begin; at < end;) {
    const c = byteAt(bytes, at);
    if (c === char.backslash) {
      const letter = byteAt(bytes, at + 1);
      if (letter === letterU) {
        const unit = hex(bytes, at + 2);
        at += 6;
        const low = isHighSurrogate(unit) ? lowSurrogate(bytes, at) : -1;
        if (low >= 0) at += 6;
        const point = low < 0 ? unit : 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        to = encode(point, out, to);
      } else {
        const meant = escapes.get(letter);
        if (meant === undefined) throw new Malformed('an unknown escape in a text', at);
        out[to++] = meant;
        at += 2;
      }
    } else {
      const length = c < 0x80 ? 1 : sequenceLength(bytes, at);
      for (const after = at + length; at < after; at += 1) out[to++] = byteAt(bytes, at);
    }
  }
  return to;
}

const isHighSurrogate = (unit: number) => unit >= 0xd800 && unit < 0xdc00;

/** The second half of a surrogate pair as an escape at `at`, -1 if there is none. */
function lowSurrogate(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== char.backslash || bytes[at + 1] !== letterU) return -1;
  const unit = hex(bytes, at + 2);
  return unit >= 0xdc00 && unit < 0xe000 ? unit : -1;
}

function hex(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let digit = 0; digit < 4; digit += 1) {
    const c = byteAt(bytes, at + digit);
    const lower = c | 0x20;
    if (c >= char.zero && c <= char.nine) value = value * 16 + (c - char.zero);
    else if (lower >= 0x61 && lower <= 0x66) value = value * 16 + (lower - 0x57);
    else throw new Malformed('expected four hexadecimal digits', at + digit);
  }
  return value;
}

function encode(point: number, out: Uint8Array, to: number): number {
  if (point >= 0xd800 && point < 0xe000) point = questionMark;
  if (point < 0x80) {
    out[to++] = point;
    return to;
  }
  if (point < 0x800) {
    out[to++] = 0xc0 | (point >> 6);
  } else {
    if (point < 0x10000) {
      out[to++] = 0xe0 | (point >> 12);
    } else {
      out[to++] = 0xf0 | (point >> 18);
      out[to++] = 0x80 | ((point >> 12) & 0x3f);
    }
    out[to++] = 0x80 | ((point >> 6) & 0x3f);
  }
  out[to++] = 0x80 | (point & 0x3f);
  return to;
}

/** How many bytes the character takes whose first byte, not ASCII, stands at `at` (Unicode, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = byteAt(bytes, at);
  const second = byteAt(bytes, at + 1);
  let length = 0;
  if (first >= 0xc2 && first < 0xe0) length = 2;
  else if (first >= 0xe0 && first < 0xf0) length = 3;
  else if (first >= 0xf0 && first < 0xf5) length = 4;
  const overlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const outside = (first === 0xed && second >= 0xa0) || (first === 0xf4 && second >= 0x90);
  let follow = 1;
  while (follow < length && (byteAt(bytes, at + follow) & 0xc0) === 0x80) follow += 1;
  if (length === 0 || follow < length || overlong || outside) {
    throw new Malformed('bytes that are no UTF-8', at);
  }
  return length;
}
