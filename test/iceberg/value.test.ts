import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { truncateLower, truncateUpper } from '../../src/iceberg/bounds.ts';
import type { Value } from '../../src/iceberg/manifest-types.ts';
import { valueFromJson } from '../../src/iceberg/value-json.ts';
import { compareValues, decodeValue, encodeValue } from '../../src/iceberg/value.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const uuid = 'f79c3e09-677c-4bbd-a479-3f349cb785e7';

const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const arbitraries: Record<string, fc.Arbitrary<NonNullable<Value>>> = {
  boolean: fc.boolean(),
  int: fc.integer(),
  date: fc.integer(),
  long,
  timestamptz: long,
  float: fc.float(),
  double: fc.double(),
  'decimal(38, 10)': fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }),
  string: fc.string({ unit: 'grapheme' }),
  uuid: fc.uuid(),
  binary: fc.uint8Array(),
  'fixed[4]': fc.uint8Array({ minLength: 4, maxLength: 4 }),
};
const typed = fc
  .constantFrom(...Object.keys(arbitraries))
  .chain((type) =>
    fc.tuple(
      fc.constant(type),
      arbitraries[type] as fc.Arbitrary<Value>,
      arbitraries[type] as fc.Arbitrary<Value>,
    ),
  );

describe('single values in binary', () => {
  it.each<[string, Value, string]>([
    ['boolean', true, '01'],
    ['boolean', false, '00'],
    ['int', 648, '88020000'],
    ['int', -1, 'ffffffff'],
    ['date', 17486, '4e440000'],
    ['long', 34n, '2200000000000000'],
    ['timestamptz', 1451606400000000n, '0060d3733a280500'],
    ['float', -1, '000080bf'],
    ['double', 1, '000000000000f03f'],
    ['decimal(9, 2)', 12340n, '3034'],
    ['decimal(9, 2)', -128n, '80'],
    ['decimal(9, 2)', -129n, 'ff7f'],
    ['decimal(9, 2)', 128n, '0080'],
    ['decimal(9, 2)', 0n, '00'],
    ['string', 'ç', 'c3a7'],
    ['uuid', uuid, 'f79c3e09677c4bbda4793f349cb785e7'],
    ['fixed[2]', bytes('00 ff'), '00ff'],
  ])('stores a %s %s as %s', (type, value, hex) => {
    expect(encodeValue(type, value)).toEqual(bytes(hex));
    expect(decodeValue(type, bytes(hex))).toEqual(value);
  });

  it('reads back every value of every type', () => {
    fc.assert(
      fc.property(typed, ([type, value]) => {
        expect(decodeValue(type, encodeValue(type, value))).toEqual(value);
      }),
    );
  });

  it('widens bounds that were written before a column was promoted', () => {
    expect(decodeValue('long', bytes('ffffffff'))).toBe(-1n);
    expect(decodeValue('double', bytes('0000c03f'))).toBe(1.5);
    expect(decodeValue('timestamp', bytes('ffffffff'))).toBe(-86_400_000_000n);
    expect(decodeValue('timestamp_ns', bytes('01000000'))).toBe(86_400_000_000_000n);
    expect(encodeValue('long', -1)).toEqual(encodeValue('long', -1n));
  });

  it.each([
    ['int', '00'],
    ['long', '000000'],
    ['decimal(9, 2)', ''],
    ['uuid', '00'],
    ['string', 'c3'],
  ])('calls bytes corrupt that cannot be a %s', (type, hex) => {
    expect(() => decodeValue(type, bytes(hex))).toThrow(`cannot be a value of ${type}`);
  });

  it('refuses a value of another type', () => {
    expect(() => encodeValue('long', 1.5)).toThrow('Cannot store 1.5 as a value of long');
    expect(() => encodeValue('geometry(srid:4326)', 'x')).toThrow('geometry');
    expect(() => decodeValue('variant', bytes('00'))).toThrow('not supported');
  });
});

describe('the order of values', () => {
  it.each<[string, Value[]]>([
    ['int', [null, -2, -1, 0, 1]],
    ['double', [null, -Infinity, -1, -0, 0, 1e-300, Infinity, NaN]],
    ['string', [null, '', 'A', 'a', 'ab', 'é', '\uffff', '\u{10000}', '\u{1f600}']],
    ['binary', [null, bytes(''), bytes('00'), bytes('00 00'), bytes('7f'), bytes('80')]],
    ['boolean', [null, false, true]],
    ['long', [null, -(2n ** 62n), 0n, 2n ** 62n]],
    ['uuid', [null, '0f000000-0000-0000-0000-000000000000', uuid]],
  ])('of %s is total', (type, sorted) => {
    for (const [i, a] of sorted.entries()) {
      for (const [j, b] of sorted.entries()) {
        expect(Math.sign(compareValues(type, a, b))).toBe(Math.sign(i - j));
      }
    }
  });

  it('of text is that of its UTF-8 bytes', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'z', 'ÿ', '\ud7ff', '\ue000', '\uffff', '😀'),
    });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const expected = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareValues('string', a, b))).toBe(expected);
      }),
    );
  });
});

describe('truncated bounds', () => {
  it.each<[Value, number, Value, Value]>([
    ['abc', 3, 'abc', 'abc'],
    ['abcd', 3, 'abc', 'abd'],
    ['😀😀😀', 2, '😀😀', '😀😁'],
    ['a\ud7ffb', 2, 'a\ud7ff', 'a\ue000'],
    ['a\u{10ffff}b', 2, 'a\u{10ffff}', 'b'],
    ['\u{10ffff}\u{10ffff}b', 2, '\u{10ffff}\u{10ffff}', null],
    [bytes('01 ff 03'), 2, bytes('01 ff'), bytes('02')],
    [bytes('ff ff 03'), 2, bytes('ff ff'), null],
    [bytes('01 02'), 2, bytes('01 02'), bytes('01 02')],
    [12345n, 2, 12345n, 12345n],
    [null, 2, null, null],
  ])('of %o at %d are %o and %o', (value, width, lower, upper) => {
    expect(truncateLower(value, width)).toEqual(lower);
    expect(truncateUpper(value, width)).toEqual(upper);
  });

  it('enclose the value', () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array());
    fc.assert(
      fc.property(value, fc.integer({ min: 1, max: 5 }), (whole, width) => {
        const type = typeof whole === 'string' ? 'string' : 'binary';
        const upper = truncateUpper(whole, width);
        expect(compareValues(type, truncateLower(whole, width), whole)).toBeLessThanOrEqual(0);
        if (upper !== null) expect(compareValues(type, upper, whole)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('single values in JSON', () => {
  it.each<[string, unknown, Value]>([
    ['boolean', true, true],
    ['int', 34, 34],
    ['long', 34, 34n],
    ['long', 9007199254740993n, 9007199254740993n],
    ['double', 1, 1],
    ['decimal(4, 2)', '14.20', 1420n],
    ['decimal(4, 2)', '-0.05', -5n],
    ['date', '2017-11-16', 17486],
    ['time', '22:31:08.123456', 81068123456n],
    ['timestamp', '2017-11-16T22:31:08.123456', 1510871468123456n],
    ['timestamptz', '2017-11-16T22:31:08.123456+00:00', 1510871468123456n],
    ['timestamptz_ns', '1969-12-31T23:59:59.999999999+00:00', -1n],
    ['string', 'iceberg', 'iceberg'],
    ['uuid', uuid, uuid],
    ['fixed[4]', '00010203', bytes('00 01 02 03')],
    ['binary', '', bytes('')],
    ['long', null, null],
  ])('of %s: %o', (type, json, value) => {
    expect(valueFromJson(type, json)).toEqual(value);
  });

  it.each<[string, unknown]>([
    ['int', '34'],
    ['boolean', 1],
    ['decimal(4, 2)', '14.2'],
    ['date', '2017-02-30'],
    ['time', '24:00:00'],
    ['timestamp', '2017-11-16 22:31:08'],
    ['binary', '0'],
    ['string', 1],
  ])('of %s are refused: %o', (type, json) => {
    expect(() => valueFromJson(type, json)).toThrow(/Cannot parse default|Not a date or time/);
  });
});
