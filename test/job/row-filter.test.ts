import { describe, expect, it } from 'vitest';
import { printExpression } from '../../src/iceberg/expression.ts';
import type { Schema } from '../../src/iceberg/table-metadata.ts';
import { rowFilter } from '../../src/job/row-filter.ts';
import { translateCondition } from '../../src/spark/translate.ts';

const schema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 1, name: 'id', required: false, type: 'long' },
    { id: 2, name: 'Vendor', required: false, type: 'int' },
    { id: 3, name: 'flag', required: false, type: 'string' },
    { id: 4, name: 'day', required: false, type: 'date' },
    { id: 5, name: 'at', required: false, type: 'timestamptz' },
    { id: 6, name: 'fare', required: false, type: 'decimal(9, 2)' },
    { id: 7, name: 'distance', required: false, type: 'double' },
    { id: 8, name: 'paid', required: false, type: 'boolean' },
    {
      id: 9,
      name: 'place',
      required: false,
      type: {
        type: 'struct',
        fields: [{ id: 10, name: 'zone', required: false, type: 'string' }],
      },
    },
  ],
};

const filterOf = (condition: string) => {
  const { expr } = translateCondition(condition, 'target');
  const { filter, exact } = rowFilter(expr, schema, 'target');
  return `${exact ? '' : 'about '}${printExpression(filter)}`;
};

describe('a condition over a table', () => {
  it.each([
    ['target.id = 1', 'ref(name="id") == 1'],
    ['vendor >= 2', 'ref(name="Vendor") >= 2'],
    ['2 < id', 'ref(name="id") > 2'],
    ["flag = 'N'", 'ref(name="flag") == "N"'],
    ["day = '2016-01-02'", 'ref(name="day") == 16802'],
    ["at < TIMESTAMP '1970-01-01 00:00:01.5'", 'ref(name="at") < 1500000'],
    ["at >= '1970-01-02'", 'ref(name="at") >= 86400000000'],
    ['fare = -1.5', 'ref(name="fare") == -150'],
    ["target.place.zone = 'Soho'", 'ref(name="place.zone") == "Soho"'],
    ['id BETWEEN 1 AND 3', '(ref(name="id") >= 1 and ref(name="id") <= 3)'],
    ['id IN (1, 2)', 'ref(name="id") in (1, 2)'],
    ['id IS NULL', 'is_null(ref(name="id"))'],
    ['true', 'true'],
    ['id = 1 AND vendor = 2', '(ref(name="id") == 1 and ref(name="Vendor") == 2)'],
  ])('%s is decided by files', (condition, filter) => {
    expect(filterOf(condition)).toBe(filter);
  });

  it.each([
    ['id <> 1', '(not(is_null(ref(name="id"))) and ref(name="id") != 1)'],
    ['NOT id = 1', '(not(is_null(ref(name="id"))) and ref(name="id") != 1)'],
    ['NOT (id < 1 OR vendor < 2)', '(ref(name="id") >= 1 and ref(name="Vendor") >= 2)'],
    ['NOT id BETWEEN 1 AND 3', '(ref(name="id") < 1 or ref(name="id") > 3)'],
    ['id NOT IN (1)', '(not(is_null(ref(name="id"))) and not(ref(name="id") in (1)))'],
    ['NOT id IS NULL', 'not(is_null(ref(name="id")))'],
  ])('%s is not true of null', (condition, filter) => {
    expect(filterOf(condition)).toBe(filter);
  });

  it.each([
    ['distance > 1', 'about true'],
    ["upper(flag) = 'N'", 'about true'],
    ['id = vendor', 'about true'],
    ['fare = 1.234', 'about true'],
    ["id = '1'", 'about true'],
    ['id IN (SELECT id FROM gone)', 'about true'],
    ['id = 1 AND distance > 1', 'about (ref(name="id") == 1 and true)'],
    ['id = 1 OR distance > 1', 'about (ref(name="id") == 1 or true)'],
    ['id = null', 'about true'],
  ])('%s is left to the rows', (condition, filter) => {
    expect(filterOf(condition)).toBe(filter);
  });
});
