import { describe, expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import type { Change } from '../../src/iceberg/change.ts';
import { cherryPick } from '../../src/iceberg/cherry-pick.ts';
import { deleteFiles } from '../../src/iceberg/delete-files.ts';
import { content } from '../../src/iceberg/manifest-types.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { rewriteFiles } from '../../src/iceberg/rewrite-files.ts';
import { rollbackTo } from '../../src/iceberg/rollback.ts';
import { rowDelta } from '../../src/iceberg/row-delta.ts';
import { liveFiles } from '../../src/iceberg/scan.ts';
import { currentSnapshot, type Table } from '../../src/iceberg/table.ts';
import { transaction } from '../../src/iceberg/transaction.ts';
import { expectCommitted, expectRejected, modes, Scenario } from './scenarios/fixture.ts';

const [, , optimistic] = modes;

/** Commits a snapshot that no branch follows; answers its id. */
async function stage(t: Scenario, make: (table: Table) => Change): Promise<bigint> {
  const { snapshotId } = expectCommitted(await t.run(make));
  t.acknowledged.pop();
  return snapshotId ?? 0n;
}

const pick = (t: Scenario, id: bigint) => t.run((table) => cherryPick(t.world.io, table, id));

describe('a cherry-pick', () => {
  it('moves main of an empty table to a staged root itself', async () => {
    const t = await Scenario.begin(optimistic);
    const [a1] = await t.files('A1');
    const id = await stage(t, () => append([a1], { stageOnly: true }));
    expect(expectCommitted(await pick(t, id)).snapshot).toBeNull();
    expect(await t.headId()).toBe(id);
    await t.expectInvariants();
  });

  it('copies a dynamic overwrite that had no parent', async () => {
    const t = await Scenario.begin(optimistic);
    const [a1] = await t.files('A1');
    const id = await stage(t, (table) => replacePartitions(table, [a1], { stageOnly: true }));
    await t.seed('B1');
    expectCommitted(await pick(t, id));
    expect(await t.live()).toEqual(['A1@3', 'B1@2']);
    await t.expectInvariants();
  });

  it('misses the files that a dynamic overwrite removed if others have removed them', async () => {
    const t = await Scenario.begin(optimistic);
    const [a0, a1] = await t.files('A0', 'A1');
    await t.seed('A0');
    const id = await stage(t, (table) => replacePartitions(table, [a1], { stageOnly: true }));
    expectCommitted(await t.run(() => deleteFiles({ files: [a0] })));
    expectRejected(await pick(t, id), 'Validation', 'Missing required files to delete: A0');
    await t.expectInvariants();
  });

  it('does not miss a delete file that went with what was overwritten', async () => {
    const t = await Scenario.begin(optimistic);
    const [a0, a1] = await t.files('A0', 'A1');
    await t.seed('A0');
    const on = { partition: ['a'], content: content.positionDeletes } as const;
    const deletes = {
      ...on,
      partition: [...on.partition],
      referencedDataFile: a0.data_file.file_path,
    };
    const [pd1, pd2] = [await t.file('PD1', deletes), await t.file('PD2', deletes)];
    expectCommitted(await t.run(() => rowDelta({ add: [pd1] })));
    const id = await stage(t, (table) => replacePartitions(table, [a1], { stageOnly: true }));
    expectCommitted(await t.run(() => rewriteFiles({ remove: [pd1], add: [pd2] })));
    expectCommitted(await pick(t, id));
    expect(await t.live()).toEqual(['A1@5']);
    await t.expectInvariants();
  });

  it('meets its write-audit-publish id also where main followed to the snapshot that has it', async () => {
    const t = await Scenario.begin(optimistic);
    await t.seed('A0');
    const [a1, a2] = await t.files('A1', 'A2');
    const options = { stageOnly: true, summary: { 'wap.id': 'w1' } };
    const first = await stage(t, () => append([a1], options));
    const second = await stage(t, () => append([a2], options));
    expectCommitted(await pick(t, first));
    expectRejected(
      await pick(t, second),
      'Validation',
      'Duplicate request to cherry pick wap id that was published already: w1',
    );
    await t.expectInvariants();
  });

  it('gives the rows of a copy ids of their own (v3)', async () => {
    const t = await Scenario.begin(optimistic, { formatVersion: 3 });
    await t.seed('A0');
    const [a1] = await t.files('A1');
    const id = await stage(t, () => append([a1], { stageOnly: true }));
    await t.seed('A2');
    expectCommitted(await pick(t, id));
    const { metadata } = await t.load();
    const reader = new ManifestReader(t.world.io);
    const { data } = await liveFiles(reader, metadata, currentSnapshot(metadata));
    expect(data.map(({ data_file: file }) => file.first_row_id).sort()).toEqual([0, 2, 3]);
    expect(metadata['next-row-id']).toBe(4);
    await t.expectInvariants();
  });

  it('in a transaction is judged by what came before it there', async () => {
    const t = await Scenario.begin(optimistic);
    const [s1, s2] = [await t.seed('A0'), await t.seed('A1')];
    const both = async (table: Table) =>
      transaction([rollbackTo(table, s1), await cherryPick(t.world.io, table, s2)]);
    expectCommitted(await t.run(both));
    expect(await t.headId()).toBe(s2);
    await t.expectInvariants();
  });
});
