import { expect, test } from 'vitest';
import { nearest } from '../src/nearest.ts';

test('offers names with at most a third of their letters to mend, the nearest first', () => {
  expect(nearest('dateformat', ['date_format', 'datepart', 'date', 'upper'])).toEqual([
    'date_format',
    'datepart',
  ]);
  expect(nearest('TIRPS', ['trips', 'strips'])).toEqual(['trips', 'strips']);
});

test('has nothing to offer for a very long name, at once', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `name_${String(index)}`);
  const startedAt = performance.now();
  expect(nearest('x'.repeat(100_000), names)).toEqual([]);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
