import { expect, test } from 'vitest';
import { reuse } from '../../../src/ui/lanes/reuse.ts';

test('what has not changed stays the same object, what has is new', () => {
  const before = {
    lanes: [
      { y: 1, marks: [{ x: 1 }, { x: 2 }] },
      { y: 2, marks: [{ x: 3 }] },
    ],
  };
  const next = {
    lanes: [
      { y: 1, marks: [{ x: 1 }, { x: 2 }, { x: 4 }] },
      { y: 2, marks: [{ x: 3 }] },
    ],
  };
  const made = reuse(before, next);
  expect(made).toEqual(next);
  expect(made.lanes[0]).not.toBe(before.lanes[0]);
  expect(made.lanes[0]?.marks[1]).toBe(before.lanes[0]?.marks[1]);
  expect(made.lanes[1]).toBe(before.lanes[1]);
});

test('an equal value is the value before, whatever is absent stays absent', () => {
  const before: { a?: number[]; b: null } = { a: [1, 2], b: null };
  expect(reuse(before, { a: [1, 2], b: null })).toBe(before);
  expect(reuse(before, { b: null })).toEqual({ b: null });
  expect(reuse([1, 2], [1])).toEqual([1]);
  expect(reuse(null, before)).toBe(before);
});
