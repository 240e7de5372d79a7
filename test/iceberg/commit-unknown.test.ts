import { describe, expect, it } from 'vitest';
import { IcejamError } from '../../src/error.ts';
import { append } from '../../src/iceberg/append.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { catalogWith } from './double/faulty-catalog.ts';
import { stopsOf } from './double/world.ts';
import { expectCommitted, modes, Scenario } from './scenarios/fixture.ts';

const [, , optimistic] = modes;

describe('C38 a swap whose answer is lost', () => {
  it('(a) is a commit if the snapshot is found, and nothing of it is deleted', async () => {
    const t = await Scenario.begin(optimistic);
    await t.seed('A0');
    const [a1] = await t.files('A1');
    t.world.catalog.faults.push('lose-answer');
    const writer = t.writer();
    const result = expectCommitted(await t.run(() => append([a1]), writer));
    expect(result.pointer).toEqual((await t.load()).pointer);
    expect(writer.swaps).toBe(1);
    expect(await t.live()).toEqual(['A0@1', 'A1@2']);
    expect(t.world.io.deleted).toEqual([]);
    await t.expectInvariants();
  });

  it('(b) is unknown if the snapshot is not found; taken up again it lands once', async () => {
    const t = await Scenario.begin(optimistic);
    await t.seed('A0');
    const [a1] = await t.files('A1');
    t.world.catalog.faults.push('lose-request');
    const writer = t.writer();
    const built = await t.build(() => append([a1]));
    const result = await t.commit(built, writer);
    expect(result).toMatchObject({ outcome: 'unknown', attempts: 1 });
    if (result.outcome !== 'unknown' || result.snapshotId === null) throw new Error('not unknown');
    expect(result.error.kind).toBe('CommitStateUnknown');
    expect(result.error.message).toMatch(
      /^connection reset\nCannot determine whether the commit was successful or not, /,
    );
    expect(stopsOf(writer).at(-1)).toBe('1 unknown');
    expect(t.world.io.deleted).toEqual([]);
    expect(await t.live()).toEqual(['A0@1']);

    const { snapshotId } = result;
    const again = [
      await t.commit(built, t.writer(), { snapshotId }),
      await t.commit(built, t.writer(), { snapshotId }),
    ];
    expect(again.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
    expect(await t.live()).toEqual(['A0@1', 'A1@2']);
    const orphans = writer.stops.flatMap(({ detail }) => {
      if (detail.stop === 'manifests-written') return detail.files.map((file) => file.path);
      return detail.stop === 'list-written' || detail.stop === 'metadata-written'
        ? [detail.file.path]
        : [];
    });
    expect(orphans).toHaveLength(3);
    await t.expectInvariants({ orphans });
  });

  it('(c) is found although another writer has committed on top', async () => {
    const t = await Scenario.begin(optimistic);
    await t.seed('A0');
    const [a1, b9] = await t.files('A1', 'B9');
    t.world.catalog.faults.push('deny-win');
    const writer = t.writer();
    writer.once('swap-lost', () => t.run(() => append([b9])));
    const result = expectCommitted(await t.run(() => append([a1]), writer));
    expect(await t.live()).toEqual(['A0@1', 'A1@2', 'B9@3']);
    expect(writer.swaps).toBe(1);
    expect(result.pointer).toEqual(t.world.catalog.history[2]);
    expect(
      writer.stops.map(({ detail }) => detail).find(({ stop }) => stop === 'swap-won'),
    ).toMatchObject({ version: 3, snapshotId: String(result.snapshotId) });
    await t.expectInvariants();
  });

  it.each(['lose-answer', 'deny-win'] as const)(
    '(d) is no conflict of a serializable overwrite with itself (%s)',
    async (fault) => {
      const t = await Scenario.begin(optimistic);
      const since = await t.seed('A0');
      const [a1] = await t.files('A1');
      t.world.catalog.faults.push(fault);
      expectCommitted(
        await t.run((table) =>
          replacePartitions(table, [a1], { since, isolation: 'serializable' }),
        ),
      );
      expect(await t.live()).toEqual(['A1@2']);
      await t.expectInvariants();
    },
  );

  it('is found by its metadata file if it makes no snapshot, also under what came on top', async () => {
    const t = await Scenario.begin(optimistic);
    t.world.catalog.faults.push('deny-win');
    const writer = t.writer();
    writer.once('swap-lost', () => t.seed('A1'));
    const set = () => updateProperties({ k: 'v' });
    const result = expectCommitted(await t.run(set, writer));
    expect(result).toMatchObject({ attempts: 2, pointer: t.world.catalog.history[1] });
    expect(writer.swaps).toBe(1);
    await t.expectInvariants();
  });

  it('tells its own version although the log has forgotten it', async () => {
    const properties = { 'write.metadata.previous-versions-max': '1' };
    const t = await Scenario.begin(optimistic, { properties });
    const [a1, b9, c9] = await t.files('A1', 'B9', 'C9');
    t.world.catalog.faults.push('deny-win');
    const writer = t.writer();
    writer.once('swap-lost', async () => {
      await t.run(() => append([b9]));
      await t.run(() => append([c9]));
    });
    const result = expectCommitted(await t.run(() => append([a1]), writer));
    expect(result.pointer).toEqual(t.world.catalog.history[1]);
    expect(await t.live()).toEqual(['A1@1', 'B9@2', 'C9@3']);
  });

  it('is found before a writer gives up', async () => {
    const t = await Scenario.begin(optimistic, { properties: { 'commit.retry.num-retries': '0' } });
    const [a1] = await t.files('A1');
    t.world.catalog.faults.push('deny-win');
    expectCommitted(await t.run(() => append([a1])));
    expect(await t.live()).toEqual(['A1@1']);
    await t.expectInvariants();
  });

  it('is recognised by the location when the catalog names it as what it found', async () => {
    const t = await Scenario.begin(optimistic, { properties: { 'commit.retry.num-retries': '0' } });
    const [a1] = await t.files('A1');
    const writer = t.writer();
    const { catalog } = t.world;
    writer.catalog = catalogWith(catalog, {
      swap: async (table, expected, location) => {
        await catalog.swap(table, expected, location);
        return catalog.swap(table, expected, location);
      },
    });
    expectCommitted(await t.run(() => append([a1]), writer));
    expect(await t.live()).toEqual(['A1@1']);
    await t.expectInvariants();
  });

  it('stays unknown while the catalog cannot be reached', async () => {
    const t = await Scenario.begin(optimistic);
    const [a1] = await t.files('A1');
    const writer = t.writer();
    const { catalog } = t.world;
    let reachable = true;
    writer.once('before-swap', async () => {
      reachable = false;
    });
    const load = (table: string) =>
      reachable ? catalog.load(table) : Promise.reject(new Error('no connection'));
    writer.catalog = catalogWith(catalog, {
      load,
      swap: () => Promise.reject(new Error('no connection')),
    });
    const began = t.world.clock.now();
    expect(await t.run(() => append([a1]), writer)).toMatchObject({ outcome: 'unknown' });
    // Four checks with waits of 1, 2 and 4 s and up to 10 % more.
    const waited = t.world.clock.now() - began;
    expect(waited).toBeGreaterThanOrEqual(7000);
    expect(waited).toBeLessThan(7700);
    expect(t.world.io.deleted).toEqual([]);
  });
});

it.each(modes)(
  'a swap that finds no room is none and leaves no file: $protocol, in a queue: $queued',
  async (mode) => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a1] = await t.files('A1');
    const before = t.world.io.paths();
    const refuse = () => Promise.reject(new IcejamError('StorageFull', 'no room for the pointer'));
    const writer = t.writer();
    writer.catalog = catalogWith(t.world.catalog, { swap: refuse, put: refuse });
    expect(await t.run(() => append([a1]), writer)).toMatchObject({
      outcome: 'rejected',
      attempts: 1,
      error: { kind: 'StorageFull', message: 'no room for the pointer' },
    });
    expect(t.world.io.paths()).toEqual(before);
    expect(await t.live()).toEqual(['A0@1']);
  },
);
