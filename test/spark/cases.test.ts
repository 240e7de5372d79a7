import { beforeAll, describe, expect, test } from 'vitest';
import { translate } from '../../src/spark/translate.ts';
import type { KnownColumn } from '../../src/spark/translate.ts';
import { judge, openCases, readCases, readPairs } from './cases.ts';
import type { Case } from './cases.ts';
import type { Duckdb } from './duckdb.ts';

let duckdb: Duckdb;
let columns: KnownColumn[];

beforeAll(async () => {
  ({ duckdb, columns } = await openCases());
}, 120_000);

/** The cases that are not answered as Spark answers them, with what is answered instead. */
function failing(cases: Case[]): Record<string, string> {
  const wrong = cases.map((each): [string, string | null] => [
    each.id,
    judge(duckdb, columns, each),
  ]);
  return Object.fromEntries(wrong.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** Cases that are not answered as in Spark, and why. The tests fail when one more fails, and when one is mended. */
const knownFailures: Readonly<Record<string, string>> = {
  'spark-009': 'the name of a column: Spark prints its inner date_add',
  'spark-036': 'the name of a column: Spark prints its inner date_add',
  'spark-066': 'the name of a column: Spark prints the default comparison of array_sort',
  'spark-067': 'the name of a column: Spark prints its inner lambdafunction',
  'spark-068': 'the name of a column: Spark prints its inner lambdafunction',
};

function knownAmong(cases: Case[]): string[] {
  return cases.map(({ id }) => id).filter((id) => id in knownFailures);
}

describe('statements by subject', () => {
  const all = readCases('by-subject');
  const subjects = new Set(all.map(({ id }) => id.replace(/-\d+$/, '')));

  test.each([...subjects])(
    '%s',
    (subject) => {
      const cases = all.filter(({ id }) => id.startsWith(`${subject}-`));
      expect(Object.keys(failing(cases))).toEqual(knownAmong(cases));
    },
    60_000,
  );
});

test('statements answered by Spark itself have the same rows, names and types here', () => {
  const cases = readCases('by-spark');
  expect(Object.keys(failing(cases))).toEqual(knownAmong(cases));
}, 60_000);

test('dates are printed as Java prints them, and patterns are refused as Spark refuses them', () => {
  const times = [
    '2024-03-05 04:07:09',
    '2024-03-15 14:05:09.123456',
    '2023-12-31 00:00:00',
    '2024-02-29 23:59:59.9',
    '1999-01-01 12:30:00.05',
    '2024-10-31 00:30:00',
  ];
  for (const [pattern, printed] of readPairs('date-formats')) {
    const quoted = pattern.replaceAll("'", "\\'");
    const items = times.map((time) => `date_format(TIMESTAMP '${time}', '${quoted}')`);
    expect([pattern, answer(`SELECT ${items.join(', ')}`)]).toEqual([pattern, printed]);
  }
}, 60_000);

test('times are read as Spark reads them', () => {
  const different = readPairs('parsed-times').flatMap(([pattern, text, wanted]) => {
    const quoted = pattern.replaceAll("'", "\\'");
    const [found = 'error'] = answer(`SELECT to_timestamp('${String(text)}', '${quoted}')`) ?? [];
    return found === wanted
      ? []
      : [`${String(text)} by ${pattern}: ${String(found)}, not ${String(wanted)}`];
  });
  expect(different).toEqual(knownTimes);
}, 60_000);

/** The first row of a statement; `null` after an error. */
function answer(sql: string): unknown[] | null {
  try {
    return duckdb.rows(translate(sql, { columns }).sql)[0] ?? null;
  } catch {
    return null;
  }
}

/** Where our patterns tell apart less than Java's two parsers do. */
const knownTimes = [
  '12024-03-05 by yyyy-MM-dd: null, not error',
  '2024-03-05  10:11:12 by yyyy-MM-dd HH:mm:ss: null, not error',
  '2024035 by yyyyMMdd: null, not error',
  '202403051 by yyyyMMdd: error, not null',
  '2024030510111 by yyyyMMddHHmmss: null, not error',
  '005/3/2024 by d/M/yyyy: null, not 2024-03-05 00:00:00',
  '05-March-2024 by dd-MMM-yyyy: null, not error',
  'Mar 5 2024 by MMMM d yyyy: null, not error',
  '2023-366 by yyyy-DDD: 2024-01-01 00:00:00, not null',
];
