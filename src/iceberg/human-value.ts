import { calendarDay, isoTime, isoTimestamp, isoYear, twoDigits } from './date-time.ts';
import type { Value } from './manifest-types.ts';
import type { PrimitiveType, Type } from './table-metadata.ts';
import { resultType, type Transform } from './transform.ts';
import { parseDecimal } from './type.ts';
import { hex } from './value.ts';

/**
 * A partition value as people read it and as paths show it (Java's `Transform.toHumanString`), such as `2016-01` for
 * a month; `null` for null.
 */
export function humanValue(transform: Transform, sourceType: PrimitiveType, value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'number') {
    switch (transform.name) {
      case 'year':
        return humanYear(1970 + value);
      case 'month':
        return `${humanYear(1970 + Math.floor(value / 12))}-${twoDigits((((value % 12) + 12) % 12) + 1)}`;
      case 'hour':
        return `${humanDate(Math.floor(value / 24))}-${twoDigits(((value % 24) + 24) % 24)}`;
      default:
    }
  }
  return humanResult(resultType(transform, sourceType), value);
}

function humanResult(type: PrimitiveType, value: NonNullable<Value>): string {
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value));
  if (typeof value === 'bigint') {
    const decimal = parseDecimal(type);
    if (decimal) return plainDecimal(value, decimal.scale);
    if (type === 'time') return humanTime(value);
    if (type.startsWith('timestamp')) {
      const text = isoTimestamp(value, type.endsWith('_ns') ? 1_000_000_000n : 1_000_000n);
      return type.startsWith('timestamptz') ? `${text}+00:00` : text;
    }
  }
  if (type === 'date') return humanDate(value as number);
  return type === 'float' || type === 'double' ? humanFloat(type, value as number) : String(value);
}

/** A value as Java prints it raw, such as 648 for a month; without a type as it stands. */
export function rawText(type: Type | undefined, value: Value): string {
  if (value instanceof Uint8Array) return hex(value);
  if (typeof value === 'number' && (type === 'float' || type === 'double')) {
    return humanFloat(type, value);
  }
  const decimal = type === undefined ? null : parseDecimal(type);
  return decimal && typeof value === 'bigint' ? plainDecimal(value, decimal.scale) : String(value);
}

/** A year in at least four characters, its sign included. */
function humanYear(year: number): string {
  return year < 0 ? `-${String(-year).padStart(3, '0')}` : isoYear(year);
}

function humanDate(days: number): string {
  const { year, month, day } = calendarDay(days);
  return `${humanYear(year)}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** As Java's `LocalTime` prints it: without seconds that are zero, fractions in groups of three digits. */
function humanTime(micros: bigint): string {
  const [clock = '', fraction = ''] = isoTime(micros, 1_000_000n).split('.');
  if (fraction === '') return clock.replace(/:00$/, '');
  return `${clock}.${fraction.padEnd(fraction.length > 3 ? 6 : 3, '0')}`;
}

/** As Java prints it: always with a fraction, with an exponent below a thousandth and from ten million on. */
function humanFloat(type: 'float' | 'double', value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits = '', exponent = ''] = shortest(type, value).split('e');
  const isPlain = Math.abs(value) >= 1e-3 && Math.abs(value) < 1e7;
  const text = isPlain ? String(Number(`${digits}e${exponent}`)) : digits;
  const whole = text.includes('.') ? text : `${text}.0`;
  return isPlain ? whole : `${whole}E${Number(exponent)}`;
}

/** The fewest digits that are the value and no other of its type. */
function shortest(type: 'float' | 'double', value: number): string {
  if (type === 'double') return value.toExponential();
  const texts = Array.from({ length: 9 }, (_, digits) => value.toExponential(digits));
  return texts.find((text) => Math.fround(Number(text)) === value) ?? value.toExponential();
}

/** An unscaled decimal as text with `scale` digits after the point. */
export function plainDecimal(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  const point = digits.length - scale;
  return sign + digits.slice(0, point) + (scale > 0 ? `.${digits.slice(point)}` : '');
}
