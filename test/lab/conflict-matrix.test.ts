import { describe, expect, it } from 'vitest';
import { type CellMark, ConflictMatrix } from '../../src/lab/conflict-matrix.svelte.ts';
import { explorerMethods } from '../../src/race/explorer/methods.ts';
import type { Operation } from '../../src/race/explorer/operations.ts';

const explorer = explorerMethods();
const matrix = new ConflictMatrix((plan) => explorer.explore(plan, () => undefined));
matrix.protocol = 'optimistic';
await matrix.fill();

const mark = (one: Operation, two: Operation): CellMark | null => matrix.markOf({ one, two });

describe('the conflict matrix', { timeout: 60_000 }, () => {
  it('fills every cell', () => {
    expect(matrix.cells.filter((cell) => matrix.markOf(cell) === null)).toEqual([]);
    expect(matrix.filling).toBe(false);
  });

  it('says what Iceberg does with two writers of one partition', () => {
    expect(mark('append', 'append')).toBe('both');
    expect(mark('append', 'dynamic-overwrite')).toBe('replaced');
    expect(mark('append', 'dynamic-overwrite-snapshot')).toBe('replaced');
    expect(mark('append', 'dynamic-overwrite-serializable')).toBe('refused');
    expect(mark('dynamic-overwrite', 'compaction')).toBe('refused');
    expect(mark('append', 'compaction')).toBe('both');
  });

  it('reads the same from both sides', () => {
    expect(mark('dynamic-overwrite', 'append')).toBe(mark('append', 'dynamic-overwrite'));
  });

  it('has nothing to say of another protocol until that was run, and loses rows without the swap', async () => {
    matrix.protocol = 'unsafe';
    expect(mark('append', 'append')).toBe(null);
    await matrix.fill();
    expect(mark('append', 'append')).toBe('lost');
    matrix.overlap = 'other';
    expect(mark('append', 'append')).toBe(null);
    expect(mark('overwrite', 'append')).toBe('lost');
    matrix.overlap = 'same';
    matrix.protocol = 'optimistic';
  });
});
