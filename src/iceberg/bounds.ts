import type { Value } from './manifest-types.ts';

const lastCodePoint = 0x10ffff;

/**
 * A lower bound of at most `width` code points or bytes that is not above the value: its prefix. Numbers and the like
 * stay whole.
 */
export function truncateLower(value: Value, width: number): Value {
  if (typeof value === 'string') return Array.from(value).slice(0, width).join('');
  if (value instanceof Uint8Array) return value.slice(0, width);
  return value;
}

/**
 * An upper bound of at most `width` code points or bytes that is not below the value: a prefix with its last part
 * raised (Java's `UnicodeUtil.truncateStringMax`, `BinaryUtil.truncateBinaryMax`). `null` if there is none.
 */
export function truncateUpper(value: Value, width: number): Value {
  if (typeof value === 'string') return truncateTextUpper(value, width);
  if (value instanceof Uint8Array) return truncateBytesUpper(value, width);
  return value;
}

function truncateTextUpper(value: string, width: number): string | null {
  const points = Array.from(value, (char) => char.codePointAt(0) ?? 0);
  if (points.length <= width) return value;
  for (let end = width; end > 0; end -= 1) {
    const last = points[end - 1] ?? 0;
    if (last < lastCodePoint) return String.fromCodePoint(...points.slice(0, end - 1), next(last));
  }
  return null;
}

/** The next code point that text can hold: surrogates stand for nothing by themselves. */
function next(point: number): number {
  return point >= 0xd7ff && point < 0xe000 ? 0xe000 : point + 1;
}

function truncateBytesUpper(value: Uint8Array, width: number): Uint8Array | null {
  if (value.length <= width) return value;
  for (let end = width; end > 0; end -= 1) {
    const last = value[end - 1] ?? 0;
    if (last < 0xff) {
      const bound = value.slice(0, end);
      bound[end - 1] = last + 1;
      return bound;
    }
  }
  return null;
}
