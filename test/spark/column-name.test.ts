import { expect, test } from 'vitest';
import { translate } from '../../src/spark/translate.ts';
import { readPairs } from './cases.ts';

/** Expressions of other functions than are supported, and syntax that Spark prints by its inner workings. */
const known = [
  "crc32('a')",
  "from_json('{}','a INT')",
  "get_json_object('a','b')",
  "hash('a')",
  'to_json(struct(1))',
  "xxhash64('a')",
  '1 is true',
  'interval 1 year 2 months',
];

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
