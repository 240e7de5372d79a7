import { describe, expect, it } from 'vitest';
import { conformPart } from '../../../src/engine/json/conform.ts';
import { unifyColumns } from '../../../src/engine/json/unify.ts';
import { golden } from './golden.ts';
import { reading, rowsOf } from './reading.ts';

/** What a struct looked like in its own text is known only within its part. */
const needsSource = new Set([
  'nested in text',
  'not numbers nested in text',
  'duplicate keys nested in text',
]);

describe('gives the same table when every row is a part of its own', () => {
  it.each(golden.filter(({ name }) => !needsSource.has(name)))(
    '$name',
    async ({ text, columns, rows }) => {
      const result = await reading(text, 1 << 20, { rows: 1, bytes: Infinity });
      expect(result.parts.length).toBe(rows.length);
      expect(result.columns).toEqual(columns);
      expect(result.table).toEqual(rows);
    },
  );
});

it('writes a struct of another part in name order, without nulls', async () => {
  const text = '{"x":{"b":1.50,"a":[1,null,"\\n"],"n":null,"c":{}}}\n{"x":"t"}\n';
  const { table } = await reading(text, 1000, { rows: 1, bytes: Infinity });
  expect(table).toEqual([{ x: '{"a":["1",null,"\\n"],"b":1.5,"c":{}}' }, { x: 't' }]);
});

it('hands back a part that has the columns already', async () => {
  const { parts, columns } = await reading('{"a":1,"b":[{"c":"x"}]}');
  const ipc = parts[0]?.ipc ?? new Uint8Array(0);
  expect(conformPart(ipc, columns)).toBe(ipc);
});

it('adds a column of each type that a part lacks, as nulls', async () => {
  const { parts } = await reading('{"a":1}\n{"a":2}');
  const columns = [
    { name: 'a', type: 'BIGINT' },
    { name: 'b', type: 'BOOLEAN' },
    { name: 'd', type: 'DOUBLE' },
    { name: 'l', type: 'BIGINT[]' },
    { name: 'n', type: 'DECIMAL(20,0)' },
    { name: 's', type: 'STRUCT("x y" VARCHAR, "q""" BIGINT[])' },
    { name: 't', type: 'VARCHAR' },
  ];
  const nulls = { b: null, d: null, l: null, n: null, s: null, t: null };
  expect(rowsOf(conformPart(parts[0]?.ipc ?? new Uint8Array(0), columns))).toEqual([
    { a: '1', ...nulls },
    { a: '2', ...nulls },
  ]);
});

it('says Corrupt of what is no part', () => {
  expect(() => conformPart(new Uint8Array(0), [])).toThrow(
    expect.objectContaining({ kind: 'Corrupt' }) as Error,
  );
});

describe('unified columns', () => {
  const file = (name: string, types: Record<string, string>) => ({
    name,
    columns: Object.entries(types).map(([column, type]) => ({ name: column, type })),
  });

  it('are the union by name, in name order, with the narrowest common types', () => {
    const files = [
      file('1', { b: 'BIGINT', n: '"NULL"', s: 'STRUCT("a" BIGINT, "e" STRUCT())', x: 'STRUCT()' }),
      file('2', { a: 'VARCHAR', b: 'DOUBLE', n: '"NULL"', s: 'STRUCT("a" VARCHAR, "b" BIGINT[])' }),
    ];
    expect(unifyColumns(files)).toEqual([
      { name: 'a', type: 'VARCHAR' },
      { name: 'b', type: 'DOUBLE' },
      { name: 'n', type: 'VARCHAR' },
      { name: 's', type: 'STRUCT("a" VARCHAR, "b" BIGINT[])' },
    ]);
  });

  it.each([
    ['BIGINT', 'DECIMAL(19,0)', 'DECIMAL(20,0)'],
    ['BIGINT', 'DECIMAL(25,0)', 'DECIMAL(25,0)'],
    ['DECIMAL(19,0)', 'DECIMAL(25,0)', 'DECIMAL(25,0)'],
    ['DOUBLE', 'DECIMAL(25,0)', 'DOUBLE'],
    ['BOOLEAN', 'BIGINT', 'VARCHAR'],
    ['BIGINT[]', 'DOUBLE[]', 'DOUBLE[]'],
    ['"NULL"[]', 'BIGINT[][]', 'BIGINT[][]'],
    ['BIGINT[]', 'BIGINT', 'VARCHAR'],
    ['STRUCT()', '"NULL"', undefined],
  ])('%s and %s make %s', (one, other, both) => {
    for (const [first, second] of [
      [one, other],
      [other, one],
    ]) {
      const columns = unifyColumns([file('1', { x: first ?? '' }), file('2', { x: second ?? '' })]);
      expect(columns[0]?.type).toBe(both);
    }
  });

  it('are refused when names differ only by case, with both names', () => {
    expect(() =>
      unifyColumns([file('a.json', { id: 'BIGINT' }), file('b.json', { ID: 'BIGINT' })]),
    ).toThrow(/`ID` and `id` in a\.json, b\.json/);
    expect(() => unifyColumns([file('a.json', { x: 'STRUCT("a" BIGINT, "A" BIGINT)[]' })])).toThrow(
      /`x\.a` and `x\.A`/,
    );
  });

  it('are refused for what is no type', () => {
    for (const type of ['', 'BIGINTS', 'STRUCT("a" BIGINT', 'STRUCT(a BIGINT)', 'DECIMAL(9,2)']) {
      expect(() => unifyColumns([file('1', { x: type })]), type).toThrow(
        expect.objectContaining({ kind: 'Corrupt' }) as Error,
      );
    }
  });
});
