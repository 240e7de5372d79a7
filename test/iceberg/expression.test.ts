import { expect, it } from 'vitest';
import {
  alwaysFalse,
  alwaysTrue,
  and,
  compare,
  isIn,
  isNull,
  not,
  or,
  printExpression,
  withoutNot,
} from '../../src/iceberg/expression.ts';

it.each([
  [alwaysTrue, 'true'],
  [alwaysFalse, 'false'],
  [compare('p', '==', 'a'), 'ref(name="p") == "a"'],
  [
    and(compare('p', '==', 'a'), compare('id', '<', 5n)),
    '(ref(name="p") == "a" and ref(name="id") < 5)',
  ],
  [or(isNull('p'), compare('x', '>=', 1.5)), '(is_null(ref(name="p")) or ref(name="x") >= 1.5)'],
  [not(isIn('p', ['a', 'b'])), 'not(ref(name="p") in ("a", "b"))'],
  [compare('raw', '!=', Uint8Array.of(1, 255)), `ref(name="raw") != X'01FF'`],
] as const)('prints as Java does: %#', (expression, text) => {
  expect(printExpression(expression)).toBe(text);
});

it('pushes not down to the predicates', () => {
  const filter = not(
    or(and(compare('a', '<', 1), not(compare('b', '==', 2))), or(isNull('c'), alwaysFalse)),
  );
  expect(printExpression(withoutNot(filter))).toBe(
    '((ref(name="a") >= 1 or ref(name="b") == 2) and (not_null(ref(name="c")) and true))',
  );
  expect(printExpression(withoutNot(not(isIn('p', ['a']))))).toBe('ref(name="p") not in ("a")');
});
