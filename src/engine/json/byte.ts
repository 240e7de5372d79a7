/** The bytes that mean something in JSON. */
export const char = {
  tab: 0x09,
  newline: 0x0a,
  return: 0x0d,
  space: 0x20,
  quote: 0x22,
  apostrophe: 0x27,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  point: 0x2e,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

/** The byte at a place that is known to lie within the bytes or on the zero byte that ends them. */
export function byteAt(bytes: Uint8Array, at: number): number {
  // The caller knows that the place exists; a check here would cost a tenth of the time.
  return bytes[at] ?? 0;
}

/**
 * The fault of a text that is not JSON, at a place in the bytes. At the zero byte that ends them it may only mean that
 * the rest has not been read yet.
 */
export class Malformed extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'Malformed';
    this.at = at;
  }
}
