import { afterEach, describe, expect, it, vi } from 'vitest';
import { MemoryCatalog } from '../../src/iceberg/memory.ts';
import { explore } from '../../src/race/explorer/explore.ts';
import { operations } from '../../src/race/explorer/operations.ts';
import { exploredWorld, writersOf } from '../../src/race/explorer/explored-jobs.ts';
import { appends, exploredTable } from '../../src/race/explorer/writers.ts';
import { race } from './stage.ts';

/** Drops the comparison from the catalog's own swap: whoever swaps wins. */
function plant(): void {
  vi.spyOn(MemoryCatalog.prototype, 'swap').mockImplementation(async function (
    this: MemoryCatalog,
    table,
    _expected,
    location,
  ) {
    return { won: true, pointer: await this.put(table, location) };
  });
}

afterEach(() => vi.restoreAllMocks());

describe('a swap that does not compare', () => {
  it('makes the explorer fail for two appends under both safe protocols', async () => {
    for (const protocol of ['queued', 'optimistic'] as const) {
      const options = {
        protocol,
        world: await exploredWorld(),
        table: exploredTable,
        kills: false,
      };
      const writers = { one: appends({ a: 1 }), two: appends({ a: 2 }) };
      expect((await explore(writers, options)).violated).toBe(0);
      plant();
      const { violated, violation } = await explore(writers, options);
      vi.restoreAllMocks();
      expect(violated).toBeGreaterThan(0);
      expect(violation?.verdict.sentences.join(' ')).toContain('not in the table');
    }
  });

  it.each(operations.filter((operation) => operation !== 'append'))(
    'makes the explorer fail for an append beside: %s',
    async (operation) => {
      const jobs = [
        { name: 'one', operation: 'append' as const, partition: 'a' as const },
        { name: 'two', operation, partition: 'b' as const },
      ];
      const world = await exploredWorld();
      plant();
      const options = { protocol: 'optimistic' as const, world, table: exploredTable };
      const { violated } = await explore(writersOf(jobs), { ...options, kills: false });
      expect(violated).toBeGreaterThan(0);
    },
  );

  it('makes the checker fail for one race in which somebody was held before the swap', async () => {
    const writers = { one: appends({ a: 1 }), two: appends({ a: 2 }) };
    const cues = [
      ['one', 'before-swap'],
      ['two', 'end'],
    ] as const;
    const run = () =>
      race(
        writers,
        cues.map(([job, to]) => [job, to]),
      );
    expect((await run()).verdict.result).toBe('holds');
    plant();
    const { verdict } = await run();
    expect(verdict.result).toBe('violated');
    expect(verdict.ledger.find(({ job }) => job === 'two')).toMatchObject({ told: 2, missing: 2 });
  });
});
