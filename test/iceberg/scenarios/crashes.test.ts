import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { removeOrphans } from '../../../src/iceberg/remove-orphans.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import { expectCommitted, modes, Scenario } from './fixture.ts';

describe.each(modes)('C40 crashes, $protocol (queue: $queued)', (mode) => {
  it('(a) before the swap leave orphans, which go when they are old enough', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a1, a2] = await t.files('A1', 'A2');
    const killed = t.writer();
    killed.once('before-swap', () => Promise.reject(new Error('killed')));
    await expect(t.run(() => append([a1]), killed)).rejects.toThrow('killed');
    expectCommitted(await t.run(() => append([a2])));
    expect(await t.live()).toEqual(['A0@1', 'A2@2']);

    expect(await removeOrphans(t.writer(), 'w:test/t')).toEqual([]);
    await t.world.clock.sleep(259_200_001);
    const location = 'mem:///w/test/t/data/';
    const inData = await removeOrphans(t.writer(), 'w:test/t', { location, dryRun: true });
    expect(inData).toEqual([expect.stringMatching(/A1\.parquet$/)]);
    await expect(
      removeOrphans(t.writer(), 'w:test/t', { location: 'mem:///w/test/t2' }),
    ).rejects.toThrow('mem:///w/test/t2 lies outside of w:test/t');
    const inFlight = async () => (path: string) => path.endsWith('A1.parquet');
    expect(await removeOrphans(t.writer(), 'w:test/t', { inFlight })).toHaveLength(3);
    const [orphan] = await removeOrphans(t.writer(), 'w:test/t');
    expect(orphan).toMatch(/A1\.parquet$/);
    expect(await t.live()).toEqual(['A0@1', 'A2@2']);
    await t.expectInvariants({ orphans: ['00001'] });
  });

  it('(b) after the swap leave a commit', async () => {
    const t = await Scenario.begin(mode);
    const [a1, b1] = await t.files('A1', 'B1');
    const killed = t.writer();
    killed.once('before-swap', () => t.run(() => append([b1])));
    killed.once('swap-won', () => Promise.reject(new Error('killed')));
    await expect(t.run(() => append([a1]), killed)).rejects.toThrow('killed');
    expect(await t.live()).toEqual(['A1@2', 'B1@1']);
    // The losing list and metadata file are orphans now.
    await t.world.clock.sleep(259_200_001);
    expect(await removeOrphans(t.writer(), 'w:test/t')).toHaveLength(2);
    await t.expectInvariants();
  });

  it('(c) a pointer that goes back is no pointer that never moved', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const { pointer: back } = await t.load();
    await t.seed('A1');
    const { pointer: seen } = await t.load();
    const [b1] = await t.files('B1');
    const writer = t.writer();
    writer.once('before-swap', async () => {
      // Someone else sets the table to an older file and back to the one that the writer expects, then back again.
      for (const { location } of [back, seen, back])
        await t.world.catalog.put('w:test/t', location);
    });
    const { pointer } = expectCommitted(await t.run(() => append([b1]), writer));
    expect(writer.swaps).toBe(2);
    expect(await t.live()).toEqual(['A0@1', 'B1@2']);
    const names = t.world.catalog.history.map(({ location }) => location);
    expect(names.filter((each) => each === pointer.location)).toHaveLength(1);
  });

  it('(c) ABA: the expected file at another version loses the swap', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const { pointer: seen } = await t.load();
    const [b1] = await t.files('B1');
    const writer = t.writer();
    writer.once('before-swap', () => t.world.catalog.put('w:test/t', seen.location));
    expectCommitted(await t.run(() => append([b1]), writer));
    expect(writer.swaps).toBe(2);
    expect(await t.live()).toEqual(['A0@1', 'B1@2']);
  });

  it('(i) the loser works on what it reads after the loss, not on what it knew', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a1, a2] = await t.files('A1', 'A2');
    const writer = t.writer();
    writer.once('before-swap', () => t.run((table) => replacePartitions(table, [a1])));
    const { snapshot } = expectCommitted(await t.run(() => append([a2]), writer));
    const [, winner] = (await t.load()).metadata.snapshots;
    expect(snapshot?.['parent-snapshot-id']).toBe(winner?.['snapshot-id']);
    const bases = writer.stops.flatMap(({ detail }) =>
      detail.stop === 'base-read' ? [detail.base.version] : [],
    );
    expect(bases).toEqual([2, 3]);
    await t.expectInvariants();
  });
});
