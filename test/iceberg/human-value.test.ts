import { describe, expect, it } from 'vitest';
import { humanValue } from '../../src/iceberg/human-value.ts';
import type { Value } from '../../src/iceberg/manifest-types.ts';
import { parseTransform } from '../../src/iceberg/transform.ts';

const micros = (iso: string) => BigInt(Date.parse(iso)) * 1000n;
const human = (transform: string, type: string, value: Value) =>
  humanValue(parseTransform(transform), type, value);

describe('a partition value for people', () => {
  it.each<[string, string, Value, string]>([
    ['month', 'timestamptz', 648, '2024-01'],
    ['month', 'timestamptz', -1, '1969-12'],
    ['year', 'date', -1, '1969'],
    ['year', 'date', 54, '2024'],
    ['day', 'timestamptz', 19723, '2024-01-01'],
    ['hour', 'timestamptz', 473357, '2024-01-01-05'],
    ['hour', 'timestamptz', -1, '1969-12-31-23'],
    ['bucket[16]', 'long', 7, '7'],
    ['identity', 'date', 16801, '2016-01-01'],
    ['month', 'date', -24_000, '-030-01'],
    ['year', 'date', -2000, '-030'],
    ['year', 'date', 8030, '10000'],
    ['identity', 'date', -800_000, '-221-09-04'],
    ['identity', 'time', 29_101_250_000n, '08:05:01.250'],
    ['identity', 'time', 29_101_000_001n, '08:05:01.000001'],
    ['identity', 'time', 29_101_000_000n, '08:05:01'],
    ['identity', 'double', 1, '1.0'],
    ['identity', 'double', -0, '-0.0'],
    ['identity', 'double', 1_000_000, '1000000.0'],
    ['identity', 'double', 1e7, '1.0E7'],
    ['identity', 'double', 123_456_789.5, '1.234567895E8'],
    ['identity', 'double', 0.001, '0.001'],
    ['identity', 'double', 1e-4, '1.0E-4'],
    ['identity', 'double', NaN, 'NaN'],
    ['identity', 'float', Math.fround(0.1), '0.1'],
    ['identity', 'float', 16_777_216, '1.6777216E7'],
    ['identity', 'float', Math.fround(3.4e38), '3.4E38'],
    ['identity', 'time', 29_100_000_000n, '08:05'],
    ['identity', 'timestamp', micros('2016-01-01T08:00:00Z'), '2016-01-01T08:00:00'],
    ['identity', 'timestamptz', micros('2016-01-01T08:00:00.5Z'), '2016-01-01T08:00:00.5+00:00'],
    ['identity', 'timestamp_ns', -1n, '1969-12-31T23:59:59.999999999'],
    ['truncate[10]', 'decimal(9, 2)', 12340n, '123.40'],
    ['identity', 'decimal(9, 2)', -5n, '-0.05'],
    ['identity', 'decimal(9, 0)', 5n, '5'],
    ['identity', 'string', 'a b', 'a b'],
    ['identity', 'boolean', true, 'true'],
    ['identity', 'binary', Uint8Array.of(255, 0), '/wA='],
    ['identity', 'string', null, 'null'],
    ['void', 'string', null, 'null'],
  ])('of %s over %s: %o is %s', (transform, type, value, text) => {
    expect(human(transform, type, value)).toBe(text);
  });
});
