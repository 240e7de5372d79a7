import { exhaustive } from '../exhaustive.ts';
import { IcejamError } from '../error.ts';
import { calendarDay, floorDiv, microsPerDay } from './date-time.ts';
import type { Value } from './manifest-types.ts';
import { murmur3 } from './murmur3.ts';
import type { PrimitiveType, Type } from './table-metadata.ts';
import { isPrimitive, parseDecimal } from './type.ts';
import { encodeUnscaled, encodeUuid, representationOf } from './value.ts';

/** A partition or sort transform (spec, "Partition Transforms"); `unknown` is one of a later spec, kept by its text. */
export type Transform =
  | { name: 'identity' | 'year' | 'month' | 'day' | 'hour' | 'void' }
  | { name: 'bucket'; numBuckets: number }
  | { name: 'truncate'; width: number }
  | { name: 'unknown'; text: string };

const utf8 = new TextEncoder();
const plainNames = ['identity', 'year', 'month', 'day', 'hour', 'void'] as const;

/**
 * The transform that a spec names, such as `month` or `bucket[16]`, in any case (Java's `Transforms.fromString`).
 * Throws `IllegalArgument` for a width or number of buckets of 0.
 */
export function parseTransform(text: string): Transform {
  const lower = text.toLowerCase();
  const plain = plainNames.find((name) => name === lower);
  if (plain) return { name: plain };
  const match = /^(bucket|truncate)\[(\d+)\]$/.exec(lower);
  if (!match) return { name: 'unknown', text };
  const parameter = Number(match[2]);
  if (match[1] === 'bucket') {
    if (parameter > 0) return { name: 'bucket', numBuckets: parameter };
    throw new IcejamError(
      'IllegalArgument',
      `Invalid number of buckets: ${parameter} (must be > 0)`,
    );
  }
  if (parameter > 0) return { name: 'truncate', width: parameter };
  throw new IcejamError('IllegalArgument', `Invalid truncate width: ${parameter} (must be > 0)`);
}

/** The text of a transform in a spec. */
export function transformText(transform: Transform): string {
  if (transform.name === 'bucket') return `bucket[${transform.numBuckets}]`;
  if (transform.name === 'truncate') return `truncate[${transform.width}]`;
  return transform.name === 'unknown' ? transform.text : transform.name;
}

/** Whether values in order are in order when they are transformed, too. */
export function keepsOrder({ name }: Transform): boolean {
  return name !== 'bucket' && name !== 'void' && name !== 'unknown';
}

/** Whether a column of that type can be transformed so. */
export function canTransform(transform: Transform, sourceType: Type): boolean {
  if (transform.name === 'void' || transform.name === 'unknown') return true;
  if (!isPrimitive(sourceType)) return false;
  const timestamp = /^timestamp(tz)?(_ns)?$/.test(sourceType);
  switch (transform.name) {
    case 'identity':
      return representationOf(sourceType) !== undefined;
    case 'year':
    case 'month':
    case 'day':
      return timestamp || sourceType === 'date';
    case 'hour':
      return timestamp;
    case 'bucket':
      return !['boolean', 'float', 'double', undefined].includes(representationOf(sourceType));
    case 'truncate':
      return (
        ['int', 'long', 'string', 'binary'].includes(sourceType) ||
        parseDecimal(sourceType) !== null
      );
  }
}

/** The type of the values that a transform yields. */
export function resultType(transform: Transform, sourceType: PrimitiveType): PrimitiveType {
  switch (transform.name) {
    case 'identity':
    case 'truncate':
    case 'void':
      return sourceType;
    case 'year':
    case 'month':
    case 'hour':
    case 'bucket':
      return 'int';
    case 'day':
      return 'date';
    case 'unknown':
      return 'string';
    default:
      return exhaustive(transform);
  }
}

/**
 * The partition value of a column's value; null stays null. Dates and times before 1970 and negative numbers are
 * rounded down. Throws `Unsupported` for an unknown transform.
 */
export function applyTransform(
  transform: Transform,
  sourceType: PrimitiveType,
  value: Value,
): Value {
  if (value === null) return null;
  switch (transform.name) {
    case 'identity':
      return value;
    case 'void':
      return null;
    case 'year':
      return calendarDay(daysOf(sourceType, value)).year - 1970;
    case 'month': {
      const { year, month } = calendarDay(daysOf(sourceType, value));
      return (year - 1970) * 12 + month - 1;
    }
    case 'day':
      return daysOf(sourceType, value);
    case 'hour':
      return Number(floorDiv(microsOf(sourceType, value), microsPerDay / 24n));
    case 'bucket':
      return (bucketHash(sourceType, value) & 0x7fffffff) % transform.numBuckets;
    case 'truncate':
      return truncate(sourceType, value, transform.width);
    case 'unknown':
      throw new IcejamError('Unsupported', `Cannot apply unsupported transform: ${transform.text}`);
    default:
      return exhaustive(transform);
  }
}

function microsOf(sourceType: PrimitiveType, value: Value): bigint {
  return sourceType.endsWith('_ns') ? floorDiv(value as bigint, 1000n) : (value as bigint);
}

function daysOf(sourceType: PrimitiveType, value: Value): number {
  if (sourceType === 'date') return value as number;
  return Number(floorDiv(microsOf(sourceType, value), microsPerDay));
}

/** The hash that `bucket` takes the remainder of (spec, Appendix B). */
export function bucketHash(sourceType: PrimitiveType, value: Value): number {
  if (value instanceof Uint8Array) return murmur3(value);
  if (typeof value === 'string') {
    return murmur3(sourceType === 'uuid' ? encodeUuid(value) : utf8.encode(value));
  }
  if (parseDecimal(sourceType)) return murmur3(encodeUnscaled(value as bigint));
  // An int hashes as the long of the same value, so that a column can be promoted.
  const long = new DataView(new ArrayBuffer(8));
  long.setBigInt64(
    0,
    typeof value === 'bigint' ? microsOf(sourceType, value) : BigInt(value as number),
    true,
  );
  return murmur3(new Uint8Array(long.buffer));
}

function truncate(sourceType: PrimitiveType, value: Value, width: number): Value {
  if (typeof value === 'number') return (value - (((value % width) + width) % width)) | 0;
  if (typeof value === 'string') return Array.from(value).slice(0, width).join('');
  if (value instanceof Uint8Array) return value.slice(0, width);
  const wide = BigInt(width);
  const floor = floorDiv(value as bigint, wide) * wide;
  return sourceType === 'long' ? BigInt.asIntN(64, floor) : floor;
}
