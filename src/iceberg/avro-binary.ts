import { IcejamError } from '../error.ts';

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Writes Avro's binary encoding of primitive values into a buffer that grows. */
export class AvroOutput {
  #buffer = new Uint8Array(1024);
  #view = new DataView(this.#buffer.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes written so far; they stay valid after further writes. */
  take(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  byte(byte: number): void {
    this.#reserve(1);
    this.#buffer[this.#length] = byte;
    this.#length += 1;
  }

  /** An `int` or `long`: zigzag, then seven bits a byte, the lowest first. */
  long(value: number | bigint): void {
    if (typeof value === 'number' && Math.abs(value) < 2 ** 30) {
      let rest = (value << 1) ^ (value >> 31);
      for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
      this.byte(rest);
      return;
    }
    const wide = BigInt.asIntN(64, BigInt(value));
    let rest = BigInt.asUintN(64, (wide << 1n) ^ (wide >> 63n));
    for (; rest > 0x7fn; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80);
    this.byte(Number(rest));
  }

  float(value: number): void {
    this.#reserve(4);
    this.#view.setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** Bytes without their length: a `fixed`. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  bytes(bytes: Uint8Array): void {
    this.long(bytes.length);
    this.raw(bytes);
  }

  string(text: string): void {
    this.bytes(utf8.encode(text));
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#buffer.length, this.#length + bytes));
    grown.set(this.#buffer);
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Reads Avro's binary encoding of primitive values. Every method throws `Corrupt` where the bytes end too early. */
export class AvroInput {
  readonly #buffer: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    // Not `bytes` itself: the slices of a Node Buffer would share its memory.
    this.#buffer = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** How many bytes have been read. */
  get position(): number {
    return this.#at;
  }

  get ended(): boolean {
    return this.#at >= this.#buffer.length;
  }

  byte(): number {
    return this.#buffer[this.#advance(1)] ?? 0;
  }

  long(): bigint {
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt((low >>> 1) ^ -(low & 1));
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new IcejamError('Corrupt', 'An Avro number is longer than 10 bytes');
  }

  int(): number {
    return Number(this.long());
  }

  float(): number {
    return this.#view.getFloat32(this.#advance(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  /** A copy of the next bytes. */
  raw(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#buffer.slice(start, start + length);
  }

  bytes(): Uint8Array {
    return this.raw(this.int());
  }

  string(): string {
    const length = this.int();
    const start = this.#advance(length);
    try {
      return strictUtf8.decode(this.#buffer.subarray(start, start + length));
    } catch (cause) {
      throw new IcejamError('Corrupt', 'An Avro string is not UTF-8', { cause });
    }
  }

  /** The blocks of an array or map: calls `item` once per item. */
  blocks(item: () => void): void {
    for (;;) {
      let count = this.int();
      if (count === 0) return;
      if (count < 0) {
        count = -count;
        this.long();
      }
      for (; count > 0; count -= 1) item();
    }
  }

  /** Moves on by a number of bytes and says where they start. */
  #advance(length: number): number {
    const start = this.#at;
    if (length < 0 || start + length > this.#buffer.length) {
      throw new IcejamError('Corrupt', 'The Avro data ends too early');
    }
    this.#at = start + length;
    return start;
  }
}
