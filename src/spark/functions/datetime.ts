import type { CallSite } from '../compile/call-site.ts';
import { asDate, asInteger, asText, asTimestamp, castTo } from '../compile/cast.ts';
import { PatternError, formatTimestamp, parsePattern } from '../compile/datetime-pattern.ts';
import { quoteText } from '../compile/sql.ts';
import type { Sql } from '../compile/sql.ts';
import { zoneOffsets } from '../compile/time-zone.ts';
import type { Value } from '../compile/value.ts';
import type { Span } from '../sql-error.ts';
import type { SqlType } from '../sql-type.ts';
import { rewrite } from './rule.ts';
import type { Functions, FunctionRule } from './rule.ts';

/** The functions that take one part, by DuckDB's name and what is added. */
const parts = {
  year: ['year', 0],
  yearofweek: ['isoyear', 0],
  quarter: ['quarter', 0],
  month: ['month', 0],
  week: ['week', 0],
  day: ['day', 0],
  dayofweek: ['dayofweek', 1],
  dayofweek_iso: ['isodow', 0],
  weekday: ['isodow', -1],
  doy: ['dayofyear', 0],
  hour: ['hour', 0],
  minute: ['minute', 0],
  second: ['second', 0],
} as const;

type Part = keyof typeof parts;

function partOf(site: CallSite, name: Part, timestamp: Sql): Sql {
  const [fn, added] = parts[name];
  const shift = added === 0 ? '' : added > 0 ? ` + ${String(added)}` : ` - ${String(-added)}`;
  return site.sql`CAST(${fn}(${timestamp})${shift} AS INTEGER)`;
}

function takes(name: Part): FunctionRule {
  return rewrite(1, 'int', (site) => partOf(site, name, asTimestamp(site.value(0))));
}

/** The fields of EXTRACT and `date_part` beside the names of {@link parts}. */
const fields: Readonly<Record<string, Part>> = {
  y: 'year',
  years: 'year',
  yr: 'year',
  yrs: 'year',
  qtr: 'quarter',
  mon: 'month',
  mons: 'month',
  months: 'month',
  w: 'week',
  weeks: 'week',
  d: 'day',
  days: 'day',
  dow: 'dayofweek',
  dow_iso: 'dayofweek_iso',
  h: 'hour',
  hours: 'hour',
  hr: 'hour',
  hrs: 'hour',
  m: 'minute',
  min: 'minute',
  mins: 'minute',
  minutes: 'minute',
};

const seconds: SqlType = { kind: 'decimal', precision: 8, scale: 6 };

function fieldOf(site: CallSite): Part | 'seconds' {
  const name = site.text(0)?.toLowerCase() ?? '';
  if (['s', 'sec', 'secs', 'second', 'seconds'].includes(name)) return 'seconds';
  const field =
    name in parts ? (name as Part) : Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field !== undefined) return field;
  const known = 'YEAR, QUARTER, MONTH, WEEK, DAY, DAYOFWEEK, DOY, HOUR, MINUTE and SECOND';
  return site.fail(
    'INVALID_EXTRACT_FIELD',
    `Cannot extract ${name}.`,
    `Use one of ${known}.`,
    site.argument(0),
  );
}

const datePart = rewrite(
  2,
  (site) => (fieldOf(site) === 'seconds' ? seconds : 'int'),
  (site) => {
    const field = fieldOf(site);
    const timestamp = asTimestamp(site.value(1));
    if (field !== 'seconds') return partOf(site, field, timestamp);
    return site.sql`CAST(epoch_us(${timestamp}) % 60000000 / 1e6 AS DECIMAL(8, 6))`;
  },
);

/** Throws what is wrong with a datetime pattern at its place, as Spark does. */
function withPattern<T>(site: CallSite, index: number, use: (pattern: string) => T): T {
  const pattern = site.text(index);
  if (pattern === null) {
    const message = 'The datetime pattern must be a literal here.';
    return site.fail('UNSUPPORTED_FEATURE', message, "Write it in quotes, such as 'yyyy-MM-dd'.");
  }
  try {
    return use(pattern);
  } catch (thrown) {
    if (!(thrown instanceof PatternError)) throw thrown;
    const kind = thrown.weekBased ? 'DATETIME_WEEK_BASED_PATTERN' : 'DATETIME_PATTERN_RECOGNITION';
    return site.fail(
      `INCONSISTENT_BEHAVIOR_CROSS_VERSION.${kind}`,
      thrown.message,
      thrown.weekBased
        ? 'Use yyyy, MM and dd.'
        : 'Use letters of Java’s DateTimeFormatter; put text in quotes.',
      site.argument(index),
    );
  }
}

/** Prints a timestamp by the pattern of an argument. */
function formatted(site: CallSite, timestamp: Sql, index: number): Sql {
  if (site.argument(index).kind !== 'string') {
    return site.sql`sp_format_dynamic(${timestamp}, ${asText(site.value(index))})`;
  }
  return withPattern(site, index, (pattern) => formatTimestamp(timestamp, pattern, site.call));
}

/** Reads text by the pattern of an argument; anything that is no text is cast. */
function parsed(site: CallSite, index: number): Sql {
  const value = site.value(0);
  if (value.type !== undefined && value.type !== 'string') return asTimestamp(value);
  return withPattern(site, index, (pattern) => {
    const { strict, lenient, format, zoned, year } = parsePattern(pattern);
    const { start, end } = site.call;
    const name = zoned ? 'sp_read_zoned' : 'sp_read_timestamp';
    // Spark reads a text without a year as of 1970.
    const before = year === 'none' ? '1970 ' : '';
    const text = before === '' ? value.sql : site.sql`(${quoteText(before)} || ${value.sql})`;
    const patterns = [before + strict, before + lenient, (before === '' ? '' : '%Y ') + format];
    const place = `${String(start)}-${String(end)}`;
    const literals = [...patterns, place].map(quoteText).join(', ');
    const read = site.sql`${name}(${text}, ${literals})`;
    return year === 'short' ? site.sql`sp_this_century(${read})` : read;
  });
}

/** A value as an instant; numbers count seconds. Text arithmetic inside it is text that should have been parsed. */
function instant(site: CallSite): Value {
  const value = site.value(0);
  const { context } = site.scope;
  for (const { found } of context.textArithmetic) {
    if (!sameSpan(found, value.span)) continue;
    Object.assign(found, { start: site.call.start, end: site.call.end });
    found.expression = context.sql.slice(site.call.start, site.call.end);
    found.suggestion = `to_timestamp(${found.column})`;
  }
  return value;
}

function sameSpan(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end;
}

const toTimestamp = rewrite([1, 2], 'timestamp', (site) =>
  site.count === 2 ? parsed(site, 1) : asTimestamp(instant(site)),
);

const toDate = rewrite([1, 2], 'date', (site) => {
  if (site.count === 2) return site.sql`CAST(${parsed(site, 1)} AS DATE)`;
  return asDate(site.value(0));
});

const unixTimestamp = rewrite([0, 2], 'bigint', (site) => {
  if (site.count === 0) return site.sql`sp_epoch_seconds(sp_now())`;
  const value = site.value(0);
  const text = value.type === 'string' || value.type === undefined;
  const timestamp = site.count === 2 && text ? parsed(site, 1) : asTimestamp(value);
  return site.sql`sp_epoch_seconds(${timestamp})`;
});

function fromNumber(scale: string): FunctionRule {
  return rewrite(
    1,
    'timestamp',
    (site) => site.sql`make_timestamp(${castTo(site.value(0), 'bigint').sql}${scale})`,
  );
}

function sinceEpoch(name: string): FunctionRule {
  return rewrite(1, 'bigint', (site) => site.sql`${name}(${asTimestamp(site.value(0))})`);
}

function addDays(sign: string): FunctionRule {
  return rewrite(
    2,
    'date',
    (site) => site.sql`(${asDate(site.value(0))} ${sign} ${asInteger(site.value(1))})`,
  );
}

/** The units of `timestampdiff` and `timestampadd`. */
const units = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
  'millisecond',
  'microsecond',
];

function unitOf(site: CallSite): string {
  const name = site.text(0)?.toLowerCase() ?? '';
  const unit = name === 'dayofyear' ? 'day' : name;
  if (units.includes(unit)) return unit;
  return site.fail(
    'INVALID_PARAMETER_VALUE',
    `Unknown unit ${name}.`,
    `Use one of ${units.join(', ')}.`,
    site.argument(0),
  );
}

const timestampAdd = rewrite(3, 'timestamp', (site) => {
  const unit = unitOf(site);
  const [name, factor] = unit === 'quarter' ? ['months', ' * 3'] : [`${unit}s`, ''];
  return site.sql`(${asTimestamp(site.value(2))} + to_${name}(${asInteger(site.value(1))}${factor}))`;
});

const window = rewrite([2, 4], undefined, (site) => {
  const interval = (index: number) => site.sql`INTERVAL ${site.value(index).sql}`;
  const size = interval(1);
  const slide = site.count > 2 ? interval(2) : size;
  const shift = site.count > 3 ? interval(3) : site.sql`INTERVAL 0 SECOND`;
  return site.sql`sp_window(${asTimestamp(site.value(0))}, ${size}, ${slide}, ${shift})`;
});

const monthsBetween = rewrite([2, 3], 'double', (site) => {
  const raw = site.sql`sp_months_between(${asTimestamp(site.value(0))}, ${asTimestamp(site.value(1))})`;
  const third = site.count === 3 ? site.argument(2) : null;
  const rounds = third === null || (third.kind === 'boolean' && third.value);
  return rounds ? site.sql`round(${raw}, 8)` : raw;
});

/** How far the zone of the second argument is ahead of UTC at a timestamp, as DuckDB's seconds. */
function zoneOffset(site: CallSite, timestamp: Sql): Sql {
  const zone = site.text(1);
  const offsets = zone === null ? null : zoneOffsets(zone);
  if (offsets === null) {
    const message =
      zone === null ? 'The time zone must be a literal here.' : `Unknown time zone ${zone}.`;
    const remedy = "Write a zone such as 'America/New_York'.";
    return site.fail('INVALID_PARAMETER_VALUE', message, remedy, site.argument(1));
  }
  const [first, ...later] = offsets;
  if (later.length === 0) return site.sql`${String(first?.offset ?? 0)}`;
  const starts = later.map(({ start }) => String(start)).join(', ');
  const values = offsets.map(({ offset }) => String(offset)).join(', ');
  const passed = site.sql`len(list_filter([${starts}], lambda start: start <= sp_epoch_seconds(${timestamp})))`;
  return site.sql`[${values}][1 + ${passed}]`;
}

const fromUtc = rewrite(2, 'timestamp', (site) => {
  const timestamp = asTimestamp(site.value(0));
  return site.sql`(${timestamp} + to_seconds(${zoneOffset(site, timestamp)}))`;
});

/** The offset at a local time is that at the instant which the offset there leads to. */
const toUtc = rewrite(2, 'timestamp', (site) => {
  const timestamp = asTimestamp(site.value(0));
  const guess = site.sql`(${timestamp} - to_seconds(${zoneOffset(site, timestamp)}))`;
  return site.sql`(${timestamp} - to_seconds(${zoneOffset(site, guess)}))`;
});

/** Functions of dates and times. */
export const datetime: Functions = {
  add_months: rewrite(
    2,
    'date',
    (site) => site.sql`sp_add_months(${asDate(site.value(0))}, ${asInteger(site.value(1))})`,
  ),
  current_date: rewrite(0, 'date', (site) => site.sql`sp_current_date()`),
  current_timestamp: rewrite(0, 'timestamp', (site) => site.sql`sp_now()`),
  current_timezone: rewrite(0, 'string', (site) => site.sql`'UTC'`),
  date_add: addDays('+'),
  date_format: rewrite(2, 'string', (site) => formatted(site, asTimestamp(site.value(0)), 1)),
  date_from_unix_date: rewrite(
    1,
    'date',
    (site) => site.sql`(DATE '1970-01-01' + ${asInteger(site.value(0))})`,
  ),
  date_part: datePart,
  date_sub: addDays('-'),
  date_trunc: rewrite(
    2,
    'timestamp',
    (site) => site.sql`sp_date_trunc(${site.value(0).sql}, ${asTimestamp(site.value(1))})`,
  ),
  datediff: rewrite(
    2,
    'int',
    (site) => site.sql`CAST(${asDate(site.value(0))} - ${asDate(site.value(1))} AS INTEGER)`,
  ),
  day: takes('day'),
  dayofweek: takes('dayofweek'),
  dayofyear: takes('doy'),
  from_unixtime: rewrite([1, 2], 'string', (site) => {
    const whole = castTo(instant(site), 'bigint').sql;
    const timestamp = site.sql`make_timestamp(${whole} * 1000000)`;
    if (site.count === 2) return formatted(site, timestamp, 1);
    return site.sql`strftime(${timestamp}, '%Y-%m-%d %H:%M:%S')`;
  }),
  from_utc_timestamp: fromUtc,
  hour: takes('hour'),
  last_day: rewrite(1, 'date', (site) => site.sql`last_day(${asDate(site.value(0))})`),
  make_date: rewrite(
    3,
    'date',
    (site) =>
      site.sql`sp_make_date(${asInteger(site.value(0))}, ${asInteger(site.value(1))}, ${asInteger(site.value(2))})`,
  ),
  make_timestamp: rewrite(6, 'timestamp', (site) => {
    const whole = [0, 1, 2, 3, 4].map((index) => site.sql`${asInteger(site.value(index))}, `);
    return site.sql`sp_make_timestamp(${whole.flat()}${castTo(site.value(5), 'double').sql})`;
  }),
  minute: takes('minute'),
  month: takes('month'),
  months_between: monthsBetween,
  next_day: rewrite(
    2,
    'date',
    (site) => site.sql`sp_next_day(${asDate(site.value(0))}, ${site.value(1).sql})`,
  ),
  quarter: takes('quarter'),
  second: takes('second'),
  timestamp_micros: fromNumber(''),
  timestamp_millis: fromNumber(' * 1000'),
  timestamp_seconds: rewrite(1, 'timestamp', (site) => asTimestamp(instant(site))),
  timestampadd: timestampAdd,
  timestampdiff: rewrite(
    3,
    'bigint',
    (site) =>
      site.sql`date_sub(${quoteText(unitOf(site))}, ${asTimestamp(site.value(1))}, ${asTimestamp(site.value(2))})`,
  ),
  to_date: toDate,
  to_timestamp: toTimestamp,
  to_utc_timestamp: toUtc,
  trunc: rewrite(
    2,
    'date',
    (site) => site.sql`sp_trunc(${asDate(site.value(0))}, ${site.value(1).sql})`,
  ),
  try_to_timestamp: toTimestamp,
  unix_date: rewrite(
    1,
    'int',
    (site) => site.sql`CAST(${asDate(site.value(0))} - DATE '1970-01-01' AS INTEGER)`,
  ),
  unix_micros: sinceEpoch('epoch_us'),
  unix_millis: sinceEpoch('epoch_ms'),
  unix_seconds: sinceEpoch('sp_epoch_seconds'),
  unix_timestamp: unixTimestamp,
  weekday: takes('weekday'),
  weekofyear: takes('week'),
  window,
  year: takes('year'),
};
