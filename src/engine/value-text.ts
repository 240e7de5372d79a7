/** The greatest distance from the epoch that `Date` can hold, in µs. */
const dateLimit = 8_640_000_000_000_000_000n;

/**
 * An instant, epoch µs, as ISO text in UTC: `2016-01-01T00:00:00.000Z`, with three more digits where it has any.
 * DuckDB's infinities read `infinity` and `-infinity`.
 */
export function instantText(micros: bigint): string {
  if (micros >= dateLimit || micros <= -dateLimit) return micros > 0n ? 'infinity' : '-infinity';
  const belowMillis = ((micros % 1000n) + 1000n) % 1000n;
  const text = new Date(Number((micros - belowMillis) / 1000n)).toISOString();
  return belowMillis === 0n ? text : `${text.slice(0, -1)}${pad(belowMillis, 3)}Z`;
}

/** A date, days since the epoch, as `2016-01-01`. */
export function dateText(days: number): string {
  const [date] = new Date(days * 86_400_000).toISOString().split('T');
  return date ?? '';
}

/** A time of day, µs, as `08:30:00`, with six more digits where it has any. */
export function timeText(micros: bigint): string {
  const seconds = micros / 1_000_000n;
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n];
  const fraction = micros % 1_000_000n;
  return (
    parts.map((part) => pad(part, 2)).join(':') + (fraction === 0n ? '' : `.${pad(fraction, 6)}`)
  );
}

/** A decimal's unscaled value as plain text: 12340 at scale 2 is `123.40`. */
export function decimalText(unscaled: bigint, scale: number): string {
  const digits = pad(unscaled < 0n ? -unscaled : unscaled, scale + 1);
  const sign = unscaled < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Arrow's interval of months (4 bytes), days (4) and ns (8), little endian, as `1 month 2 days 03:00:00`. */
export function intervalText(words: Int32Array): string {
  const [months = 0, days = 0, low = 0, high = 0] = words;
  const nanos = (BigInt(high) << 32n) | BigInt.asUintN(32, BigInt(low));
  const micros = nanos / 1000n;
  const parts = [];
  if (months !== 0) parts.push(count(months, 'month'));
  if (days !== 0) parts.push(count(days, 'day'));
  if (micros !== 0n || parts.length === 0) {
    parts.push((micros < 0n ? '-' : '') + timeText(micros < 0n ? -micros : micros));
  }
  return parts.join(' ');
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${Math.abs(number) === 1 ? '' : 's'}`;
}

function pad(value: bigint, length: number): string {
  return value.toString().padStart(length, '0');
}
