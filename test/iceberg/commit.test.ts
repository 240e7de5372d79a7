import { describe, expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { commit } from '../../src/iceberg/commit.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import type { Table } from '../../src/iceberg/table.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { catalogWith } from './double/faulty-catalog.ts';
import { stopsOf } from './double/world.ts';
import { expectCommitted, modes, Scenario } from './scenarios/fixture.ts';

const [queued, , optimistic] = modes;

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

  it('end with the clean-up of the data files too, where they are told', async () => {
    const t = await Scenario.begin(optimistic);
    const since = await t.seed('A0');
    const [a2] = await t.files('A2');
    const make = (table: Table) =>
      replacePartitions(table, [a2], { since, isolation: 'serializable' });
    const { table, change } = await t.build(make);
    await t.seed('A1');
    const dataFiles = [a2.data_file.file_path];
    const options = { protocol: 'optimistic', dataFiles } as const;
    expect(await commit(t.writer(), table, change, options)).toMatchObject({ outcome: 'rejected' });
    await t.expectInvariants();
  });

  it('end with the clean-up when others have made the very change meanwhile', async () => {
    const t = await Scenario.begin(optimistic);
    const set = () => updateProperties({ k: 'v' });
    const writer = t.writer();
    writer.once('before-swap', () => t.run(set));
    expectCommitted(await t.run(set, writer));
    expect(stopsOf(writer).at(-1)).toBe('2 cleaned-up');
    await t.expectInvariants();
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
