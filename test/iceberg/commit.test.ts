import { describe, expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import type { Catalog } from '../../src/iceberg/ports.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import type { Writer } from './double/world.ts';
import { expectCommitted, first, modes, Scenario } from './scenarios/fixture.ts';

const [queued, , optimistic] = modes;

function stopsOf(writer: Writer): string[] {
  return writer.stops.map(({ attempt, detail }) => `${attempt} ${detail.stop}`);
}

/** A catalog that does some things in its own way. */
function catalogWith(catalog: Catalog, own: Partial<Catalog>): Catalog {
  return {
    load: (table) => catalog.load(table),
    swap: (table, expected, location) => catalog.swap(table, expected, location),
    put: (table, location) => catalog.put(table, location),
    ...own,
  };
}

describe('the stops of a commit', () => {
  it('come in order, each attempt with its number', async () => {
    const t = await Scenario.begin(optimistic);
    const [a1, b1] = await t.files('A1', 'B1');
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => append([a1])));
    await t.run(() => append([b1]), writer);
    expect(stopsOf(writer)).toEqual([
      '0 manifests-written',
      '1 base-read',
      '1 validated',
      '1 list-written',
      '1 metadata-written',
      '1 before-swap',
      '1 swap-lost',
      '2 base-read',
      '2 validated',
      '2 list-written',
      '2 metadata-written',
      '2 before-swap',
      '2 swap-won',
      '2 cleaned-up',
    ]);
  });

  it('tell what a viewer needs to see', async () => {
    const t = await Scenario.begin(optimistic);
    const since = await t.seed('A0', 'B0');
    const [a1, a2] = await t.files('A1', 'A2');
    const writer = t.writer();
    const base = (await t.load()).pointer;
    writer.once('before-swap', () => t.run(() => append([a1])));
    const { snapshotId, pointer } = expectCommitted(
      await t.run((table) => replacePartitions(table, [a2], { since }), writer),
    );
    const details = writer.stops.map(({ detail }) => detail);
    expect(details[0]).toMatchObject({ files: [{ rows: 1 }] });
    expect(details[1]).toEqual({
      stop: 'base-read',
      base: { version: 2, location: base.location, snapshotId: String(since), rows: 2 },
    });
    expect(details[2]).toEqual({
      stop: 'validated',
      isolation: 'none',
      since: String(since),
      removes: [
        { path: expect.stringContaining('A0') as string, bytes: 10, rows: 1, partition: 'p=a' },
      ],
    });
    expect(details[3]).toMatchObject({ snapshotId: String(snapshotId), operation: 'overwrite' });
    expect(details[5]).toMatchObject({ expected: { version: 2 } });
    expect(details[6]).toEqual({
      stop: 'swap-lost',
      expected: 2,
      found: 3,
      next: { do: 'wait', ms: 1 },
    });
    expect(details.at(-2)).toEqual({
      stop: 'swap-won',
      version: 4,
      location: pointer.location,
      snapshotId: String(snapshotId),
      operation: 'overwrite',
      rows: 2,
    });
    const { deleted } = details.at(-1) as { deleted: string[] };
    expect(
      deleted.map((path) => path.replace(/^.*\//, '').replace(/^snap-\d+/, 'snap-id')),
    ).toEqual([
      // The manifest without A0 is not among them: the second attempt could use it again.
      expect.stringMatching(/^snap-id-1-/),
      expect.stringMatching(/^00002-.*\.metadata\.json$/),
    ]);
  });

  it('end with the clean-up when the commit is rejected', async () => {
    const t = await Scenario.begin(optimistic);
    const since = await t.seed('A0');
    const [a2] = await t.files('A2');
    const built = await t.build((table) =>
      replacePartitions(table, [a2], { since, isolation: 'serializable' }),
    );
    await t.seed('A1');
    const writer = t.writer();
    const result = await t.commit(built, writer);
    expect(result).toMatchObject({ outcome: 'rejected', attempts: 1 });
    expect(writer.stops.at(-1)?.detail).toMatchObject({
      stop: 'cleaned-up',
      deleted: [expect.stringContaining('-m0.avro')],
    });
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('leave everything as a crash would when the gate throws', async () => {
    const t = await Scenario.begin(optimistic);
    const [a1] = await t.files('A1');
    const writer = t.writer();
    writer.once('before-swap', () => Promise.reject(new Error('killed')));
    await expect(t.run(() => append([a1]), writer)).rejects.toThrow('killed');
    expect(t.world.io.deleted).toEqual([]);
    expect(await t.live()).toEqual([]);
    await t.expectInvariants({ orphans: ['A1', '.avro', '00001-'] });
  });
});

describe('a queued writer that lost a swap', () => {
  it('waits for its turn instead of sleeping, and starves nobody', async () => {
    const t = await Scenario.begin(queued);
    const writers = Array.from({ length: 12 }, () => t.writer());
    const files = await t.files('A0', 'A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9');
    const started = t.world.clock.now();
    const results = await Promise.all(
      files.map((file, index) => t.run(() => append([file]), writers[index])),
    );
    expect(results.map((result) => result.outcome)).toEqual(files.map(() => 'committed'));
    expect(t.world.clock.now()).toBe(started);
    const losses = writers.flatMap(({ stops }) =>
      stops.flatMap(({ detail }) => (detail.stop === 'swap-lost' ? [detail.next.do] : [])),
    );
    expect(new Set(losses)).toEqual(new Set(['queue']));
    // All lose to the first at most, then each waits for its turn.
    expect(Math.max(...results.map((result) => result.attempts))).toBe(2);
    await t.expectInvariants();
  });
});

describe('an unsafe writer', () => {
  it('overwrites what was committed since it read, and marks the table', async () => {
    const t = await Scenario.begin(optimistic);
    const [a1, b1] = await t.files('A1', 'B1');
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => append([a1])));
    const built = await t.build(() => append([b1]));
    const result = expectCommitted(await t.commit(built, writer, { protocol: 'unsafe' }));
    expect(result.attempts).toBe(1);
    expect(await t.live()).toEqual(['B1@1']);
    expect((await t.load()).metadata.properties['icejam.unsafe']).toBe('true');
    expect((await t.load()).pointer.version).toBe(3);
  });
});

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

describe('a commit to a table that has changed its nature', () => {
  it('is rejected if another table took the name', async () => {
    const t = await Scenario.begin(optimistic);
    const [a1] = await t.files('A1');
    const built = await t.build(() => append([a1]));
    const other = await Scenario.begin(optimistic);
    const writer = other.writer();
    const impostor = { ...built.table.metadata, 'table-uuid': 'another' };
    const result = await other.commit(
      { ...built, table: { ...built.table, metadata: impostor } },
      writer,
    );
    expect(result).toMatchObject({ outcome: 'rejected', error: { kind: 'IllegalState' } });
    if (result.outcome === 'rejected') {
      expect(result.error.message).toMatch(/^Table UUID does not match: current=another != /);
    }
  });

  it('is rejected if the table is gone', async () => {
    const t = await Scenario.begin(optimistic);
    const [a1] = await t.files('A1');
    const built = await t.build(() => append([a1]));
    const writer = t.writer();
    writer.catalog = catalogWith(t.world.catalog, { load: async () => null });
    expect(await t.commit(built, writer)).toMatchObject({
      outcome: 'rejected',
      error: { kind: 'NoSuchTable', message: 'Table does not exist: w:test/t' },
    });
  });
});

describe('the metadata of a commit', () => {
  it('keeps its times in order when the clock is set back', async () => {
    const t = await Scenario.begin(optimistic);
    await t.seed('A0');
    await t.world.clock.sleep(-3_600_000);
    await t.seed('A1');
    const { metadata } = await t.load();
    const times = metadata.snapshots.map((snapshot) => snapshot['timestamp-ms']);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    await t.expectInvariants();
  });

  it('C40f keeps as many predecessors as the table says and deletes the others', async () => {
    const t = await Scenario.begin(optimistic, {
      properties: {
        'write.metadata.previous-versions-max': '3',
        'write.metadata.delete-after-commit.enabled': 'true',
      },
    });
    for (const name of ['A1', 'A2', 'A3', 'A4', 'A5', 'A6']) await t.seed(name);
    const { metadata } = await t.load();
    const versions = (paths: string[]) => paths.map((path) => /(\d{5})-/.exec(path)?.[1]);
    expect(versions(metadata['metadata-log'].map((entry) => entry['metadata-file']))).toEqual([
      '00003',
      '00004',
      '00005',
    ]);
    expect(versions(t.world.io.deleted)).toEqual(['00000', '00001', '00002']);
    await t.expectInvariants({ expires: true });
  });

  it('is gzipped if the table says so', async () => {
    const t = await Scenario.begin(optimistic, {
      properties: { 'write.metadata.compression-codec': 'gzip' },
    });
    await t.seed('A0');
    expect((await t.load()).pointer.location).toMatch(/\/00001-[\da-f-]{36}\.gz\.metadata\.json$/);
    await t.expectInvariants();
  });

  it('C40g keeps snapshot ids beyond 2^53 bit for bit', async () => {
    const t = await Scenario.begin(optimistic);
    const [a1, a2] = await t.files('A1', 'A2');
    const snapshotId = 9_223_372_036_854_775_807n;
    const built = await t.build(() => append([a1]));
    await t.commit(built, t.writer(), { snapshotId });
    await t.run(() => append([a2]));
    const { metadata } = await t.load();
    expect(first(metadata.snapshots)['snapshot-id']).toBe(snapshotId);
    expect(metadata.snapshots[1]?.['parent-snapshot-id']).toBe(snapshotId);
  });

  it('C40h numbers the rows of a v3 table anew after a lost swap', async () => {
    const t = await Scenario.begin(optimistic, { formatVersion: 3 });
    const [five, seven] = [await t.file('A1', { records: 5 }), await t.file('B1', { records: 7 })];
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => append([five])));
    expectCommitted(await t.run(() => append([seven]), writer));
    const { metadata } = await t.load();
    expect(metadata.snapshots.map((each) => [each['first-row-id'], each['added-rows']])).toEqual([
      [0, 5],
      [5, 7],
    ]);
    expect(metadata['next-row-id']).toBe(12);
    await t.expectInvariants();
  });

  it('follows the rules of v1: no sequence numbers', async () => {
    const t = await Scenario.begin(optimistic, { formatVersion: 1 });
    await t.seed('A0', 'B0');
    const [a1] = await t.files('A1');
    expectCommitted(await t.run((table) => replacePartitions(table, [a1])));
    expect(await t.live()).toEqual(['A1@0', 'B0@0']);
    expect((await t.load()).metadata['last-sequence-number']).toBe(0);
    await t.expectInvariants();
  });
});
