import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IcejamError } from '../../src/error.ts';
import { parseJson, stringifyJson } from '../../src/iceberg/json.ts';

describe('JSON with 63-bit integers', () => {
  it('keeps integers beyond 2^53 as bigints and others as numbers', () => {
    expect(
      parseJson('[9007199254740991, 9007199254740993, -9223372036854775808, 1e3, -0]'),
    ).toEqual([9007199254740991, 9007199254740993n, -9223372036854775808n, 1000, -0]);
  });

  it('writes a bigint as a bare integer', () => {
    expect(stringifyJson({ id: 3268283547652548252n, none: undefined, list: [null, 'ü"'] })).toBe(
      '{"id":3268283547652548252,"list":[null,"ü\\""]}',
    );
  });

  it('reads and writes whatever JSON.parse and JSON.stringify do', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2), (text, indent) => {
        const value: unknown = JSON.parse(text);
        const unsafe = /\d{16}/.test(text);
        if (unsafe) return;
        expect(parseJson(JSON.stringify(value, null, indent))).toEqual(value);
        expect(stringifyJson(value)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('agrees with JSON.parse on what is no JSON', () => {
    const spoiled = fc.tuple(
      fc.json(),
      fc.nat(),
      fc.constantFrom('', '"', ',', '}', '0', '\\', '\n'),
    );
    fc.assert(
      fc.property(spoiled, ([text, at, insertion]) => {
        const place = at % (text.length + 1);
        const changed = text.slice(0, place) + insertion + text.slice(place + 1);
        const accepted = (parse: (text: string) => unknown) => {
          try {
            parse(changed);
            return true;
          } catch {
            return false;
          }
        };
        expect(accepted(parseJson)).toBe(accepted(JSON.parse));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a member called __proto__ for an ordinary one', () => {
    const value = parseJson('{"__proto__":{"polluted":1}}') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__']);
  });

  it.each([
    ['', 'Invalid JSON: the text ends too early at line 1, column 1'],
    ['{"a":1,\n  "b" 2}', 'Invalid JSON: unexpected "2" at line 2, column 7'],
    ['["a\nb"]', 'Invalid JSON: unexpected "\\n" at line 1, column 4'],
    ['[01]', 'Invalid JSON: unexpected "1" at line 1, column 3'],
    ['"\\x"', 'Invalid JSON: unexpected "x" at line 1, column 3'],
  ])('says where %j is wrong', (text, message) => {
    expect(() => parseJson(text)).toThrow(new IcejamError('Corrupt', message));
  });
});
