import { describe, expect, it } from 'vitest';
import { expireSnapshots } from '../../src/iceberg/expire-snapshots.ts';
import { readEvidence } from '../../src/iceberg/table-evidence.ts';
import { currentSnapshot, loadTable } from '../../src/iceberg/table.ts';
import { appends, exploredTable, maintains, worldWith } from '../../src/race/explorer/writers.ts';
import { countingRandom } from '../../src/race/explorer/counting-random.ts';
import type { CommitContext } from '../../src/iceberg/context.ts';
import type { World } from '../../src/race/explorer/world.ts';

const contextOf = (world: World): CommitContext => ({
  io: world.fileIOOf(null),
  catalog: world.catalog,
  clock: { now: () => 0, sleep: async () => undefined },
  random: countingRandom(9),
  gate: async () => undefined,
  queue: { run: (_table, work) => work() },
});

const listOf = async (world: World): Promise<string> => {
  const { metadata } = await loadTable(contextOf(world), exploredTable);
  return currentSnapshot(metadata)?.['manifest-list'] ?? '';
};

describe('the evidence of a table', () => {
  it('names the file that the table refers to and that is not there', async () => {
    const world = await worldWith([{ a: 1 }, { b: 2 }]);
    const ports = contextOf(world);
    const path = await listOf(world);
    await ports.io.delete(path);
    expect(await readEvidence(ports, exploredTable, null, {})).toEqual({
      table: exploredTable,
      gone: path,
    });
  });

  it('names the metadata file that the pointer names and that is not there', async () => {
    const world = await worldWith([{ a: 1 }]);
    const ports = contextOf(world);
    const { pointer } = await loadTable(ports, exploredTable);
    await ports.io.delete(pointer.location);
    expect(await readEvidence(ports, exploredTable, null, {})).toEqual({
      table: exploredTable,
      gone: pointer.location,
    });
  });

  it('is read again if an expiry takes away the files that were being read', async () => {
    const world = await worldWith([{ a: 1 }]);
    const ports = contextOf(world);
    const old = await listOf(world);
    let isExpired = false;
    const read = async (path: string) => {
      if (path === old && !isExpired) {
        isExpired = true;
        await appends({ b: 2 })(ports, 'optimistic');
        const expires = () => expireSnapshots({ olderThan: Number.MAX_SAFE_INTEGER });
        await maintains(expires)(ports, 'optimistic');
      }
      return ports.io.read(path);
    };
    const evidence = await readEvidence(
      { ...ports, io: { ...ports.io, read } },
      exploredTable,
      null,
      {},
    );
    expect(isExpired).toBe(true);
    expect(evidence).toMatchObject({ reach: 'expired', live: [{ rows: 2 }, { rows: 1 }] });
  });
});
