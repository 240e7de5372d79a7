import { describe, expect, it } from 'vitest';
import { golden } from './golden.ts';
import { reading } from './reading.ts';

describe('reads JSON as Spark does', () => {
  it.each(golden)('$name', async ({ text, columns, rows, rejected }) => {
    const result = await reading(text);
    expect(result.columns).toEqual(columns);
    expect(result.table).toEqual(rows);
    expect(result.rejectedCount).toBe(rejected);
    expect(result.rows).toBe(rows.length);
  });

  it.each(golden)('$name, in chunks of a few bytes', async ({ text, columns, rows }) => {
    for (const size of [1, 3, 7]) {
      const result = await reading(text, size);
      expect(result.columns).toEqual(columns);
      expect(result.table).toEqual(rows);
    }
  });
});
