import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { cherryPick } from '../../../src/iceberg/cherry-pick.ts';
import { deleteFiles } from '../../../src/iceberg/delete-files.ts';
import { expireSnapshots } from '../../../src/iceberg/expire-snapshots.ts';
import { alwaysTrue } from '../../../src/iceberg/expression.ts';
import {
  createRef,
  fastForward,
  removeBranch,
  removeTag,
  renameBranch,
  replaceBranch,
} from '../../../src/iceberg/refs.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import { replaceSortOrder } from '../../../src/iceberg/replace-sort-order.ts';
import { rollbackTo, setCurrentSnapshot } from '../../../src/iceberg/rollback.ts';
import type { Table } from '../../../src/iceberg/table.ts';
import { updateProperties } from '../../../src/iceberg/update-properties.ts';
import { updateSchema } from '../../../src/iceberg/update-schema.ts';
import { expectCommitted, expectRejected, modes, Scenario } from './fixture.ts';

const branchAt = (id: bigint) => ({ 'snapshot-id': id, type: 'branch' }) as const;
const tagAt = (id: bigint) => ({ 'snapshot-id': id, type: 'tag' }) as const;

describe.each(modes)('C39 branches and tags, $protocol (queue: $queued)', (mode) => {
  it('(a) branches share sequence numbers and nothing else', async () => {
    const t = await Scenario.begin(mode);
    const s1 = await t.seed('A0');
    expectCommitted(await t.run(() => createRef('audit', branchAt(s1))));
    const [a1, a2] = await t.files('A1', 'A2');
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => append([a1])));
    const { snapshot, snapshotId } = expectCommitted(
      await t.run(() => append([a2], { branch: 'audit' }), writer),
    );
    expect(await t.live()).toEqual(['A0@1', 'A1@2']);
    expect(await t.live('audit')).toEqual(['A0@1', 'A2@3']);
    expect(snapshot?.summary).toMatchObject({ 'total-data-files': '2' });
    expect((await t.load()).metadata['last-sequence-number']).toBe(3);
    expectRejected(
      await t.run(() => fastForward('main', 'audit')),
      'IllegalArgument',
      'Cannot fast-forward: main is not an ancestor of audit',
    );
    const acknowledged = t.acknowledged.filter((id) => id !== snapshotId);
    await t.expectInvariants({ acknowledged });
  });

  it('main follows a branch that is ahead of it, without a snapshot', async () => {
    const t = await Scenario.begin(mode);
    const s1 = await t.seed('A0');
    expectCommitted(await t.run(() => createRef('audit', branchAt(s1))));
    const [a2] = await t.files('A2');
    expectCommitted(await t.run(() => append([a2], { branch: 'audit' })));
    expectCommitted(await t.run(() => fastForward('main', 'audit')));
    expect(await t.live()).toEqual(['A0@1', 'A2@2']);
    expect((await t.load()).metadata['snapshot-log']).toHaveLength(2);
    const versions = t.world.catalog.history.length;
    expectCommitted(await t.run(() => fastForward('main', 'audit')));
    expect(t.world.catalog.history).toHaveLength(versions);
    await t.expectInvariants();
  });

  it.each([fastForward, replaceBranch])(
    '%o moves branches, not tags, and creates',
    async (move) => {
      const t = await Scenario.begin(mode);
      const s1 = await t.seed('A0');
      expectCommitted(await t.run(() => createRef('v1', tagAt(s1))));
      await t.seed('B0');
      expectRejected(
        await t.run(() => move('v1', 'main')),
        'IllegalArgument',
        'Ref v1 is a tag not a branch',
      );
      expectRejected(
        await t.run(() => move('dev', 'q')),
        'IllegalArgument',
        'Ref does not exist: q',
      );
      expectCommitted(await t.run(() => move('dev', 'v1')));
      expect((await t.load()).metadata.refs.dev).toEqual(branchAt(s1));
      await t.expectInvariants();
    },
  );

  it('a branch that does not exist begins where main is', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a2] = await t.files('A2');
    expectCommitted(await t.run(() => append([a2], { branch: 'new' })));
    expect(await t.live('new')).toEqual(['A0@1', 'A2@2']);
    expect(await t.live()).toEqual(['A0@1']);
  });

  it('(b) a tag is no place for a snapshot', async () => {
    const t = await Scenario.begin(mode);
    const s1 = await t.seed('A0');
    expectCommitted(await t.run(() => createRef('v1', tagAt(s1))));
    const [a1] = await t.files('A1');
    expectRejected(
      await t.run(() => append([a1], { branch: 'v1' })),
      'IllegalArgument',
      'v1 is a tag, not a branch. Tags cannot be targets for producing snapshots',
    );
    expectRejected(
      await t.run(() => createRef('v1', branchAt(s1))),
      'IllegalArgument',
      'Ref v1 already exists',
    );
    expectRejected(
      await t.run(() => createRef('v2', tagAt(9n))),
      'Validation',
      'Cannot set v2 to unknown snapshot: 9',
    );
    await t.expectInvariants({ orphans: ['A1'] });
  });

  it('(c) a change of refs is rejected by any commit since', async () => {
    const t = await Scenario.begin(mode);
    const s1 = await t.seed('A0');
    const w2 = await t.build(() => createRef('v1', tagAt(s1)));
    await t.seed('A1');
    const writer = t.writer();
    expectRejected(
      await t.commit(w2, writer),
      'CommitFailed',
      'Table metadata refresh is required',
    );
    expect(writer.swaps).toBe(0);
    const taken = await t.build(() => createRef('main', tagAt(s1)));
    await t.seed('A2');
    // What could not be built is not a matter of who came first.
    expectRejected(await t.commit(taken), 'IllegalArgument', 'Ref main already exists');
    await t.expectInvariants();
  });

  it('a ref, property or order that is so already is not written again', async () => {
    const t = await Scenario.begin(mode);
    const s1 = await t.seed('A0');
    const { pointer } = await t.load();
    for (const make of [
      (table: Table) => setCurrentSnapshot(table, s1),
      () => updateProperties({ 'commit.retry.min-wait-ms': '1' }, ['absent']),
      () => replaceSortOrder([]),
      () => updateSchema([{ edit: 'make-optional', column: 'data' }]),
    ]) {
      expectCommitted(await t.run(make));
    }
    expect((await t.load()).pointer).toEqual(pointer);
  });

  it('a branch gets another name, which no other has', async () => {
    const t = await Scenario.begin(mode);
    const s1 = await t.seed('A0');
    expectCommitted(await t.run(() => createRef('v1', tagAt(s1))));
    const audit = { ...branchAt(s1), 'min-snapshots-to-keep': 2 };
    expectCommitted(await t.run(() => createRef('audit', audit)));
    for (const [change, message] of [
      [renameBranch('v1', 'v2'), 'Ref v1 is a tag not a branch'],
      [renameBranch('audit', 'v1'), 'Ref v1 already exists'],
      [renameBranch('main', 'trunk'), 'Cannot rename main branch'],
      [renameBranch('dev', 'audit2'), 'Branch does not exist: dev'],
    ] as const) {
      expectRejected(await t.run(() => change), 'IllegalArgument', message);
    }
    expectCommitted(await t.run(() => renameBranch('audit', 'review')));
    expect((await t.load()).metadata.refs).toEqual({
      main: branchAt(s1),
      v1: tagAt(s1),
      review: audit,
    });
    await t.expectInvariants();
  });

  it.each([
    [branchAt(1n), { 'min-snapshots-to-keep': 0 }, 'Min snapshots to keep must be greater than 0'],
    [branchAt(1n), { 'max-snapshot-age-ms': 0 }, 'Max snapshot age must be greater than 0 ms'],
    [branchAt(1n), { 'max-ref-age-ms': 0 }, 'Max reference age must be greater than 0'],
    [tagAt(1n), { 'min-snapshots-to-keep': 1 }, 'Tags do not support setting minSnapshotsToKeep'],
    [tagAt(1n), { 'max-snapshot-age-ms': 1 }, 'Tags do not support setting maxSnapshotAgeMs'],
  ])('%o with %o keeps nothing', (ref, retention, message) => {
    expect(() => createRef('r', { ...ref, ...retention })).toThrow(message);
  });

  it('can be removed, but for main', async () => {
    const t = await Scenario.begin(mode);
    const s1 = await t.seed('A0');
    expectCommitted(await t.run(() => createRef('v1', tagAt(s1))));
    expectCommitted(await t.run(() => createRef('audit', branchAt(s1))));
    for (const [change, message] of [
      [removeBranch('v1'), 'Ref v1 is a tag not a branch'],
      [removeTag('audit'), 'Ref audit is a branch not a tag'],
      [removeBranch('main'), 'Cannot remove main branch'],
      [removeBranch('v2'), 'Branch does not exist: v2'],
      [removeTag('v2'), 'Tag does not exist: v2'],
    ] as const) {
      expectRejected(await t.run(() => change), 'IllegalArgument', message);
    }
    expectCommitted(await t.run(() => removeTag('v1')));
    expectCommitted(await t.run(() => removeBranch('audit')));
    expect(Object.keys((await t.load()).metadata.refs)).toEqual(['main']);
    expectRejected(
      await t.run(() => fastForward('main', 'v1')),
      'IllegalArgument',
      'Ref does not exist: v1',
    );
    await t.expectInvariants();
  });

  it('(f) a tagged snapshot survives expiry until the tag is too old', async () => {
    const t = await Scenario.begin(mode);
    const s1 = await t.seed('A0');
    await t.seed('A1');
    expectCommitted(
      await t.run(() => createRef('v1', { ...tagAt(s1), 'max-ref-age-ms': 86_400_000 })),
    );
    await t.world.clock.sleep(1000);
    const ids = async () => (await t.load()).metadata.snapshots.map((each) => each['snapshot-id']);
    const expire = () => expireSnapshots({ olderThan: t.world.clock.now() });
    expectCommitted(await t.run(expire));
    expect(await ids()).toContain(s1);
    await t.world.clock.sleep(86_400_001);
    expectCommitted(await t.run(expire));
    expect(await ids()).not.toContain(s1);
    expect((await t.load()).metadata.refs).not.toHaveProperty('v1');
    await t.expectInvariants({ acknowledged: [], expires: true });
  });
});

describe.each(modes)('C39 write, audit, publish, $protocol (queue: $queued)', (mode) => {
  /** Stages an append of A1 under the id w1. */
  async function staged() {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a1] = await t.files('A1');
    const { snapshotId } = expectCommitted(
      await t.run(() => append([a1], { stageOnly: true, summary: { 'wap.id': 'w1' } })),
    );
    t.acknowledged.pop();
    return { t, id: snapshotId ?? 0n };
  }

  it('(d) publishes a staged append once', async () => {
    const { t, id } = await staged();
    expect(await t.live()).toEqual(['A0@1']);
    await t.seed('A2');
    const { io } = t.world;
    const { snapshot } = expectCommitted(await t.run((table) => cherryPick(io, table, id)));
    expect(await t.live()).toEqual(['A0@1', 'A1@4', 'A2@3']);
    expect(snapshot?.summary).toMatchObject({
      operation: 'append',
      'published-wap-id': 'w1',
      'source-snapshot-id': String(id),
      'manifests-created': '1',
      'manifests-kept': '2',
      'total-data-files': '3',
    });
    expectRejected(
      await t.run((table) => cherryPick(io, table, id)),
      'Validation',
      'Duplicate request to cherry pick wap id that was published already: w1',
    );
    await t.expectInvariants();
  });

  it('follows to the staged snapshot itself where main has not moved', async () => {
    const { t, id } = await staged();
    const result = await t.run((table) => cherryPick(t.world.io, table, id));
    expect(expectCommitted(result)).toMatchObject({ snapshot: null });
    expect(await t.headId()).toBe(id);
    expect(await t.live()).toEqual(['A0@1', 'A1@2']);
    await t.expectInvariants();
  });

  it.each([
    {
      then: 'A2',
      outcome: 'Cannot cherry-pick replace partitions with changed partition: PartitionData{p=a}',
      live: ['A0@1', 'A2@3'],
    },
    { then: 'B2', outcome: 'OK', live: ['A1@4', 'B2@3'] },
  ])(
    '(e) publishes a dynamic overwrite if its partition is as it was ($then)',
    async (expected) => {
      const t = await Scenario.begin(mode);
      await t.seed('A0');
      const [a1] = await t.files('A1');
      const { snapshotId } = expectCommitted(
        await t.run((table) => replacePartitions(table, [a1], { stageOnly: true })),
      );
      t.acknowledged.pop();
      await t.seed(expected.then);
      const result = await t.run((table) => cherryPick(t.world.io, table, snapshotId ?? 0n));
      if (expected.outcome === 'OK') expectCommitted(result);
      else expectRejected(result, 'Validation', expected.outcome);
      expect(await t.live()).toEqual(expected.live);
      await t.expectInvariants();
    },
  );

  it('publishes in the window of a swap what is still unpublished, and nothing twice', async () => {
    const { t, id } = await staged();
    await t.seed('A2');
    const writer = t.writer();
    const pick = () => t.run((table) => cherryPick(t.world.io, table, id));
    let copy: bigint | null = null;
    writer.once('before-swap', async () => (copy = expectCommitted(await pick()).snapshotId));
    const late = await t.run((table) => cherryPick(t.world.io, table, id), writer);
    expectRejected(
      late,
      'Validation',
      `Cannot cherrypick snapshot ${id}: already picked to create ancestor ${String(copy)}`,
    );
    expect(await t.live()).toEqual(['A0@1', 'A1@4', 'A2@3']);
    await t.expectInvariants();
  });

  it('refuses what it cannot copy', async () => {
    const t = await Scenario.begin(mode);
    const s1 = await t.seed('A0');
    const { io } = t.world;
    await expect(t.run((table) => cherryPick(io, table, 7n))).rejects.toThrow(
      'Cannot cherry-pick unknown snapshot ID: 7',
    );
    const deletion = expectCommitted(
      await t.run(() => deleteFiles({ filter: alwaysTrue }, { stageOnly: true })),
    ).snapshotId;
    const s3 = await t.seed('B1');
    expectRejected(
      await t.run((table) => cherryPick(io, table, deletion ?? 0n)),
      'Validation',
      `Cannot cherry-pick snapshot ${String(deletion)}: not append, dynamic overwrite, or fast-forward`,
    );
    expectRejected(
      await t.run((table) => cherryPick(io, table, s1)),
      'Validation',
      `Cannot cherrypick snapshot ${s1}: already an ancestor`,
    );
    const [b2] = await t.files('B2');
    const onB = expectCommitted(
      await t.run((table) => replacePartitions(table, [b2], { stageOnly: true })),
    ).snapshotId;
    expectCommitted(await t.run((table) => rollbackTo(table, s1)));
    expectRejected(
      await t.run((table) => cherryPick(io, table, onB ?? 0n)),
      'Validation',
      `Cannot cherry-pick overwrite not based on an ancestor of the current state: ${String(onB)}`,
    );
    const picked = expectCommitted(await t.run((table) => cherryPick(io, table, s3)));
    expect(picked.snapshot).toBeNull();
    await t.expectInvariants({ acknowledged: [] });
  });

  it('copies an abandoned append once', async () => {
    const t = await Scenario.begin(mode);
    const [s1, s2] = [await t.seed('A0'), await t.seed('A1')];
    expectCommitted(await t.run((table) => rollbackTo(table, s1)));
    await t.seed('B1');
    const { io } = t.world;
    const { snapshotId } = expectCommitted(await t.run((table) => cherryPick(io, table, s2)));
    expect(await t.live()).toEqual(['A0@1', 'A1@4', 'B1@3']);
    expectRejected(
      await t.run((table) => cherryPick(io, table, s2)),
      'Validation',
      `Cannot cherrypick snapshot ${s2}: already picked to create ancestor ${String(snapshotId)}`,
    );
    await t.expectInvariants({ acknowledged: [] });
  });

  it('refuses a snapshot that was expired meanwhile', async () => {
    const { t, id } = await staged();
    await t.seed('A2');
    const built = await t.build((table) => cherryPick(t.world.io, table, id));
    await t.world.clock.sleep(1000);
    expectCommitted(await t.run(() => expireSnapshots({ olderThan: t.world.clock.now() })));
    expectRejected(
      await t.commit(built),
      'Validation',
      `Cannot cherry-pick unknown snapshot ID: ${id}`,
    );
    expect(await t.live()).toEqual(['A0@1', 'A2@3']);
    await t.expectInvariants({ acknowledged: [], expires: true });
  });
});
