import { expect, test } from 'vitest';
import { isStacked } from '../../../src/ui/ledger/stacked.ts';

test('names stand beside their numbers where they fit, above them where they would break', () => {
  expect(isStacked(['before', 'compaction'], true)).toBe(false);
  expect(isStacked(['nytaxi-vendor-one'], false)).toBe(false);
  expect(isStacked(['before', 'nytaxi-vendor-one'], true)).toBe(true);
  expect(isStacked(['a-job-with-a-rather-long-name'], false)).toBe(true);
  expect(isStacked([], false)).toBe(false);
});
