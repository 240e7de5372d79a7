import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { metadataChange } from '../../../src/iceberg/change.ts';
import { expireSnapshots } from '../../../src/iceberg/expire-snapshots.ts';
import { content } from '../../../src/iceberg/manifest-types.ts';
import { removeSnapshots } from '../../../src/iceberg/metadata-update.ts';
import { createRef } from '../../../src/iceberg/refs.ts';
import { removeOrphans } from '../../../src/iceberg/remove-orphans.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import { rollbackTo, setCurrentSnapshot } from '../../../src/iceberg/rollback.ts';
import { rowDelta } from '../../../src/iceberg/row-delta.ts';
import { updateProperties } from '../../../src/iceberg/update-properties.ts';
import { expectCommitted, expectRejected, modes, Scenario } from './fixture.ts';

/** Three appends: S1 to S3 with A0, A1, A2. */
async function threeAppends(mode: (typeof modes)[number]) {
  const t = await Scenario.begin(mode);
  const [s1, s2, s3] = [await t.seed('A0'), await t.seed('A1'), await t.seed('A2')];
  await t.world.clock.sleep(1000);
  return { t, s1, s2, s3 };
}

const expireAll = (t: Scenario) => expireSnapshots({ olderThan: t.world.clock.now() });

describe.each(modes)('C36 expiry, $protocol (queue: $queued)', (mode) => {
  it('(a) decides anew on what was appended in the window of its swap', async () => {
    const { t } = await threeAppends(mode);
    const [a3] = await t.files('A3');
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => append([a3], { fast: true })));
    const lists = (await t.load()).metadata.snapshots.map((each) => each['manifest-list']);
    expectCommitted(await t.run(() => expireAll(t), writer));
    expect(writer.swaps).toBe(2);
    expect(await t.live()).toEqual(['A0@1', 'A1@2', 'A2@3', 'A3@4']);
    expect((await t.load()).metadata.snapshots).toHaveLength(1);
    const gone = t.world.io.deleted.filter((path) => !path.endsWith('.json'));
    expect(gone.sort()).toEqual(lists.sort());
    await t.expectInvariants({ acknowledged: [], expires: true });
  });

  it('(b) breaks the history that a serializable writer needs', async () => {
    const { t, s3 } = await threeAppends(mode);
    const [b9] = await t.files('B9');
    const w2 = await t.build((table) =>
      replacePartitions(table, [b9], { isolation: 'serializable', since: s3 }),
    );
    await t.seed('C1');
    const s5 = await t.seed('C2');
    await t.world.clock.sleep(1000);
    expectCommitted(await t.run(() => expireAll(t)));
    expectRejected(
      await t.commit(w2),
      'Validation',
      `Cannot determine history between starting snapshot ${s3} and the last known ancestor ${s5}`,
    );
    await t.expectInvariants({ acknowledged: [], expires: true, orphans: ['B9'] });
  });

  it('(c) of the starting snapshot itself does not matter', async () => {
    const { t, s3 } = await threeAppends(mode);
    const [b9] = await t.files('B9');
    const w2 = await t.build((table) =>
      replacePartitions(table, [b9], { isolation: 'serializable', since: s3 }),
    );
    await t.seed('C1');
    await t.world.clock.sleep(1000);
    expectCommitted(await t.run(() => expireAll(t)));
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A0@1', 'A1@2', 'A2@3', 'B9@5', 'C1@4']);
    await t.expectInvariants({ acknowledged: [], expires: true });
  });

  it('(d) refuses an id that a branch stands on, and has nothing to do for one that is gone', async () => {
    const { t, s3 } = await threeAppends(mode);
    expectRejected(
      await t.run(() => expireSnapshots({ ids: [s3] })),
      'IllegalArgument',
      `Cannot expire ${s3}. Still referenced by refs: [main]`,
    );
    const { pointer } = await t.load();
    expectCommitted(await t.run(() => expireSnapshots({ ids: [7n] })));
    expect((await t.load()).pointer).toEqual(pointer);
    await t.expectInvariants();
  });

  it('(e) refuses a table whose files may be shared', async () => {
    const { t } = await threeAppends(mode);
    expectCommitted(await t.run(() => updateProperties({ 'gc.enabled': 'false' })));
    expectRejected(
      await t.run(() => expireAll(t)),
      'Validation',
      'Cannot expire snapshots: GC is disabled (deleting files may corrupt other tables)',
    );
    await expect(removeOrphans(t.writer(), 'w:test/t')).rejects.toThrow(
      'Cannot remove orphan files: GC is disabled (deleting files may corrupt other tables)',
    );
    await t.expectInvariants();
  });

  it('refuses a table whose files others may have begun to share in the window of its swap', async () => {
    const { t } = await threeAppends(mode);
    const writer = t.writer();
    const share = updateProperties({ 'gc.enabled': 'false' });
    writer.once('before-swap', () => t.run(() => share));
    expectRejected(
      await t.run(() => expireAll(t), writer),
      'Validation',
      'Cannot expire snapshots: GC is disabled (deleting files may corrupt other tables)',
    );
    expect((await t.load()).metadata.snapshots).toHaveLength(3);
    await t.expectInvariants();
  });

  it('lets a tag go that is too old, though main keeps its snapshot', async () => {
    const { t, s1, s3 } = await threeAppends(mode);
    const tag = { 'snapshot-id': s1, type: 'tag', 'max-ref-age-ms': 1 } as const;
    expectCommitted(await t.run(() => createRef('v1', tag)));
    expectCommitted(await t.run(() => expireSnapshots({ olderThan: 0 })));
    const { metadata } = await t.load();
    expect(metadata.refs).toEqual({ main: { 'snapshot-id': s3, type: 'branch' } });
    expect(metadata.snapshots).toHaveLength(3);
    await t.expectInvariants();
  });

  it('deletes with the snapshot that removed a file what another engine has left of it', async () => {
    const t = await Scenario.begin(mode);
    const s1 = await t.seed('A0');
    const [a1] = await t.files('A1');
    expectCommitted(await t.run((table) => replacePartitions(table, [a1])));
    // Java's incremental clean-up forgets the snapshot and leaves the file to the next expiry.
    const forget = metadataChange('expire-snapshots', (metadata) =>
      removeSnapshots(metadata, new Set([s1])),
    );
    expectCommitted(await t.run(() => forget));
    await t.seed('B1');
    await t.world.clock.sleep(1000);
    expectCommitted(await t.run(() => expireAll(t)));
    expect(t.world.io.paths('A0.parquet')).toEqual([]);
    expect(await t.live()).toEqual(['A1@2', 'B1@3']);
  });

  it('deletes with a snapshot what only it reached: data, deletes and manifests', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const pd = await t.file('PD1', { partition: ['a'], content: content.positionDeletes });
    expectCommitted(await t.run(() => rowDelta({ add: [pd] })));
    const [a1] = await t.files('A1');
    expectCommitted(await t.run((table) => replacePartitions(table, [a1])));
    await t.world.clock.sleep(1000);
    expectCommitted(await t.run(() => expireAll(t)));
    expect(await t.live()).toEqual(['A1@3', 'B0@1']);
    const left = t.world.io.paths('/data/').map((path) => path.replace(/^.*\//, ''));
    expect(left.sort()).toEqual(['A1.parquet', 'B0.parquet']);
    await t.expectInvariants({ acknowledged: [], expires: true });
  });

  it('keeps as many snapshots as it is told, and those that are young enough', async () => {
    const { t, s2, s3 } = await threeAppends(mode);
    const ids = async () => (await t.load()).metadata.snapshots.map((each) => each['snapshot-id']);
    expectCommitted(
      await t.run(() => expireSnapshots({ olderThan: t.world.clock.now(), retainLast: 2 })),
    );
    expect(await ids()).toEqual([s2, s3]);
    const before = t.world.catalog.history.length;
    // Five days are not over: there is nothing to do, and nothing is committed.
    expectCommitted(await t.run(() => expireSnapshots()));
    expect(t.world.catalog.history).toHaveLength(before);
    await t.world.clock.sleep(432_000_001);
    expectCommitted(await t.run(() => expireSnapshots()));
    expect(await ids()).toEqual([s3]);
    await t.expectInvariants({ acknowledged: [], expires: true });
  });

  it('C40e keeps a snapshot that a reader holds until the reader has ended', async () => {
    const { t, s1 } = await threeAppends(mode);
    const [a9] = await t.files('A9');
    expectCommitted(await t.run((table) => replacePartitions(table, [a9])));
    await t.world.clock.sleep(1000);
    const held = new Set([s1]);
    const expire = () =>
      expireSnapshots({
        olderThan: t.world.clock.now(),
        withExclusive: async (id, work) => {
          if (held.has(id)) return false;
          await work();
          return true;
        },
      });
    expectCommitted(await t.run(expire));
    expect(t.world.io.paths('/data/').map((path) => path.slice(-10))).toEqual([
      'A0.parquet',
      'A9.parquet',
    ]);
    held.clear();
    expectCommitted(await t.run(expire));
    expect(t.world.io.paths('/data/').map((path) => path.slice(-10))).toEqual(['A9.parquet']);
    await t.expectInvariants({ acknowledged: [], expires: true });
  });

  it('takes no file from a writer at work: it begins again on the newer base', async () => {
    const t = await Scenario.begin(mode, {
      properties: {
        'write.metadata.previous-versions-max': '1',
        'write.metadata.delete-after-commit.enabled': 'true',
      },
    });
    await t.seed('A0', 'B0');
    const [a1, a2] = await t.files('A1', 'A2');
    const writer = t.writer();
    writer.once('base-read', async () => {
      expectCommitted(await t.run((table) => replacePartitions(table, [a1])));
      await t.world.clock.sleep(1000);
      expectCommitted(await t.run(() => expireAll(t)));
    });
    expectCommitted(await t.run((table) => replacePartitions(table, [a2]), writer));
    expect(writer.swaps).toBe(1);
    expect(await t.live()).toEqual(['A2@3', 'B0@1']);
    await t.expectInvariants({ acknowledged: [], expires: true });
  });

  it('deletes nothing under a reader that comes after the swap', async () => {
    const { t, s1 } = await threeAppends(mode);
    const [a9] = await t.files('A9');
    expectCommitted(await t.run((table) => replacePartitions(table, [a9])));
    await t.world.clock.sleep(1000);
    const writer = t.writer();
    const held = new Set<bigint>();
    writer.once('swap-won', async () => held.add(s1));
    const expire = expireSnapshots({
      olderThan: t.world.clock.now(),
      withExclusive: async (id, work) => {
        if (held.has(id)) return false;
        await work();
        return true;
      },
    });
    expectCommitted(await t.run(() => expire, writer));
    expect(t.world.io.paths('/data/').map((path) => path.slice(-10))).toEqual([
      'A0.parquet',
      'A9.parquet',
    ]);
  });
});

describe.each(modes)('C37 rollback, $protocol (queue: $queued)', (mode) => {
  async function rolledBack() {
    const t = await Scenario.begin(mode);
    const [s1, s2] = [await t.seed('A0'), await t.seed('A1')];
    const [b9] = await t.files('B9');
    const rollback = await t.build((table) => rollbackTo(table, s1));
    return { t, s1, s2, b9, rollback };
  }

  it('(a) breaks the history of a serializable overwrite', async () => {
    const { t, s1, s2, b9, rollback } = await rolledBack();
    const w2 = await t.build((table) =>
      replacePartitions(table, [b9], { isolation: 'serializable', since: s2 }),
    );
    expectCommitted(await t.commit(rollback));
    expectRejected(
      await t.commit(w2),
      'Validation',
      `Cannot determine history between starting snapshot ${s2} and the last known ancestor ${s1}`,
    );
  });

  it('(b) takes the ground from under a row delta', async () => {
    const { t, s1, s2, rollback } = await rolledBack();
    const pd = await t.file('PD', { partition: ['a'], content: content.positionDeletes });
    const w2 = await t.build(() => rowDelta({ add: [pd] }, { isolation: 'snapshot', since: s2 }));
    expectCommitted(await t.commit(rollback));
    expectRejected(
      await t.commit(w2),
      'IllegalArgument',
      `Snapshot ${s2} is not an ancestor of ${s1}`,
    );
  });

  it('(c) is nothing to an append, whose sequence number goes on', async () => {
    const { t, s1, b9, rollback } = await rolledBack();
    const w2 = await t.build(() => append([b9]));
    expectCommitted(await t.commit(rollback));
    const { snapshot } = expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A0@1', 'B9@3']);
    expect(snapshot?.['parent-snapshot-id']).toBe(s1);
    expect((await t.load()).metadata['last-sequence-number']).toBe(3);
    await t.expectInvariants({ acknowledged: [] });
  });

  it('(d) goes to ancestors only; any known snapshot can be made current', async () => {
    const { t, s2, rollback } = await rolledBack();
    expectCommitted(await t.commit(rollback));
    expectRejected(
      await t.run((table) => rollbackTo(table, s2)),
      'Validation',
      `Cannot roll back to snapshot, not an ancestor of the current state: ${s2}`,
    );
    for (const change of [rollbackTo, setCurrentSnapshot]) {
      expectRejected(
        await t.run((table) => change(table, 123n)),
        'Validation',
        'Cannot roll back to unknown snapshot id: 123',
      );
    }
    expectCommitted(await t.run((table) => setCurrentSnapshot(table, s2)));
    expect(await t.live()).toEqual(['A0@1', 'A1@2']);
    await t.expectInvariants({ orphans: ['B9'] });
  });

  it('(e) is logged, and expiry cuts the log behind what it forgets', async () => {
    const { t, s1, s2, s3 } = await threeAppends(mode);
    expectCommitted(await t.run((table) => rollbackTo(table, s1)));
    const log = async () =>
      (await t.load()).metadata['snapshot-log'].map((entry) => entry['snapshot-id']);
    expect(await log()).toEqual([s1, s2, s3, s1]);
    expectCommitted(await t.run(() => expireSnapshots({ ids: [s2] })));
    expect(await log()).toEqual([s3, s1]);
    await t.expectInvariants({ acknowledged: [], expires: true });
  });

  it('(f) is refused if it would undo what was committed since it was asked for', async () => {
    const { t, s2, b9, rollback } = await rolledBack();
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => append([b9])));
    const result = await t.commit(rollback, writer);
    const s3 = await t.headId();
    expectRejected(
      result,
      'Validation',
      `Cannot roll back: main has moved from snapshot ${s2} to ${String(s3)} since the table was loaded`,
    );
    expect(await t.live()).toEqual(['A0@1', 'A1@2', 'B9@3']);
    await t.expectInvariants();
  });

  it('is refused if its snapshot was expired meanwhile', async () => {
    const { t, s1, rollback } = await rolledBack();
    await t.world.clock.sleep(1000);
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => expireSnapshots({ ids: [s1] })));
    expectRejected(
      await t.commit(rollback, writer),
      'Validation',
      `Cannot roll back to unknown snapshot id: ${s1}`,
    );
    expect(await t.live()).toEqual(['A0@1', 'A1@2']);
    await t.expectInvariants({ acknowledged: [], expires: true, orphans: ['B9'] });
  });

  it('is made again if only properties have changed', async () => {
    const { t, rollback } = await rolledBack();
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => updateProperties({ k: '1' })));
    expectCommitted(await t.commit(rollback, writer));
    expect(await t.live()).toEqual(['A0@1']);
    await t.expectInvariants({ acknowledged: [], orphans: ['B9'] });
  });
});
