import { floorDiv, isoTime } from '../iceberg/date-time.ts';

/** The greatest distance from the epoch that `Date` can hold, in ms. */
const dateLimit = 8_640_000_000_000_000n;

/**
 * A timestamp, since the epoch in units of which a second has `perSecond`, as ISO text: `2016-01-01T00:00:00.000`, with
 * three or six more digits where it has any, and `zone` behind it. DuckDB's infinities read `infinity` and `-infinity`.
 */
export function timestampText(timestamp: bigint, perSecond: bigint, zone: '' | 'Z'): string {
  const nanos = timestamp * (1_000_000_000n / perSecond);
  const millis = floorDiv(nanos, 1_000_000n);
  if (millis > dateLimit || millis < -dateLimit) return millis > 0n ? 'infinity' : '-infinity';
  const below = String(nanos - millis * 1_000_000n).padStart(6, '0');
  const digits = below.replace(/^(\d{3})000$/, '$1').replace(/^000$/, '');
  return new Date(Number(millis)).toISOString().slice(0, -1) + digits + zone;
}

/** Arrow's interval of months (4 bytes), days (4) and ns (8), little endian, as `1 month 2 days 03:00:00`. */
export function intervalText(words: Int32Array): string {
  const [months = 0, days = 0, low = 0, high = 0] = words;
  const micros = ((BigInt(high) << 32n) | BigInt.asUintN(32, BigInt(low))) / 1000n;
  const parts = [];
  if (months !== 0) parts.push(count(months, 'month'));
  if (days !== 0) parts.push(count(days, 'day'));
  if (micros !== 0n || parts.length === 0) {
    parts.push((micros < 0n ? '-' : '') + isoTime(micros < 0n ? -micros : micros, 1_000_000n));
  }
  return parts.join(' ');
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${Math.abs(number) === 1 ? '' : 's'}`;
}
