import { IcejamError } from '../error.ts';
import { parseIsoDate, parseIsoTime, parseIsoTimestamp } from './date-time.ts';
import type { Value } from './manifest-types.ts';
import type { PrimitiveType } from './table-metadata.ts';
import { parseDecimal } from './type.ts';
import { representationOf } from './value.ts';

/**
 * The single value that a JSON value stands for, such as a column's `initial-default` (spec, Appendix D, "JSON
 * single-value serialization"). Throws `Corrupt` if it is not of the type.
 */
export function valueFromJson(type: PrimitiveType, json: unknown): Value {
  if (json === null || json === undefined) return null;
  if (typeof json === 'string') return fromText(type, json);
  const representation = representationOf(type);
  if (typeof json === 'boolean' && representation === 'boolean') return json;
  if (typeof json === 'number' || typeof json === 'bigint') {
    if (type === 'int' || representation === 'float' || representation === 'double') {
      return Number(json);
    }
    if (type === 'long' && (typeof json === 'bigint' || Number.isSafeInteger(json))) {
      return BigInt(json);
    }
  }
  return fail(type, json);
}

function fromText(type: PrimitiveType, text: string): Value {
  const perSecond = type.endsWith('_ns') ? 1_000_000_000n : 1_000_000n;
  if (type === 'date') return parseIsoDate(text);
  if (type === 'time') return parseIsoTime(text, perSecond);
  if (type.startsWith('timestamp')) return parseIsoTimestamp(text, perSecond);
  switch (representationOf(type)) {
    case 'string':
      return text;
    case 'uuid':
      return text.toLowerCase();
    case 'bytes':
      return fromHex(text) ?? fail(type, text);
    case 'decimal':
      return fromDecimalText(type, text);
    default:
      return fail(type, text);
  }
}

function fromHex(text: string): Uint8Array | undefined {
  if (!/^([\da-f]{2})*$/i.test(text)) return undefined;
  const pairs = text.match(/../g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

function fromDecimalText(type: PrimitiveType, text: string): bigint {
  const match = /^([+-]?\d+)(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[2] ?? '';
  if (fraction.length !== parseDecimal(type)?.scale) return fail(type, text);
  return BigInt((match?.[1] ?? '').replace('+', '') + fraction);
}

function fail(type: PrimitiveType, json: unknown): never {
  throw new IcejamError('Corrupt', `Cannot parse default as a ${type} value: ${String(json)}`);
}
