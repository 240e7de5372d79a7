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
import type { Schema } from '../../src/iceberg/table-metadata.ts';

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

it('prints numbers by the types of their columns, as Java does', () => {
  const column = (id: number, type: string) => ({ id, name: type, required: false, type });
  const schema: Schema = {
    type: 'struct',
    'schema-id': 0,
    fields: [column(1, 'double'), column(2, 'float'), column(3, 'decimal(9, 2)'), column(4, 'int')],
  };
  const filters = [
    isIn('double', [1, 2.5e10]),
    compare('float', '>', Math.fround(0.1)),
    compare('decimal(9, 2)', '==', 150n),
    compare('int', '<', 5),
  ];
  expect(printExpression(filters.reduce(and), schema)).toBe(
    '(((ref(name="double") in (1.0, 2.5E10) and ref(name="float") > 0.1) and ref(name="decimal(9, 2)") == 1.50) and ref(name="int") < 5)',
  );
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
