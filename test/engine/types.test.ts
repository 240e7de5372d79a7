import { describe, expect, test } from 'vitest';
import {
  duckdbType,
  icebergType,
  isReadable,
  literal,
  quoted,
  schemaOf,
} from '../../src/engine/types.ts';
import type { Type } from '../../src/iceberg/table-metadata.ts';

describe('a column of DuckDB becomes one of Iceberg:', () => {
  test.each([
    ['BOOLEAN', 'boolean'],
    ['TINYINT', 'int'],
    ['USMALLINT', 'int'],
    ['INTEGER', 'int'],
    ['UINTEGER', 'long'],
    ['BIGINT', 'long'],
    ['UBIGINT', 'decimal(20, 0)'],
    ['HUGEINT', 'decimal(38, 0)'],
    ['FLOAT', 'float'],
    ['DOUBLE', 'double'],
    ['DECIMAL(9,2)', 'decimal(9, 2)'],
    ['DATE', 'date'],
    ['TIME', 'time'],
    ['TIMESTAMP', 'timestamptz'],
    ['TIMESTAMP WITH TIME ZONE', 'timestamptz'],
    ['VARCHAR', 'string'],
    ["ENUM('a', 'it''s, (b)')", 'string'],
    ['UUID', 'uuid'],
    ['BLOB', 'binary'],
  ])('%s', (type, expected) => {
    expect(icebergType(type)).toBe(expected);
  });

  test('nested ones with the ids that Java gives a new table', () => {
    const columns = [
      { name: 'a', type: 'STRUCT(x INTEGER, "y z" MAP(VARCHAR, DOUBLE[]))' },
      { name: 'b', type: 'BIGINT[][]' },
    ];
    expect(schemaOf(columns).fields).toEqual([
      {
        id: 1,
        name: 'a',
        required: false,
        type: {
          type: 'struct',
          fields: [
            { id: 3, name: 'x', required: false, type: 'int' },
            {
              id: 4,
              name: 'y z',
              required: false,
              type: {
                type: 'map',
                'key-id': 5,
                key: 'string',
                'value-id': 6,
                'value-required': false,
                value: {
                  type: 'list',
                  'element-id': 7,
                  'element-required': false,
                  element: 'double',
                },
              },
            },
          ],
        },
      },
      {
        id: 2,
        name: 'b',
        required: false,
        type: {
          type: 'list',
          'element-id': 8,
          'element-required': false,
          element: {
            type: 'list',
            'element-id': 9,
            'element-required': false,
            element: 'long',
          },
        },
      },
    ]);
  });

  test.each(['INTERVAL', 'BIT', '"NULL"', 'STRUCT(a INTERVAL)', 'INTEGER['])(
    '%s does not, and the column is named',
    (type) => {
      expect(() => schemaOf([{ name: 'c', type }])).toThrow(
        /^Column c: The type .* has no counterpart/,
      );
    },
  );
});

test('a type of Iceberg has one of DuckDB, and back again', () => {
  for (const type of ['boolean', 'int', 'long', 'float', 'double', 'date', 'time', 'timestamptz']) {
    expect(icebergType(duckdbType(type))).toBe(type);
  }
  expect(duckdbType('decimal(38, 9)')).toBe('DECIMAL(38,9)');
  expect(duckdbType('timestamp')).toBe('TIMESTAMP');
  expect(duckdbType('fixed[16]')).toBe('BLOB');
});

test('types of format version 3 are read as far as DuckDB can hold their values', () => {
  const list = (element: Type) =>
    ({ type: 'list', 'element-id': 2, 'element-required': false, element }) as const;
  expect(duckdbType(list('unknown'))).toBe('INTEGER[]');
  for (const type of ['geometry', 'geometry(srid:3857)', 'geography(OGC:CRS84, karney)']) {
    expect(duckdbType(type)).toBe('BLOB');
  }
  expect([list('geometry'), 'unknown', 'variant', list('variant')].map(isReadable)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(() => duckdbType('variant')).toThrow('Columns of the type variant are not supported');
});

test('names and texts are quoted for SQL', () => {
  expect(quoted('a "b"')).toBe('"a ""b"""');
  expect(literal("it's")).toBe("'it''s'");
});
