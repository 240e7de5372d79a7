import { expect, test } from 'vitest';
import { cellText, isNumeric } from '../../../src/ui/workbench/cell.ts';

test('counts have separators; ids, years and text keep their digits', () => {
  expect(cellText(10_000, 'rows')).toBe('10,000');
  expect(cellText(10_000, 'vendor_id')).toBe('10000');
  expect(cellText(2016, 'year')).toBe('2016');
  expect(cellText('10000', 'rows')).toBe('10000');
});

test('nothing, nested values and fractions are shown as they are', () => {
  expect(cellText(null, 'a')).toBe('null');
  expect(cellText({ a: [1] }, 'a')).toBe('{"a":[1]}');
  expect(cellText(1234.5, 'a')).toBe('1234.5');
});

test('numbers are set flush right, by their Spark type', () => {
  expect(['BIGINT', 'INT', 'TINYINT', 'DOUBLE', 'DECIMAL(9,2)'].every(isNumeric)).toBe(true);
  expect(['STRING', 'TIMESTAMP', 'INTERVAL', 'ARRAY<BIGINT>'].some(isNumeric)).toBe(false);
});
