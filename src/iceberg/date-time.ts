import { IcejamError } from '../error.ts';

/** A day of the proleptic Gregorian calendar; month and day count from 1. */
export interface CalendarDay {
  year: number;
  month: number;
  day: number;
}

export const microsPerDay = 86_400_000_000n;

/** `a / b`, rounded towards negative infinity. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/**
 * The calendar day of a count of days since 1970-01-01. For the whole range of a 32-bit `date`, which is wider than
 * that of JavaScript's `Date`. Counts in eras of 400 years that begin on a 1st of March.
 */
export function calendarDay(days: number): CalendarDay {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + Number(month <= 2),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

/** The days since 1970-01-01 of a calendar day: the inverse of {@link calendarDay}. */
export function daysSinceEpoch({ year, month, day }: CalendarDay): number {
  const marchYear = year - Number(month <= 2);
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** A count of days since 1970-01-01 as `2016-01-31`. */
export function isoDate(days: number): string {
  const { year, month, day } = calendarDay(days);
  return `${isoYear(year)}-${twoDigits(month)}-${twoDigits(day)}`;
}

/** A year in at least four digits. */
export function isoYear(year: number): string {
  return (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0');
}

/** A number in at least two digits. */
export function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

/** A time of day such as `08:05:01.25`; `perSecond` is a million (µs) or a billion (ns) per second. */
export function isoTime(time: bigint, perSecond: bigint): string {
  const seconds = Number(time / perSecond);
  const fraction = String(time % perSecond)
    .padStart(String(perSecond).length - 1, '0')
    .replace(/0+$/, '');
  const clock = [seconds / 3600, (seconds / 60) % 60, seconds % 60];
  const text = clock.map((part) => twoDigits(Math.floor(part))).join(':');
  return fraction === '' ? text : `${text}.${fraction}`;
}

/** A timestamp since 1970-01-01T00:00:00 as ISO 8601 without an offset. */
export function isoTimestamp(timestamp: bigint, perSecond: bigint): string {
  const perDay = 86_400n * perSecond;
  const days = floorDiv(timestamp, perDay);
  return `${isoDate(Number(days))}T${isoTime(timestamp - days * perDay, perSecond)}`;
}

/** The days of an ISO date. Throws `Corrupt`. */
export function parseIsoDate(text: string): number {
  const match = /^(-?\d{4,})-(\d{2})-(\d{2})$/.exec(text) ?? fail(text);
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  const days = daysSinceEpoch({ year, month, day });
  return isoDate(days) === text ? days : fail(text);
}

/** The time of day of an ISO time. Throws `Corrupt`. */
export function parseIsoTime(text: string, perSecond: bigint): bigint {
  const match = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/.exec(text) ?? fail(text);
  const [hours = 0, minutes = 0, seconds = 0] = match
    .slice(1, 4)
    .map((part: string | undefined) => Number(part ?? 0));
  if (hours > 23 || minutes > 59 || seconds > 59) fail(text);
  const digits = String(perSecond).length - 1;
  const fraction = BigInt((match[4] ?? '').padEnd(digits, '0').slice(0, digits));
  return BigInt(hours * 3600 + minutes * 60 + seconds) * perSecond + fraction;
}

/** The timestamp of an ISO text; an offset other than that of UTC is refused. Throws `Corrupt`. */
export function parseIsoTimestamp(text: string, perSecond: bigint): bigint {
  const match = /^([^T]+)T(.+?)(?:Z|[+-]00:00)?$/.exec(text) ?? fail(text);
  const days = BigInt(parseIsoDate(match[1] ?? ''));
  return days * 86_400n * perSecond + parseIsoTime(match[2] ?? '', perSecond);
}

function fail(text: string): never {
  throw new IcejamError('Corrupt', `Not a date or time: ${text}`);
}
