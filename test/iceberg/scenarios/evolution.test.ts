import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { expireSnapshots } from '../../../src/iceberg/expire-snapshots.ts';
import { createRef } from '../../../src/iceberg/refs.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import { replaceSortOrder } from '../../../src/iceberg/replace-sort-order.ts';
import { transaction } from '../../../src/iceberg/transaction.ts';
import { updatePartitionSpec } from '../../../src/iceberg/update-partition-spec.ts';
import { updateProperties } from '../../../src/iceberg/update-properties.ts';
import { updateSchema } from '../../../src/iceberg/update-schema.ts';
import { expectCommitted, expectRejected, modes, Scenario } from './fixture.ts';

const addZ = () => updateSchema([{ edit: 'add', name: 'z', type: 'int' }]);

describe.each(modes)('C35 evolution, $protocol (queue: $queued)', (mode) => {
  it('(a) an append takes the schema that is current when it commits', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a2] = await t.files('A2');
    const w2 = await t.build(() => append([a2]));
    expectCommitted(await t.run(addZ));
    expect(expectCommitted(await t.commit(w2)).snapshot?.['schema-id']).toBe(1);
    expect(await t.live()).toEqual(['A0@1', 'A2@2']);
    await t.expectInvariants();
  });

  it('(b) a schema change is rejected by any commit since, and not made again', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a1] = await t.files('A1');
    const stale = await t.build(addZ);
    await t.seed('A1');
    const late = t.writer();
    const lost = await t.commit(stale, late);
    expect(lost).toMatchObject({ outcome: 'rejected', error: { kind: 'CommitFailed' } });
    if (lost.outcome === 'rejected') expect(lost.error.message).toMatch(/^Cannot commit to table/);
    expect(late.swaps).toBe(1);
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => append([a1])));
    const result = await t.run(addZ, writer);
    expect(result).toMatchObject({ outcome: 'rejected', error: { kind: 'CommitFailed' } });
    expect(writer.swaps).toBe(1);
    expect((await t.load()).metadata['current-schema-id']).toBe(0);
  });

  it('(c) in a transaction too, without a swap', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a1] = await t.files('A1');
    const stale = await t.build(() => transaction([addZ(), append([a1])]));
    await t.seed('A2');
    const writer = t.writer();
    expectRejected(
      await t.commit(stale, writer),
      'CommitFailed',
      'Table metadata refresh is required',
    );
    expect(writer.swaps).toBe(0);
    await t.expectInvariants({ orphans: ['A1'] });
  });

  it('(d) properties are set anew on what others have set', async () => {
    const t = await Scenario.begin(mode);
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => updateProperties({ k: '1', j: '1' }, ['owner'])));
    expectCommitted(await t.run(() => updateProperties({ k: '2' }), writer));
    expect((await t.load()).metadata.properties).toMatchObject({ k: '2', j: '1' });
    await t.expectInvariants();
  });

  it('(e) an append keeps the spec that its files were written under', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a2] = await t.files('A2');
    const w2 = await t.build(() => append([a2]));
    expectCommitted(await t.run(() => updatePartitionSpec({ remove: ['p'] })));
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A0@1', 'A2@2']);
    expect((await t.load()).metadata['default-spec-id']).toBe(1);
    await t.expectInvariants();
  });

  it('(f) a dynamic overwrite replaces nothing of another spec', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    expectCommitted(
      await t.run(() =>
        updatePartitionSpec({ add: [{ type: 'bucket', column: 'id', numBuckets: 4 }] }),
      ),
    );
    const a2 = await t.file('A2', { partition: ['a', 1], specId: 1 });
    expectCommitted(await t.run((table) => replacePartitions(table, [a2])));
    expect(await t.live()).toEqual(['A0@1', 'A2@2']);
    await t.expectInvariants();
  });

  it('overwrites by an old spec although the new one has files too', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a2] = await t.files('A2');
    const since = await t.headId();
    const w2 = await t.build((table) =>
      replacePartitions(table, [a2], { isolation: 'serializable', since }),
    );
    expectCommitted(await t.run(() => updatePartitionSpec({ remove: ['p'] })));
    const u1 = await t.file('U1', { partition: [], specId: 1 });
    expectCommitted(await t.run(() => append([u1])));
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A2@3', 'U1@2']);
    await t.expectInvariants();
  });

  it('rewrites manifests of a spec whose column was dropped', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    expectCommitted(await t.run(() => updatePartitionSpec({ remove: ['p'] })));
    expectCommitted(await t.run(() => updateSchema([{ edit: 'drop', column: 'p' }])));
    const [a1] = await t.files('A1');
    expectCommitted(await t.run((table) => replacePartitions(table, [a1])));
    expect(await t.live()).toEqual(['A1@2', 'B0@1']);
    await t.expectInvariants();
  });

  it('sets a sort order anew on what others have committed', async () => {
    const t = await Scenario.begin(mode);
    const byId = {
      transform: 'identity',
      'source-id': 1,
      direction: 'asc',
      'null-order': 'nulls-first',
    } as const;
    const writer = t.writer();
    writer.once('before-swap', () => t.seed('A0'));
    expectCommitted(await t.run(() => replaceSortOrder([byId]), writer));
    expect((await t.load()).metadata['default-sort-order-id']).toBe(1);
    expectCommitted(await t.run(() => replaceSortOrder([])));
    expectCommitted(await t.run(() => replaceSortOrder([byId])));
    const { metadata } = await t.load();
    expect(metadata['default-sort-order-id']).toBe(1);
    expect(metadata['sort-orders']).toHaveLength(2);
    await t.expectInvariants();
  });
});

describe.each(modes)('a transaction, $protocol (queue: $queued)', (mode) => {
  it('shows only its last snapshot', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a1, a2] = await t.files('A1', 'A2');
    expectCommitted(
      await t.run((table) =>
        transaction([append([a1]), replacePartitions(table, [a2]), updateProperties({ k: '1' })]),
      ),
    );
    const { metadata } = await t.load();
    expect(metadata.snapshots).toHaveLength(3);
    expect(metadata['snapshot-log']).toHaveLength(2);
    expect(metadata.properties).toMatchObject({ k: '1' });
    expect(await t.live()).toEqual(['A2@3']);
    await t.expectInvariants();
  });

  it('lets each change see those before it', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const done = await t.run(() =>
      transaction([
        updateSchema([{ edit: 'add', name: 'x', type: 'int' }]),
        updatePartitionSpec({ add: [{ type: 'identity', column: 'x' }] }),
        updateProperties({ 'gc.enabled': 'false' }),
      ]),
    );
    expectCommitted(done);
    const freed = updateProperties({ 'gc.enabled': 'true' });
    expectCommitted(await t.run(() => transaction([freed, expireSnapshots()])));
    await t.expectInvariants();
  });

  it('gives all its snapshots new sequence numbers after a lost swap', async () => {
    const t = await Scenario.begin(mode, {
      properties: { 'commit.manifest.min-count-to-merge': '2' },
    });
    await t.seed('A0');
    const [a1, b1, c1] = await t.files('A1', 'B1', 'C1');
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => append([c1], { fast: true })));
    expectCommitted(
      await t.run(() => transaction([append([a1], { fast: true }), append([b1])]), writer),
    );
    expect(writer.swaps).toBe(2);
    expect(await t.live()).toEqual(['A0@1', 'A1@3', 'B1@4', 'C1@2']);
    await t.expectInvariants();
  });

  it('is validated as a whole: a conflict of one part rejects all', async () => {
    const t = await Scenario.begin(mode);
    const since = await t.seed('A0');
    const [a2, b1] = await t.files('A2', 'B1');
    const built = await t.build((table) =>
      transaction([
        append([b1]),
        replacePartitions(table, [a2], { isolation: 'serializable', since }),
      ]),
    );
    await t.seed('A1');
    expectRejected(
      await t.commit(built),
      'Validation',
      'Found conflicting files that can contain records matching partitions [p=a]: [A1]',
    );
    expect(await t.live()).toEqual(['A0@1', 'A1@2']);
    await t.expectInvariants({ orphans: ['A2', 'B1'] });
  });

  it('deletes expired files only once its swap is won', async () => {
    const t = await Scenario.begin(mode);
    const first = await t.seed('A0');
    await t.seed('A1');
    const [a2] = await t.files('A2');
    const built = await t.build((table) =>
      transaction([replacePartitions(table, [a2]), expireSnapshots({ ids: [first] })]),
    );
    const writer = t.writer();
    writer.once('before-swap', () => Promise.reject(new Error('killed')));
    await expect(t.commit(built, writer)).rejects.toThrow('killed');
    expect(t.world.io.deleted).toEqual([]);
    expect(await t.live()).toEqual(['A0@1', 'A1@2']);

    expectCommitted(await t.commit(built));
    expect(await t.live()).toEqual(['A2@3']);
    // The first snapshot's list goes; A0 stays, as the second snapshot still shows it.
    expect(t.world.io.deleted).toHaveLength(1);
    await t.expectInvariants({ acknowledged: [], expires: true, orphans: ['.avro', '0000'] });
  });

  it('holding a branch is rejected by any commit since', async () => {
    const t = await Scenario.begin(mode);
    const id = await t.seed('A0');
    const built = await t.build(() =>
      transaction([createRef('audit', { 'snapshot-id': id, type: 'branch' })]),
    );
    await t.seed('A1');
    expectRejected(await t.commit(built), 'CommitFailed', 'Table metadata refresh is required');
  });
});

describe.each(modes)('an upgrade of the format, $protocol (queue: $queued)', (mode) => {
  const upgrade = (version: string) => () => updateProperties({ 'format-version': version });

  it('keeps what is there and gives rows their ids with the next snapshot', async () => {
    const t = await Scenario.begin(mode, { formatVersion: 1 });
    await t.seed('A0');
    const late = await t.files('A1');
    const stale = await t.build(() => append(late));
    for (const version of ['2', '3']) expectCommitted(await t.run(upgrade(version)));
    const upgraded = (await t.load()).metadata;
    expect(upgraded).toMatchObject({ 'format-version': 3, 'next-row-id': 0 });
    expect(upgraded.properties).not.toHaveProperty('format-version');
    const { snapshot } = expectCommitted(await t.commit(stale));
    const rows = Number(snapshot?.summary['total-records']);
    expect(snapshot).toMatchObject({ 'first-row-id': 0, 'added-rows': rows, 'sequence-number': 1 });
    expect((await t.load()).metadata['next-row-id']).toBe(rows);
    expect(await t.live()).toEqual(['A0@0', 'A1@1']);
    await t.expectInvariants();
  });

  it.each([
    ['1', 'Cannot downgrade v2 table to v1'],
    ['4', 'Cannot upgrade table to unsupported format version: v4 (supported: v3)'],
    ['two', 'Cannot upgrade table to unsupported format version: vtwo (supported: v3)'],
  ])('to %s is refused for a table of v2', async (version, sentence) => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const before = await t.load();
    expectRejected(await t.run(upgrade(version)), 'IllegalArgument', sentence);
    expect(await t.load()).toEqual(before);
  });

  it('to the version that it has is nothing', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const before = await t.load();
    expectCommitted(await t.run(upgrade('2')));
    expect(await t.load()).toEqual(before);
  });
});
