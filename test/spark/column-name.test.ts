import { expect, test } from 'vitest';
import { translate } from '../../src/spark/translate.ts';
import { readPairs } from './cases.ts';

/** Syntax that Spark prints by its inner workings. */
const known = ['1 is true', 'interval 1 year 2 months'];

test('a column without an alias has the name that Spark gives it', () => {
  const different = readPairs('column-names').flatMap(([expression, name]) =>
    nameOf(expression) === name ? [] : [expression],
  );
  expect(different.toSorted()).toEqual(known.toSorted());
});

function nameOf(expression: string): string | undefined {
  try {
    return translate(`SELECT ${expression}`).columns?.[0]?.name;
  } catch {
    return undefined;
  }
}
