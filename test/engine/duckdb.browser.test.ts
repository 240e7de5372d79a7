import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, openEngine } from '../../src/engine/duckdb.ts';
import { IcejamError } from '../../src/error.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

/** The one value that an expression has, and its type. */
function evaluate(expression: string) {
  const sql = `SELECT ${expression} AS v`;
  return [engine.query(sql).rows[0]?.v, engine.describe(sql)[0]?.type];
}

describe('a result is safe for JSON:', () => {
  test.each<[string, unknown, string]>([
    ['1::TINYINT', 1, 'TINYINT'],
    ['65535::USMALLINT', 65_535, 'USMALLINT'],
    ['9007199254740991::BIGINT', 9_007_199_254_740_991, 'BIGINT'],
    ['9007199254740992::BIGINT', '9007199254740992', 'BIGINT'],
    ['(-9223372036854775808)::BIGINT', '-9223372036854775808', 'BIGINT'],
    ['18446744073709551615::UBIGINT', '18446744073709551615', 'UBIGINT'],
    ['sum(3::INTEGER)', 3, 'HUGEINT'],
    ['(-18446744073709551616)::HUGEINT', '-18446744073709551616', 'HUGEINT'],
    ['1.5::FLOAT', 1.5, 'FLOAT'],
    ['0.1::DOUBLE', 0.1, 'DOUBLE'],
    ["'nan'::DOUBLE", 'NaN', 'DOUBLE'],
    ["'-inf'::DOUBLE", '-Infinity', 'DOUBLE'],
    ['123.40::DECIMAL(9,2)', '123.40', 'DECIMAL(9,2)'],
    ['-0.05::DECIMAL(4,2)', '-0.05', 'DECIMAL(4,2)'],
    ['1234567890.123456789::DECIMAL(38,9)', '1234567890.123456789', 'DECIMAL(38,9)'],
    ['true', true, 'BOOLEAN'],
    ["'ä😀'", 'ä😀', 'VARCHAR'],
    ["'a\\x00\\xFF'::BLOB", 'YQD/', 'BLOB'],
    ["'ab'::ENUM('ab', 'cd')", 'ab', "ENUM('ab', 'cd')"],
    ["DATE '2016-01-31'", '2016-01-31', 'DATE'],
    ["DATE '1969-12-31'", '1969-12-31', 'DATE'],
    ["TIME '08:30:00'", '08:30:00', 'TIME'],
    ["TIME '08:30:00.000001'", '08:30:00.000001', 'TIME'],
    ["TIMESTAMP '2016-01-01 00:12:22'", '2016-01-01T00:12:22.000Z', 'TIMESTAMP'],
    ["TIMESTAMP '2016-01-01 00:12:22.123456'", '2016-01-01T00:12:22.123456Z', 'TIMESTAMP'],
    ["TIMESTAMP '1969-12-31 23:59:59.999999'", '1969-12-31T23:59:59.999999Z', 'TIMESTAMP'],
    [
      "TIMESTAMPTZ '2016-01-01 01:00:00+01'",
      '2016-01-01T00:00:00.000Z',
      'TIMESTAMP WITH TIME ZONE',
    ],
    ["TIMESTAMP_S '2016-01-01 00:00:01'", '2016-01-01T00:00:01.000Z', 'TIMESTAMP_S'],
    ["TIMESTAMP_NS '2016-01-01 00:00:00.5'", '2016-01-01T00:00:00.500Z', 'TIMESTAMP_NS'],
    ["'infinity'::TIMESTAMP", 'infinity', 'TIMESTAMP'],
    ["INTERVAL '1 month 2 days 3 hours'", '1 month 2 days 03:00:00', 'INTERVAL'],
    ["uuid '00112233-4455-6677-8899-aabbccddeeff'", '00112233-4455-6677-8899-aabbccddeeff', 'UUID'],
    ['[1, NULL, 3]::BIGINT[]', [1, null, 3], 'BIGINT[]'],
    ['[1, 2]::INTEGER[2]', [1, 2], 'INTEGER[2]'],
    ["{'a': 1, 'b c': ['x']}", { a: 1, 'b c': ['x'] }, 'STRUCT(a INTEGER, "b c" VARCHAR[])'],
    [
      "MAP {1: {'t': TIMESTAMP '2016-01-01'}}",
      { 1: { t: '2016-01-01T00:00:00.000Z' } },
      'MAP(INTEGER, STRUCT(t TIMESTAMP))',
    ],
    ['NULL::INTEGER[]', null, 'INTEGER[]'],
  ])('%s', (expression, value, type) => {
    expect(evaluate(expression)).toEqual([value, type]);
  });

  test('many batches and nulls in all of them', () => {
    const { rows } = engine.query(
      'SELECT i, CASE WHEN i % 2 = 0 THEN i::VARCHAR END AS even FROM range(5000) r(i)',
    );
    expect(rows).toHaveLength(5000);
    expect(rows.slice(4998)).toEqual([
      { i: 4998, even: '4998' },
      { i: 4999, even: null },
    ]);
  });

  test('two columns of one name', () => {
    expect(engine.query('SELECT 1 AS a, 2 AS a').rows).toEqual([{ a: 1, a_1: 2 }]);
  });
});

test('columns are described without running the query', () => {
  expect(engine.describe("SELECT 1::BIGINT AS a, error('ran')::DATE AS b")).toEqual([
    { name: 'a', type: 'BIGINT' },
    { name: 'b', type: 'DATE' },
  ]);
});

test('rows come out as an Arrow stream and go in again, created once and appended then', () => {
  const rows = engine.queryArrow('SELECT i, [i] AS l FROM range(3000) r(i)');
  engine.insertArrow('copy of rows', rows);
  engine.insertArrow('copy of rows', rows);
  expect(engine.query('SELECT count(*) AS n, sum(l[1]) AS s FROM "copy of rows"').rows).toEqual([
    { n: 6000, s: 8_997_000 },
  ]);
});

test('a stream without its end marker is inserted too', () => {
  const rows = engine.queryArrow('SELECT 1 AS a');
  engine.insertArrow('cut', rows.subarray(0, -8));
  engine.insertArrow('cut', rows);
  expect(engine.query('SELECT count(*) AS n FROM cut').rows).toEqual([{ n: 2 }]);
});

describe('a function of TypeScript', () => {
  test('gives texts, numbers and nulls, for rows of many batches', () => {
    engine.defineFunction('js_twice', 'VARCHAR', (value) =>
      value === null ? null : `${value}${value}ä`,
    );
    engine.defineFunction('js_length', 'INTEGER', (value) =>
      value === null ? null : String(value).length,
    );
    engine.defineFunction('js_sum', 'INTEGER', (a, b) => Number(a) + Number(b));
    const { rows } = engine.query(`
      SELECT count(*) AS n, count(js_twice(s)) AS texts, max(js_length(js_twice(s))) AS longest, sum(js_sum(CAST(i AS INTEGER), CAST(i AS DOUBLE))) AS sum
      FROM (SELECT i, CASE WHEN i % 3 = 0 THEN CAST(i AS VARCHAR) END AS s FROM range(10000) r(i))`);
    expect(rows).toEqual([{ n: 10_000, texts: 3334, longest: 9, sum: 99_990_000 }]);
    expect(evaluate("js_twice('ü😀')")).toEqual(['ü😀ü😀ä', 'VARCHAR']);
  });

  test('fails the statement when it throws, and works again', () => {
    engine.defineFunction('js_fails', 'VARCHAR', (value) => {
      if (value === 'bad') throw new Error('no such thing');
      return value;
    });
    expect(() => evaluate("js_fails('bad')")).toThrow('no such thing');
    expect(evaluate("js_fails('good')")).toEqual(['good', 'VARCHAR']);
    expect(() => evaluate('js_fails(1::BIGINT)')).toThrow('argument type BIGINT');
  });
});

test('a failing statement tells what DuckDB says', () => {
  const failure = () => engine.execute('SELECT farez FROM (SELECT 1 AS fare)');
  expect(failure).toThrow(IcejamError);
  expect(failure).toThrow(/Referenced column "farez" not found.*Candidate bindings: "fare"/s);
  expect(engine.query('SELECT 1 AS a').rows).toEqual([{ a: 1 }]);
});

test.each(["SELECT * FROM 'x.parquet'", "SELECT '{}'::JSON", "SELECT now() AT TIME ZONE 'UTC'"])(
  'nothing is loaded from the network for %s',
  (sql) => {
    performance.clearResourceTimings();
    expect(() => engine.query(sql)).toThrow(IcejamError);
    const elsewhere = performance
      .getEntriesByType('resource')
      .filter((entry) => new URL(entry.name).origin !== location.origin);
    expect(elsewhere).toEqual([]);
    expect(engine.query('SELECT 1 AS a').rows).toEqual([{ a: 1 }]);
  },
);

test('all of it works in a worker that must not evaluate text', async () => {
  const worker = new Worker(new URL('./eval-free.worker.ts', import.meta.url), { type: 'module' });
  const answer = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  worker.terminate();
  expect(answer).toEqual({ rows: [{ n: 3000, s: 4_498_500 }] });
});
