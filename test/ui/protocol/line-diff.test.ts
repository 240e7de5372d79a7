import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines, foldUnchanged } from '../../../src/ui/protocol/line-diff.ts';

const written = (before: string[], after: string[]) =>
  diffLines(before, after).map(({ sign, text }) => sign + text);

test('a line that changed stands as it was and as it is', () => {
  expect(written(['{', '"a": 1', '"b": 2', '}'], ['{', '"a": 1', '"b": 3', '}'])).toEqual([
    ' {',
    ' "a": 1',
    '-"b": 2',
    '+"b": 3',
    ' }',
  ]);
});

test('a new file is all new, a missing one all gone', () => {
  expect(written([], ['a', 'b'])).toEqual(['+a', '+b']);
  expect(written(['a', 'b'], [])).toEqual(['-a', '-b']);
});

const texts = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 14 });

test('without the new lines it is the old text, without the old ones the new, and no edit is wasted', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const lines = diffLines(before, after);
      const without = (left: string) =>
        lines.flatMap(({ sign, text }) => (sign === left ? [] : [text]));
      expect(without('+')).toEqual(before);
      expect(without('-')).toEqual(after);
      expect(lines.filter(({ sign }) => sign === ' ')).toHaveLength(longestCommon(before, after));
    }),
  );
});

test('unchanged parts are folded, but for the lines next to a change', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7'];
  const blocks = foldUnchanged(diffLines(before, before.with(3, 'four')), 1);
  expect(blocks.map(({ kind, lines }) => [kind, lines.length])).toEqual([
    ['folded', 2],
    ['lines', 4],
    ['folded', 2],
  ]);
});

function longestCommon(one: readonly string[], other: readonly string[]): number {
  const [first, ...rest] = one;
  if (first === undefined || other.length === 0) return 0;
  const at = other.indexOf(first);
  const without = longestCommon(rest, other);
  return at < 0 ? without : Math.max(without, 1 + longestCommon(rest, other.slice(at + 1)));
}
