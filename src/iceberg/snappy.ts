import { IcejamError } from '../error.ts';

/**
 * Decompresses a raw Snappy block (its format description, "Compressed stream"), without the checksum that Avro puts
 * behind one. Throws `Corrupt`.
 */
export function decompressSnappy(bytes: Uint8Array): Uint8Array {
  const input = new SnappyInput(bytes);
  const output = new Uint8Array(input.varint());
  let length = 0;
  while (!input.ended) {
    const tag = input.number(1);
    if ((tag & 3) === 0) {
      const literal = input.raw(literalLength(tag >>> 2, input));
      if (length + literal.length > output.length) corrupt();
      output.set(literal, length);
      length += literal.length;
    } else {
      const { distance, count } = copyOf(tag, input);
      if (distance === 0 || distance > length || length + count > output.length) corrupt();
      // A copy may read what it writes: it repeats a pattern then.
      for (const end = length + count; length < end; length += 1) {
        output[length] = output[length - distance] ?? 0;
      }
    }
  }
  return length === output.length ? output : corrupt();
}

function literalLength(code: number, input: SnappyInput): number {
  return (code < 60 ? code : input.number(code - 59)) + 1;
}

function copyOf(tag: number, input: SnappyInput): { distance: number; count: number } {
  if ((tag & 3) === 1) {
    return { count: ((tag >>> 2) & 7) + 4, distance: ((tag >>> 5) << 8) | input.number(1) };
  }
  return { count: (tag >>> 2) + 1, distance: input.number((tag & 3) === 2 ? 2 : 4) };
}

class SnappyInput {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get ended(): boolean {
    return this.#position >= this.#bytes.length;
  }

  raw(length: number): Uint8Array {
    const end = this.#position + length;
    if (end > this.#bytes.length) corrupt();
    const bytes = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return bytes;
  }

  /** A little-endian number of so many bytes. */
  number(bytes: number): number {
    return this.raw(bytes).reduceRight((number, byte) => number * 256 + byte, 0);
  }

  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 7) {
      const byte = this.number(1);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return corrupt();
  }
}

function corrupt(): never {
  throw new IcejamError('Corrupt', 'A Snappy block is damaged');
}
