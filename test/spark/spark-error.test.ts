import { beforeAll, describe, expect, test } from 'vitest';
import { IcejamError } from '../../src/error.ts';
import { sparkError } from '../../src/spark/spark-error.ts';
import { relocate } from '../../src/spark/sql-error.ts';
import { translate } from '../../src/spark/translate.ts';
import type { KnownColumn } from '../../src/spark/translate.ts';
import { openCases } from './cases.ts';
import type { Duckdb } from './duckdb.ts';

let duckdb: Duckdb;
let columns: KnownColumn[];

beforeAll(async () => {
  ({ duckdb, columns } = await openCases());
}, 120_000);

/** The error of a statement, from whichever stage, with the piece of the statement that it points at. */
function errorOf(sql: string, ansi = false): { message: string; remedy: string; at: string } {
  try {
    const translation = translate(sql, { columns, ansi });
    try {
      duckdb.rows(translation.sql);
    } catch (thrown) {
      throw sparkError(thrown, translation);
    }
  } catch (thrown) {
    const { kind, message, remedy = '', context } = IcejamError.from(thrown);
    expect(kind).toBe('SqlInvalid');
    expect(message).toContain(`[${context.errorClass ?? 'no class'}] `);
    return { message, remedy, at: sql.slice(Number(context.start), Number(context.end)) };
  }
  throw new Error(`No error: ${sql}`);
}

describe('what DuckDB finds is told in the words of Spark, at its place', () => {
  test.each([
    [
      'SELECT farez FROM trips',
      '[UNRESOLVED_COLUMN.WITH_SUGGESTION]',
      'farez',
      'Did you mean fare?',
    ],
    ['SELECT x.fare FROM trips t', '[UNRESOLVED_COLUMN.WITH_SUGGESTION]', 'x', 'Did you mean t?'],
    ['SELECT 1 FROM tripz', '[TABLE_OR_VIEW_NOT_FOUND]', 'tripz', 'Did you mean trips?'],
    ['SELECT 1 FROM a.b.tripz', '[TABLE_OR_VIEW_NOT_FOUND]', 'a.b.tripz', 'Name an input'],
    ['SELECT info.zipp FROM events', '[FIELD_NOT_FOUND]', 'zipp', 'Did you mean zip?'],
    [
      'SELECT customer, sum(amount) FROM orders GROUP BY status',
      '[MISSING_AGGREGATION]',
      'customer',
      'Add customer to GROUP BY',
    ],
    [
      'SELECT customer FROM orders o JOIN orders p ON o.order_id = p.order_id',
      '[AMBIGUOUS_REFERENCE]',
      'customer',
      'Write o.customer or p.customer.',
    ],
    ['SELECT tags + 1 FROM events', '[DATATYPE_MISMATCH', 'tags + 1', 'Cast'],
    ['SELECT 1 UNION SELECT 1, 2', '[NUM_COLUMNS_MISMATCH]', 'SELECT', 'as many columns'],
    ['SELECT 1 FROM trips WHERE sum(fare) > 1', '[INVALID_WHERE_CONDITION]', 'sum(fare)', 'HAVING'],
    ['SELECT max(sum(fare)) FROM trips', '[NESTED_AGGREGATE_FUNCTION]', 'sum(fare)', 'sub-query'],
    ['SELECT zone FROM trips GROUP BY 3', '[GROUP_BY_POS_OUT_OF_RANGE]', 'SELECT', 'from 1 to 1'],
    ['SELECT zone FROM trips ORDER BY 3', '[ORDER_BY_POS_OUT_OF_RANGE]', '3', 'from 1 to 1'],
    ['SELECT (SELECT fare FROM trips)', '[SCALAR_SUBQUERY_TOO_MANY_ROWS]', 'SELECT', 'limit'],
    ['SELECT 2147483647 + vendor_id FROM trips', '[ARITHMETIC_OVERFLOW]', 'SELECT', 'BIGINT'],
    ["SELECT raise_error('boom')", '[USER_RAISED_EXCEPTION] boom', 'SELECT', ''],
    [
      "SELECT to_timestamp('2024-3-5', 'yyyy-MM-dd')",
      '[INCONSISTENT_BEHAVIOR_CROSS_VERSION.PARSE_DATETIME_BY_NEW_PARSER]',
      "to_timestamp('2024-3-5', 'yyyy-MM-dd')",
      'Correct the text',
    ],
  ])('%s', (sql, message, at, remedy) => {
    const error = errorOf(sql);
    expect(error.message).toContain(message);
    expect(error.at.startsWith(at)).toBe(true);
    expect(error.remedy).toContain(remedy);
  });

  test('also on a long line, and behind other SQL', () => {
    const padding = Array.from({ length: 40 }, (_, index) => `fare AS column_${index}`).join(', ');
    const sql = `SELECT ${padding},\n  farez, ${padding} FROM trips`;
    expect(errorOf(sql)).toMatchObject({ at: 'farez' });
    const translation = translate('SELECT farez FROM trips', { columns });
    try {
      duckdb.run(`CREATE TABLE copy AS SELECT * FROM (${translation.sql})`);
    } catch (thrown) {
      expect(sparkError(thrown, translation).context).toMatchObject({ start: '7', end: '12' });
      return;
    }
    throw new Error('no error');
  });
});

describe('with ANSI', () => {
  test.each([
    ["SELECT CAST('abc' AS INT)", "[CAST_INVALID_INPUT] The value 'abc'", "CAST('abc' AS INT)"],
    ['SELECT 1 + 1/0', '[DIVIDE_BY_ZERO] Division by zero.', '1/0'],
    ['SELECT 5 % 0', '[DIVIDE_BY_ZERO]', '5 % 0'],
  ])('%s fails', (sql, message, at) => {
    const error = errorOf(sql, true);
    expect(error.message).toContain(message);
    expect(error.at).toBe(at);
  });

  test('try_cast does not', () => {
    const { sql } = translate("SELECT try_cast('abc' AS INT)", { ansi: true });
    expect(duckdb.rows(sql)).toEqual([[null]]);
  });
});

describe('what does not parse, or is not Spark', () => {
  test.each([
    ['SELECT a,\n  b c d\nFROM t', "Syntax error at or near 'd'.", 'd'],
    ['SELECT a FROM t WHRE x = 1', "Syntax error at or near 'x'.", 'x'],
    ['SELECT count(* FROM trips', "Syntax error at or near 'FROM'.", 'FROM'],
    ['SELECT zone, FROM trips', "Syntax error at or near 'FROM'.", 'FROM'],
    ['SELECT (1', 'Syntax error at or near end of input.', ''],
    ['', 'Syntax error at or near end of input.', ''],
    ["SELECT 'abc", 'This string does not end.', "'abc"],
    ['SELECT /* x', 'This comment does not end.', '/* x'],
    ['SELECT 1; SELECT 2', "Syntax error at or near 'SELECT'.", 'SELECT'],
    ['SELECT nofn(1)', '[UNRESOLVED_ROUTINE] Cannot resolve function `nofn`', 'nofn'],
    ["SELECT substring('a')", '[WRONG_NUM_ARGS.WITHOUT_SUGGESTION]', "substring('a')"],
    ["SELECT CAST('x' AS foo)", '[UNSUPPORTED_DATATYPE] Unsupported data type "FOO".', 'foo'],
    ["SELECT date_format(now(), 'YYYY')", 'week-based', "'YYYY'"],
    ['SELECT row_number() FROM trips', '[MISSING_WINDOW]', 'row_number()'],
    ["SELECT xpath_string('<a/>', 'a')", '[UNSUPPORTED_FEATURE]', 'xpath_string'],
    ["SELECT from_json('{}', concat('a', ' INT'))", '[INVALID_SCHEMA', "concat('a', ' INT')"],
    ["SELECT DATE 'soon'", '[INVALID_TYPED_LITERAL]', "DATE 'soon'"],
  ])('%j', (sql, message, at) => {
    const error = errorOf(sql);
    expect(error.message).toContain(message);
    expect(error.at).toBe(at);
    expect(error.remedy).not.toBe('');
  });

  test.each([
    'CREATE TABLE x (a int)',
    'drop table trips',
    'INSERT INTO t SELECT 1',
    'DELETE FROM t',
  ])('%s is refused', (sql) => {
    expect(errorOf(sql).message).toContain('[UNSUPPORTED_FEATURE]');
  });
});

test('an error can be moved into a longer text', () => {
  const sql = 'SELECT 1\nFROM nowhere(2)';
  try {
    translate(sql);
  } catch (thrown) {
    const error = IcejamError.from(thrown);
    expect(error.range).toEqual({ line: 2, column: 6, endLine: 2, endColumn: 13 });
    const moved = relocate(error, (start, end) => {
      return { line: 10, column: start, endLine: 10, endColumn: end };
    });
    expect(moved.range).toEqual({ line: 10, column: 14, endLine: 10, endColumn: 21 });
    expect(moved.message).toBe(error.message);
    return;
  }
  throw new Error('no error');
});

test('errors of another kind stay as they are', () => {
  const killed = new IcejamError('WorkerKilled', 'gone');
  expect(sparkError(killed, translate('SELECT 1'))).toBe(killed);
});
