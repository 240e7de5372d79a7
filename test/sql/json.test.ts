import { expect, test } from 'vitest';
import type { SqlType } from '../../src/spark/sql-type.ts';
import { jsonLiteral } from '../../src/sql/json-literal.ts';
import { getJsonObject } from '../../src/sql/json-path.ts';

const order =
  '{"id": 9007199254740993, "to": {"a.b": "x"}, "lines": [{"n": 1}, {"n": 2}], "none": null}';

test.each([
  ['$.id', '9007199254740993'],
  ["$.to['a.b']", 'x'],
  ['$.to', '{"a.b":"x"}'],
  ['$.lines[1].n', '2'],
  ['$.lines[*].n', '[1,2]'],
  ['$.to.*', 'x'],
  ['$.none', null],
  ['$.lines[2]', null],
  ['$.lines.n', null],
  ['$.id.n', null],
  ['lines', null],
  ['$..n', null],
])('the path %s finds %s', (path, found) => {
  expect(getJsonObject(order, path)).toBe(found);
});

test('broken JSON holds nothing', () => {
  expect(getJsonObject('{"a":', '$.a')).toBe(null);
});

const record: SqlType = {
  kind: 'struct',
  fields: [
    { name: 'a', type: 'int' },
    { name: 'b', type: { kind: 'array', element: 'string' } },
  ],
};

test('a field that does not fit, or is missing, is null there', () => {
  expect(jsonLiteral('{"a": 2147483648, "b": ["x\\"y", null, 1]}', record)).toBe(
    String.raw`{"a": NULL, "b": ["x\"y", NULL, "1"]}`,
  );
});

test('a broken record has only nulls, a broken list is null', () => {
  expect(jsonLiteral('{"a" 1}', record)).toBe('{"a": NULL, "b": NULL}');
  expect(jsonLiteral('[1', { kind: 'array', element: 'int' })).toBe(null);
});

test('nothing is null, a list stands for its first record, and a record for a list of one', () => {
  expect(jsonLiteral(' ', record)).toBe(null);
  expect(jsonLiteral('[{"a": 1}]', record)).toBe('{"a": "1", "b": NULL}');
  expect(jsonLiteral('{"a": 1}', { kind: 'array', element: record })).toBe(
    '[{"a": "1", "b": NULL}]',
  );
});

test.each<[SqlType, string, string | null]>([
  ['bigint', '9223372036854775807', '9223372036854775807'],
  ['bigint', '9223372036854775808', null],
  ['int', '1.5', null],
  ['double', '1', '1'],
  ['boolean', '"true"', null],
  ['date', '"2024-02-30x"', null],
  ['timestamp', '"2024-02-29T01:02:03.5Z"', '2024-02-29T01:02:03.5Z'],
  [{ kind: 'decimal', precision: 9, scale: 2 }, '1.25', '1.25'],
])('as %s, %s is read as %s', (element, json, value) => {
  const literal = jsonLiteral(`[${json}]`, { kind: 'array', element });
  const isText = typeof element === 'string';
  expect(literal).toBe(`[${value === null ? 'NULL' : isText ? `"${value}"` : value}]`);
});
