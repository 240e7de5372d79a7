import { concat } from '../bytes.ts';
import { arrayLimit, bitmapBytes, plainCookie } from './roaring.ts';

/** The values of one container share all but their lower 16 bits. */
type Container = readonly number[];

/**
 * A 64-bit Roaring bitmap of distinct ascending values in the portable format (RoaringFormatSpec, "Extension for 64-bit
 * implementations"), without run containers.
 */
export function writeRoaring64(values: readonly number[]): Uint8Array {
  const bitmaps = chunked(values, 2 ** 32);
  const parts = [...bitmaps].map(([key, own]) => [uint32(key), ...bitmap32(own)]);
  return concat([uint32(bitmaps.size), uint32(0), ...parts.flat()]);
}

function bitmap32(values: readonly number[]): Uint8Array[] {
  const containers = chunked(values, 0x10000);
  const bodies = [...containers.values()].map(body);
  const heads = [...containers].map(([key, own]) => uint16s([key % 0x10000, own.length - 1]));
  let offset = 8 + 8 * containers.size;
  const offsets = bodies.map(({ length }) => {
    const at = uint32(offset);
    offset += length;
    return at;
  });
  return [uint32(plainCookie), uint32(containers.size), ...heads, ...offsets, ...bodies];
}

function body(values: Container): Uint8Array {
  const lower = values.map((value) => value % 0x10000);
  if (values.length <= arrayLimit) return uint16s(lower);
  const bits = new Uint8Array(bitmapBytes);
  for (const value of lower) bits[value >> 3] = (bits[value >> 3] ?? 0) | (1 << (value & 7));
  return bits;
}

/** The values by their upper part. */
function chunked(values: readonly number[], size: number): Map<number, number[]> {
  const chunks = new Map<number, number[]>();
  for (const value of values) {
    const key = Math.floor(value / size);
    const chunk = chunks.get(key);
    if (chunk === undefined) chunks.set(key, [value]);
    else chunk.push(value);
  }
  return chunks;
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function uint16s(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(2 * values.length);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint16(2 * index, value, true));
  return bytes;
}
