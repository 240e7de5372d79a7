import { IcejamError } from '../error.ts';

const runCookie = 12_347;
/** Begins a bitmap of 32 bits without run containers. */
export const plainCookie = 12_346;
/** Up to this many values a container is a sorted array, above it a bitmap. */
export const arrayLimit = 4096;
/** With runs, fewer containers than this have no offset header. */
const offsetThreshold = 4;
/** The size of a bitmap container. */
export const bitmapBytes = 8192;
/** Keys from here on would make positions that a double does not hold. */
const keyLimit = 2 ** 21;

/**
 * The values of a 64-bit Roaring bitmap in the portable format (RoaringFormatSpec, "Extension for 64-bit
 * implementations"), ascending. Throws `Corrupt`, also for values above 2^53.
 */
export function readRoaring64(bytes: Uint8Array): number[] {
  const input = new RoaringInput(bytes);
  const values: number[] = [];
  const bitmaps = input.uint32() + input.uint32() * 2 ** 32;
  for (let index = 0; index < bitmaps; index += 1) {
    const key = input.uint32();
    if (key >= keyLimit) fail(`a key is ${key}`);
    readRoaring32(input, key * 2 ** 32, values);
  }
  if (!input.ended) fail('bytes are left over');
  return values;
}

interface Container {
  /** The values' upper part. */
  base: number;
  cardinality: number;
  isRun: boolean;
}

function readRoaring32(input: RoaringInput, base: number, values: number[]): void {
  for (const container of readHeader(input, base)) {
    const before = values.length;
    if (container.isRun) readRuns(input, container.base, values);
    else if (container.cardinality <= arrayLimit) readArray(input, container, values);
    else readBitmap(input, container.base, values);
    if (values.length - before !== container.cardinality)
      fail('a container is not as large as it says');
  }
}

function readHeader(input: RoaringInput, base: number): Container[] {
  const cookie = input.uint32();
  const hasRuns = (cookie & 0xffff) === runCookie;
  if (!hasRuns && cookie !== plainCookie) fail(`its cookie is ${cookie}`);
  const size = hasRuns ? (cookie >>> 16) + 1 : input.uint32();
  if (size > 0x10000) fail(`it has ${size} containers`);
  const runFlags = hasRuns ? input.take(Math.ceil(size / 8)) : new Uint8Array();
  const containers = Array.from({ length: size }, (_, index) => ({
    base: base + input.uint16() * 0x10000,
    cardinality: input.uint16() + 1,
    isRun: (((runFlags[index >> 3] ?? 0) >> (index & 7)) & 1) === 1,
  }));
  // The offsets say what the order does already.
  if (!hasRuns || size >= offsetThreshold) input.take(4 * size);
  return containers;
}

function readRuns(input: RoaringInput, base: number, values: number[]): void {
  for (let runs = input.uint16(); runs > 0; runs -= 1) {
    const start = base + input.uint16();
    const last = start + input.uint16();
    for (let value = start; value <= last; value += 1) values.push(value);
  }
}

function readArray(input: RoaringInput, { base, cardinality }: Container, values: number[]): void {
  for (let left = cardinality; left > 0; left -= 1) values.push(base + input.uint16());
}

function readBitmap(input: RoaringInput, base: number, values: number[]): void {
  for (const [index, byte] of input.take(bitmapBytes).entries()) {
    for (let bit = 0; bit < 8; bit += 1) {
      if ((byte >> bit) & 1) values.push(base + index * 8 + bit);
    }
  }
}

class RoaringInput {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get ended(): boolean {
    return this.#at === this.#view.byteLength;
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, length);
  }

  #advance(length: number): number {
    const start = this.#at;
    if (start + length > this.#view.byteLength) fail('it ends too early');
    this.#at = start + length;
    return start;
  }
}

function fail(why: string): never {
  throw new IcejamError('Corrupt', `Not a 64-bit Roaring bitmap: ${why}`);
}
