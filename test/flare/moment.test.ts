import { expect, test } from 'vitest';
import { parseMoment } from '../../src/flare/moment.ts';

test.each([
  ['1674201289720', 1674201289720],
  [' 0 ', 0],
  ['1970-01-02', 86_400_000],
  ['1970-01-01 00:00:01', 1000],
  ['1970-01-01T00:01', 60_000],
  ['1970-01-01 00:00:00.5', 500],
  ['1970-01-01T02:00:00+02:00', 0],
  ['1970-01-01 00:00:00 Z', 0],
  ['yesterday', undefined],
  ['', undefined],
  ['-5', undefined],
  ['1970-13-01', undefined],
])('%j is %j', (text, millis) => {
  expect(parseMoment(text)).toBe(millis);
});
