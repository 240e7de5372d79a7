import { isoTime } from '../iceberg/date-time.ts';

/** The greatest distance from the epoch that `Date` can hold, in µs. */
const dateLimit = 8_640_000_000_000_000_000n;

/**
 * An instant, epoch µs, as ISO text in UTC: `2016-01-01T00:00:00.000Z`, with three more digits where it has any.
 * DuckDB's infinities read `infinity` and `-infinity`.
 */
export function instantText(micros: bigint): string {
  if (micros > dateLimit || micros < -dateLimit) return micros > 0n ? 'infinity' : '-infinity';
  const belowMillis = ((micros % 1000n) + 1000n) % 1000n;
  const text = new Date(Number((micros - belowMillis) / 1000n)).toISOString();
  return belowMillis === 0n ? text : `${text.slice(0, -1)}${String(belowMillis).padStart(3, '0')}Z`;
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
