import { beforeAll, describe, expect, test } from 'vitest';
import { findTextArithmetic } from '../../src/spark/find-text-arithmetic.ts';
import { macros, settings } from '../../src/spark/macros/macros.ts';
import { translate } from '../../src/spark/translate.ts';
import { openDuckdb } from './duckdb.ts';
import type { Duckdb } from './duckdb.ts';

const columns = [
  { view: 'ny_taxi', name: 'vendor_id', type: 'BIGINT' },
  { view: 'ny_taxi', name: 'pickup_datetime', type: 'VARCHAR' },
  { view: 'ny_taxi', name: 'fare', type: 'VARCHAR' },
];

let duckdb: Duckdb;

beforeAll(async () => {
  duckdb = await openDuckdb();
  duckdb.run(settings);
  duckdb.run(macros);
  duckdb.run(`CREATE TABLE ny_taxi AS SELECT * FROM (VALUES
    (1, '2016-03-14 17:24:55', '12.5'), (2, '1457976295000', 'free'), (2, NULL, ' 3 ')
  ) AS t(vendor_id, pickup_datetime, fare)`);
}, 120_000);

const seed =
  'select *, to_timestamp(pickup_datetime/1000) as date_col from ny_taxi where vendor_id = 1';

describe('a text column used as a number', () => {
  test('is found with the whole expression, and with what to write instead', () => {
    const [found, ...more] = findTextArithmetic(seed, columns);
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      expression: 'to_timestamp(pickup_datetime/1000)',
      column: 'pickup_datetime',
      columnType: 'string',
      view: 'ny_taxi',
      suggestion: 'to_timestamp(pickup_datetime)',
    });
    expect(seed.slice(found?.start, found?.end)).toBe(found?.expression);
  });

  test('tells how to count the rows that it loses', () => {
    const count = (sql: string) =>
      findTextArithmetic(sql, columns).map(
        ({ condition }) => duckdb.rows(`SELECT count(*) FROM ny_taxi WHERE ${condition}`)[0]?.[0],
      );
    expect(count(seed)).toEqual([1]);
    const counted = (sql: string) =>
      findTextArithmetic(sql, columns).map((found) => duckdb.rows(found.count)[0]?.[0]);
    expect(counted(seed)).toEqual([1]);
    expect(counted(seed.replace('vendor_id = 1', 'vendor_id = 2'))).toEqual([0]);
    expect(
      counted(
        'WITH a AS (SELECT vendor_id, fare AS f FROM ny_taxi) SELECT f + 1 FROM a x WHERE vendor_id > 1',
      ),
    ).toEqual([1]);
    expect(count('SELECT fare * 2, abs(fare), -fare FROM ny_taxi')).toEqual([1, 1, 1]);
  });

  test('is found through subqueries and WITH, as long as it stays the column', () => {
    const found = findTextArithmetic(
      'WITH a AS (SELECT fare AS f FROM ny_taxi) SELECT f + 1 FROM (SELECT * FROM a) b',
      columns,
    );
    expect(found).toMatchObject([{ expression: 'f + 1', column: 'fare', view: 'ny_taxi' }]);
    expect(
      findTextArithmetic('SELECT f + 1 FROM (SELECT trim(fare) AS f FROM ny_taxi)', columns),
    ).toEqual([]);
  });

  test('is not found where it is read as text, or cast by name', () => {
    for (const sql of [
      'SELECT to_timestamp(pickup_datetime) FROM ny_taxi',
      'SELECT CAST(fare AS DOUBLE) * 2 FROM ny_taxi',
      "SELECT concat(fare, 1), fare || 'x' FROM ny_taxi",
      'SELECT vendor_id / 2 FROM ny_taxi',
    ]) {
      expect(findTextArithmetic(sql, columns)).toEqual([]);
    }
  });

  test('columns need not name their view', () => {
    const anonymous = columns.map(({ name, type }) => ({ name, type }));
    expect(findTextArithmetic(seed, anonymous)).toMatchObject([{ column: 'pickup_datetime' }]);
  });

  test('has the answer of Spark: NULL where it is no number', () => {
    const rows = (sql: string) => duckdb.rows(translate(sql, { columns }).sql);
    expect(rows('SELECT fare * 2, fare + vendor_id FROM ny_taxi')).toEqual([
      [25, 13.5],
      [null, null],
      [6, 5],
    ]);
    expect(
      rows(seed.replace('select *,', 'select').replace('vendor_id = 1', 'vendor_id < 3')),
    ).toEqual([[null], ['2016-03-14 17:24:55'], [null]]);
  });

  test('is an error with ANSI', () => {
    const { sql } = translate('SELECT fare * 2 FROM ny_taxi', { columns, ansi: true });
    expect(() => duckdb.rows(sql)).toThrow(
      '[CAST_INVALID_INPUT] @7-11 The value \'free\' of the type "STRING" cannot be cast to "DOUBLE"',
    );
  });
});
