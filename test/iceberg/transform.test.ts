import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarDay, daysSinceEpoch, isoDate } from '../../src/iceberg/date-time.ts';
import type { Value } from '../../src/iceberg/manifest-types.ts';
import {
  applyTransform,
  bucketHash,
  canTransform,
  parseTransform,
  resultType,
  transformText,
} from '../../src/iceberg/transform.ts';

const micros = (iso: string) => BigInt(Date.parse(iso)) * 1000n;
const apply = (transform: string, type: string, value: Value) =>
  applyTransform(parseTransform(transform), type, value);

describe('the hash of bucket (Appendix B)', () => {
  const uuid = 'f79c3e09-677c-4bbd-a479-3f349cb785e7';
  const bytes = Uint8Array.of(0, 1, 2, 3);
  it.each<[string, Value, number]>([
    ['int', 34, 2017239379],
    ['long', 34n, 2017239379],
    ['decimal(4, 2)', 1420n, -500754589],
    ['date', 17486, -653330422],
    ['time', 81068000000n, -662762989],
    ['timestamp', micros('2017-11-16T22:31:08Z'), -2047944441],
    ['timestamp', micros('2017-11-16T22:31:08Z') + 1n, -1207196810],
    ['timestamptz', micros('2017-11-16T14:31:08-08:00'), -2047944441],
    ['timestamp_ns', micros('2017-11-16T22:31:08Z') * 1000n, -2047944441],
    ['timestamptz_ns', micros('2017-11-16T22:31:08Z') * 1000n + 1001n, -1207196810],
    ['string', 'iceberg', 1210000089],
    ['uuid', uuid, 1488055340],
    ['fixed[4]', bytes, -188683207],
    ['binary', bytes, -188683207],
  ])('of %s', (type, value, hash) => {
    expect(bucketHash(type, value)).toBe(hash);
    expect(apply('bucket[16]', type, value)).toBe((hash & 0x7fffffff) % 16);
  });

  it('is that of other murmur3 implementations at every length', () => {
    // Of '', 'a', 'ab' … 'abcdef' by the C implementation (Python's mmh3).
    const hashes = [0, 1009084850, -1681926305, -1277324294, 1139631978, -392455434, 1635893381];
    expect(hashes.map((_, index) => bucketHash('string', 'abcdef'.slice(0, index)))).toEqual(
      hashes,
    );
  });
});

describe('time transforms', () => {
  it.each<[string, string, Value, number]>([
    ['year', 'date', 17501, 47],
    ['month', 'date', 17501, 575],
    ['day', 'date', 17501, 17501],
    ['year', 'timestamp', micros('2017-12-01T10:12:55.038Z'), 47],
    ['month', 'timestamptz', micros('2024-01-31T23:59:59.999Z'), 648],
    ['day', 'timestamptz', micros('2024-01-01T00:00:00Z'), 19723],
    ['hour', 'timestamp', micros('2017-12-01T10:12:55Z'), 420034],
    ['hour', 'timestamp_ns', micros('2017-12-01T10:12:55Z') * 1000n, 420034],
    ['year', 'date', -1, -1],
    ['month', 'date', -1, -1],
    ['month', 'date', -31, -1],
    ['month', 'date', -32, -2],
    ['year', 'timestamp', -1n, -1],
    ['month', 'timestamp', -1n, -1],
    ['day', 'timestamp', -1n, -1],
    ['hour', 'timestamp', -1n, -1],
    ['hour', 'timestamp', -3_600_000_000n, -1],
    ['hour', 'timestamp_ns', -1n, -1],
    ['month', 'timestamp', 0n, 0],
  ])('%s of %s %s is %d', (transform, type, value, ordinal) => {
    expect(apply(transform, type, value)).toBe(ordinal);
  });

  it('agree with the calendar of the platform', () => {
    const day = fc.integer({ min: -90_000_000, max: 90_000_000 });
    fc.assert(
      fc.property(day, (days) => {
        const date = new Date(days * 86_400_000);
        const { year, month, day: dayOfMonth } = calendarDay(days);
        expect([year, month, dayOfMonth]).toEqual([
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
        ]);
        expect(daysSinceEpoch({ year, month, day: dayOfMonth })).toBe(days);
      }),
    );
  });

  it('cover the whole range of a 32-bit date', () => {
    for (const days of [-(2 ** 31), 2 ** 31 - 1]) {
      expect(daysSinceEpoch(calendarDay(days))).toBe(days);
    }
    expect(isoDate(-(2 ** 31))).toBe('-5877641-06-23');
  });
});

describe('truncate', () => {
  it.each<[string, string, Value, Value]>([
    ['truncate[10]', 'int', 1, 0],
    ['truncate[10]', 'int', -1, -10],
    ['truncate[10]', 'int', -2147483648, 2147483646],
    ['truncate[10]', 'long', 101n, 100n],
    ['truncate[10]', 'long', -1n, -10n],
    ['truncate[50]', 'decimal(9, 2)', 1065n, 1050n],
    ['truncate[10]', 'decimal(9, 2)', -5n, -10n],
    ['truncate[3]', 'string', 'iceberg', 'ice'],
    ['truncate[2]', 'string', '😀😁😂', '😀😁'],
    ['truncate[3]', 'string', 'ic', 'ic'],
    ['truncate[3]', 'binary', Uint8Array.of(1, 2, 3, 4, 5), Uint8Array.of(1, 2, 3)],
  ])('%s of %s %o is %o', (transform, type, value, truncated) => {
    expect(apply(transform, type, value)).toEqual(truncated);
  });

  it('is the greatest multiple that is not above', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
        fc.integer({ min: 1 }),
        (v, width) => {
          const truncated = apply(`truncate[${width}]`, 'long', v) as bigint;
          expect(truncated % BigInt(width)).toBe(0n);
          expect(truncated <= v && v < truncated + BigInt(width)).toBe(true);
        },
      ),
    );
  });
});

describe('a transform', () => {
  it.each([
    'identity',
    'year',
    'month',
    'day',
    'hour',
    'void',
    'bucket[16]',
    'truncate[10]',
    'zorder',
  ])('%s is read and written as text, and leaves null alone', (text) => {
    expect(transformText(parseTransform(text))).toBe(text);
    expect(apply(text, 'timestamp', null)).toBeNull();
  });

  it('may be spelt in any case', () => {
    expect(parseTransform('Bucket[4]')).toEqual({ name: 'bucket', numBuckets: 4 });
    expect(parseTransform('MONTH')).toEqual({ name: 'month' });
  });

  it('needs a positive parameter', () => {
    expect(() => parseTransform('bucket[0]')).toThrow('Invalid number of buckets: 0 (must be > 0)');
    expect(() => parseTransform('truncate[0]')).toThrow('Invalid truncate width: 0 (must be > 0)');
  });

  it('that is unknown cannot be applied', () => {
    expect(() => apply('zorder', 'int', 1)).toThrow('Cannot apply unsupported transform: zorder');
  });

  it.each([
    ['identity', ['boolean', 'date', 'decimal(9, 2)', 'double', 'string', 'uuid'], ['variant']],
    ['month', ['date', 'timestamp', 'timestamptz', 'timestamp_ns'], ['time', 'long', 'string']],
    ['hour', ['timestamp', 'timestamptz_ns'], ['date', 'time']],
    [
      'bucket[4]',
      ['int', 'date', 'time', 'decimal(9, 2)', 'uuid', 'fixed[3]'],
      ['double', 'float', 'boolean'],
    ],
    [
      'truncate[4]',
      ['int', 'long', 'decimal(9, 2)', 'string', 'binary'],
      ['date', 'uuid', 'fixed[3]'],
    ],
    ['void', ['boolean', 'variant'], []],
  ])('%s applies to its types', (text, applicable, others) => {
    const transform = parseTransform(text);
    expect(applicable.filter((type) => !canTransform(transform, type))).toEqual([]);
    expect(others.filter((type) => canTransform(transform, type))).toEqual([]);
    expect(canTransform(transform, { type: 'struct', fields: [] })).toBe(text === 'void');
  });

  it.each([
    ['identity', 'uuid', 'uuid'],
    ['day', 'timestamptz', 'date'],
    ['month', 'timestamptz', 'int'],
    ['hour', 'timestamptz', 'int'],
    ['bucket[4]', 'string', 'int'],
    ['truncate[4]', 'decimal(9, 2)', 'decimal(9, 2)'],
    ['void', 'string', 'string'],
  ])('%s of %s is of type %s', (text, source, result) => {
    expect(resultType(parseTransform(text), source)).toBe(result);
  });
});
