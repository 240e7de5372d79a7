import { IcejamError } from '../error.ts';
import { microsPerDay } from './date-time.ts';
import type { Value } from './manifest-types.ts';
import type { PrimitiveType } from './table-metadata.ts';
import { parseDecimal, parseFixed } from './type.ts';

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * How values of a primitive type look in memory and in binary: see {@link Value}.
 * `long` also stands for times and timestamps, `int` for dates.
 */
export type Representation =
  'boolean' | 'int' | 'long' | 'float' | 'double' | 'decimal' | 'string' | 'uuid' | 'bytes';

const representations: Record<string, Representation> = {
  boolean: 'boolean',
  int: 'int',
  date: 'int',
  long: 'long',
  time: 'long',
  timestamp: 'long',
  timestamptz: 'long',
  timestamp_ns: 'long',
  timestamptz_ns: 'long',
  float: 'float',
  double: 'double',
  string: 'string',
  uuid: 'uuid',
  binary: 'bytes',
};

/** The representation of a type's single values; `undefined` for types that have none here (`unknown`, `geometry` …). */
export function representationOf(type: PrimitiveType): Representation | undefined {
  if (parseDecimal(type)) return 'decimal';
  if (parseFixed(type) !== null) return 'bytes';
  return representations[type];
}

/**
 * The spec's binary form of a single value (Appendix D, Java's `Conversions.toByteBuffer`): little endian numbers,
 * decimals as minimal big-endian two's complement, UTF-8 text, big-endian uuids.
 * Throws `IllegalArgument` if the value is not of the type.
 */
export function encodeValue(type: PrimitiveType, value: Value): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  const head = (length: number) => new Uint8Array(view.buffer, 0, length);
  const representation = representationOf(type);
  if (typeof value === 'boolean' && representation === 'boolean') return Uint8Array.of(+value);
  if (typeof value === 'number') {
    if (representation === 'int') return (view.setInt32(0, value, true), head(4));
    if (representation === 'float') return (view.setFloat32(0, value, true), head(4));
    if (representation === 'double') return (view.setFloat64(0, value, true), head(8));
  }
  // A number for a long is a partition value from before its column was promoted.
  if (representation === 'long' && Number.isSafeInteger(value)) {
    return encodeValue(type, BigInt(value as number));
  }
  if (typeof value === 'bigint') {
    if (representation === 'long') return (view.setBigInt64(0, value, true), head(8));
    if (representation === 'decimal') return encodeUnscaled(value);
  }
  if (typeof value === 'string') {
    if (representation === 'string') return utf8.encode(value);
    if (representation === 'uuid') return encodeUuid(value);
  }
  if (value instanceof Uint8Array && representation === 'bytes') return value;
  throw new IcejamError('IllegalArgument', `Cannot store ${String(value)} as a value of ${type}`);
}

/**
 * The single value that {@link encodeValue} wrote. Bounds may be shorter: those from
 * before a column was promoted.
 * Throws `Corrupt` if the bytes cannot be of the type, `Unsupported` for a type without single values.
 */
export function decodeValue(type: PrimitiveType, bytes: Uint8Array): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  switch (representationOf(type)) {
    case 'boolean':
      if (length === 1) return bytes[0] !== 0;
      break;
    case 'int':
      if (length === 4) return view.getInt32(0, true);
      break;
    case 'long':
      if (length === 8) return view.getBigInt64(0, true);
      if (length === 4) return promoteInt(type, view.getInt32(0, true));
      break;
    case 'float':
      if (length === 4) return view.getFloat32(0, true);
      break;
    case 'double':
      if (length === 8) return view.getFloat64(0, true);
      if (length === 4) return view.getFloat32(0, true);
      break;
    case 'decimal':
      if (length > 0) return decodeUnscaled(bytes);
      break;
    case 'uuid':
      if (length === 16) return decodeUuid(bytes);
      break;
    case 'string':
      try {
        return strictUtf8.decode(bytes);
      } catch {
        break;
      }
    case 'bytes':
      return bytes;
    case undefined:
      throw new IcejamError('Unsupported', `Values of the type ${type} are not supported`);
  }
  throw new IcejamError('Corrupt', `${length} bytes cannot be a value of ${type}`);
}

/** A 4-byte bound of a `long` was written for an `int`, one of a timestamp for a `date` (spec, "Schema Evolution"). */
function promoteInt(type: PrimitiveType, value: number): bigint {
  if (type === 'timestamp') return BigInt(value) * microsPerDay;
  if (type === 'timestamp_ns') return BigInt(value) * microsPerDay * 1000n;
  return BigInt(value);
}

/**
 * Orders two values of one type as bounds are ordered (Java's `Comparators.forType`): nulls first, false before true,
 * -0.0 before +0.0, NaN last, text by code point, bytes unsigned. Negative, zero or positive.
 */
export function compareValues(type: PrimitiveType, a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  switch (representationOf(type)) {
    case 'float':
    case 'double':
      return compareFloats(a as number, b as number);
    case 'string':
      return compareText(a as string, b as string);
    case 'bytes':
      return compareBytes(a as Uint8Array, b as Uint8Array);
    default:
      return a < b ? -1 : Number(a > b);
  }
}

function compareFloats(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  if (a === 0 && b === 0) return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
  return a < b ? -1 : Number(a > b);
}

/** By code point: UTF-16 order would put U+E000 to U+FFFF behind the supplementary planes. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) {
      return Number(isSurrogate(left)) - Number(isSurrogate(right)) || left - right;
    }
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** An unscaled decimal as two's complement, big endian, in as few bytes as hold it. */
export function encodeUnscaled(unscaled: bigint): Uint8Array {
  const magnitude = unscaled < 0n ? -unscaled - 1n : unscaled;
  // One bit more than the magnitude has, for the sign.
  const bits = magnitude === 0n ? 1 : magnitude.toString(2).length + 1;
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  let rest = unscaled;
  for (let at = bytes.length - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** The unscaled decimal that big-endian two's complement bytes hold. */
export function decodeUnscaled(bytes: Uint8Array): bigint {
  let unscaled = 0n;
  for (const byte of bytes) unscaled = (unscaled << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, unscaled);
}

/** The 16 bytes of a uuid's text. Throws `IllegalArgument` if it is none. */
export function encodeUuid(text: string): Uint8Array {
  const digits = text.replaceAll('-', '');
  if (!/^[\da-f]{32}$/i.test(digits)) {
    throw new IcejamError('IllegalArgument', `Not a UUID: ${text}`);
  }
  return Uint8Array.from({ length: 16 }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
}

/** A uuid's bytes as its usual lower-case text. */
export function decodeUuid(bytes: Uint8Array): string {
  const digits = hex(bytes);
  return [0, 8, 12, 16, 20].map((at, part, starts) => digits.slice(at, starts[part + 1])).join('-');
}

/** Bytes as lower-case hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
