import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { compare } from '../../../src/iceberg/expression.ts';
import { content } from '../../../src/iceberg/manifest-types.ts';
import { PartitionSet } from '../../../src/iceberg/partition-set.ts';
import {
  replacePartitions,
  type ReplacePartitionsOptions,
} from '../../../src/iceberg/replace-partitions.ts';
import { rewriteFiles } from '../../../src/iceberg/rewrite-files.ts';
import { rowDelta } from '../../../src/iceberg/row-delta.ts';
import type { ChangedFile } from '../../../src/iceberg/snapshot-summary.ts';
import { expectCommitted, expectRejected, modes, Scenario, unpartitioned } from './fixture.ts';

/** "Wn builds RP": the starting snapshot is the head of now. */
async function buildReplace(
  t: Scenario,
  files: ChangedFile[],
  options: ReplacePartitionsOptions = {},
) {
  const since = await t.headId();
  return t.build((table) => replacePartitions(table, files, { since, ...options }));
}

describe.each(modes)('isolation of dynamic overwrites, $protocol (queue: $queued)', (mode) => {
  it('C14 serializable meets an append in its partition', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const w2 = await buildReplace(t, await t.files('A2'), { isolation: 'serializable' });
    await t.seed('A1');
    const writer = t.writer();
    expectRejected(
      await t.commit(w2, writer),
      'Validation',
      'Found conflicting files that can contain records matching partitions [p=a]: [A1]',
    );
    expect(writer.swaps).toBe(0);
    expect(await t.live()).toEqual(['A0@1', 'A1@2', 'B0@1']);
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('C15 serializable does not mind an append elsewhere', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const w2 = await buildReplace(t, await t.files('A2'), { isolation: 'serializable' });
    await t.seed('B1');
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A2@3', 'B0@1', 'B1@2']);
    await t.expectInvariants();
  });

  it('C16 snapshot loses an append in its partition', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const w2 = await buildReplace(t, await t.files('A2'), { isolation: 'snapshot' });
    await t.seed('A1');
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A2@3', 'B0@1']);
    await t.expectInvariants();
  });

  it('C17 snapshot meets an overwrite of its partition', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const w2 = await buildReplace(t, await t.files('A2'), { isolation: 'snapshot' });
    expectCommitted(await t.commit(await buildReplace(t, await t.files('A1'))));
    expectRejected(
      await t.commit(w2),
      'Validation',
      'Found conflicting deleted files that can apply to records matching [p=a]: [A0]',
    );
    expect(await t.live()).toEqual(['A1@2', 'B0@1']);
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('C17 snapshot meets a compaction of its partition', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const [a0, a1, a2] = await t.files('A0', 'A1', 'A2');
    const w2 = await buildReplace(t, [a2], { isolation: 'snapshot' });
    expectCommitted(await t.run(() => rewriteFiles({ remove: [a0], add: [a1] })));
    expectRejected(
      await t.commit(w2),
      'Validation',
      'Found conflicting deleted files that can apply to records matching [p=a]: [A0]',
    );
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it.each([
    {
      isolation: 'serializable',
      outcome: 'Found conflicting files that can contain records matching partitions [p=a]: [A1]',
      live: ['A1@2', 'B0@1'],
    },
    { isolation: 'snapshot', outcome: 'OK', live: ['A2@3', 'B0@1'] },
  ] as const)(
    'C18 $isolation races for an empty partition',
    async ({ isolation, outcome, live }) => {
      const t = await Scenario.begin(mode);
      await t.seed('B0');
      const w2 = await buildReplace(t, await t.files('A2'), { isolation });
      expectCommitted(await t.commit(await buildReplace(t, await t.files('A1'))));
      const result = await t.commit(w2);
      if (outcome === 'OK') expectCommitted(result);
      else expectRejected(result, 'Validation', outcome);
      expect(await t.live()).toEqual(live);
      await t.expectInvariants({ orphans: ['A2'] });
    },
  );

  it('C19 an empty table has no starting snapshot, and still a race', async () => {
    const t = await Scenario.begin(mode);
    const w2 = await buildReplace(t, await t.files('A2'), { isolation: 'serializable' });
    expectCommitted(await t.commit(await buildReplace(t, await t.files('A1'))));
    expectRejected(
      await t.commit(w2),
      'Validation',
      'Found conflicting files that can contain records matching partitions [p=a]: [A1]',
    );
    expect(await t.live()).toEqual(['A1@1']);
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('C20 without a starting snapshot the whole history is searched', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const w1 = await buildReplace(t, await t.files('A2'), {
      isolation: 'serializable',
      since: null,
    });
    expectRejected(
      await t.commit(w1),
      'Validation',
      'Found conflicting files that can contain records matching partitions [p=a]: [A0]',
    );
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('C21 finds a conflict that appears only in the window of the swap', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a1, a2] = await t.files('A1', 'A2');
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => append([a1])));
    const before = t.world.io.created.length;
    const w2 = await buildReplace(t, [a2], { isolation: 'serializable' });
    expectRejected(
      await t.commit(w2, writer),
      'Validation',
      'Found conflicting files that can contain records matching partitions [p=a]: [A1]',
    );
    expect(writer.swaps).toBe(1);
    expect(await t.live()).toEqual(['A0@1', 'A1@2']);
    const written = writer.stops.flatMap(({ detail }) =>
      detail.stop === 'cleaned-up' ? detail.deleted : [],
    );
    // m0, m1, the list and the metadata of the first attempt.
    expect(written).toHaveLength(4);
    expect(t.world.io.created.slice(before)).toEqual(expect.arrayContaining(written));
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('C22 null is a partition like any other', async () => {
    const t = await Scenario.begin(mode);
    const inNull = (name: string) => t.file(name, { partition: [null] });
    const [n, n1, n2] = [await inNull('N'), await inNull('N1'), await inNull('N2')];
    expectCommitted(await t.run(() => append([n])));
    const w2 = await buildReplace(t, [n2], { isolation: 'serializable' });
    const writer = t.writer();
    expectCommitted(await t.run((table) => replacePartitions(table, [n1]), writer));
    expectRejected(
      await t.commit(w2),
      'Validation',
      'Found conflicting files that can contain records matching partitions [p=null]: [N1]',
    );
    expect(writer.stops.map(({ detail }) => detail)).toContainEqual(
      expect.objectContaining({
        stop: 'validated',
        removes: [expect.objectContaining({ partition: 'p=null' })],
      }),
    );
    await t.expectInvariants({ orphans: ['N2'] });
  });

  it('C23 an unpartitioned table is one partition', async () => {
    const t = await Scenario.begin(mode, { spec: unpartitioned });
    const whole = (name: string) => t.file(name, { partition: [] });
    const [a0, a1, a2, a3] = [
      await whole('A0'),
      await whole('A1'),
      await whole('A2'),
      await whole('A3'),
    ];
    expectCommitted(await t.run(() => append([a0])));
    const w1 = await buildReplace(t, [a1]);
    const w2 = await buildReplace(t, [a2]);
    const w3 = await buildReplace(t, [a3], { isolation: 'serializable' });
    expectCommitted(await t.commit(w1));
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A2@3']);
    expectRejected(
      await t.commit(w3),
      'Validation',
      'Found conflicting files that can contain records matching true: [A2, A1]',
    );
    await t.expectInvariants({ orphans: ['A3'] });
  });

  it.each([
    {
      isolation: 'snapshot',
      outcome: 'Found new conflicting delete files that can apply to records matching [p=a]: [PD1]',
    },
    { isolation: 'none', outcome: 'OK' },
  ] as const)('C24 $isolation meets row-level deletes', async ({ isolation, outcome }) => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const w2 = await buildReplace(t, await t.files('A2'), { isolation });
    const pd1 = await t.file('PD1', { partition: ['a'], content: content.positionDeletes });
    expectCommitted(await t.run(() => rowDelta({ add: [pd1] })));
    const result = await t.commit(w2);
    if (outcome === 'OK') {
      expect(expectCommitted(result).snapshot?.summary).toMatchObject({
        'removed-delete-files': '1',
        'removed-position-deletes': '1',
        'total-delete-files': '0',
      });
      expect(await t.live()).toEqual(['A2@3', 'B0@1']);
    } else {
      expectRejected(result, 'Validation', outcome);
    }
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('keeps write skew under serializable, unless it is told what was read', async () => {
    for (const withReads of [false, true]) {
      const t = await Scenario.begin(mode);
      await t.seed('A0', 'B0');
      const [a1, b1] = await t.files('A1', 'B1');
      const partition = (value: string) => {
        const partitions = new PartitionSet();
        partitions.add(0, [value]);
        return { partitions };
      };
      const w1 = await buildReplace(t, [a1], {
        isolation: 'serializable',
        reads: withReads ? [partition('b')] : [],
      });
      const w2 = await buildReplace(t, [b1], {
        isolation: 'serializable',
        reads: withReads ? [{ filter: compare('p', '==', 'a') }] : [],
      });
      expectCommitted(await t.commit(w1));
      const result = await t.commit(w2);
      if (withReads) {
        expectRejected(
          result,
          'Validation',
          'Rows that this operation has read were changed since: Found conflicting files that can contain records matching ref(name="p") == "a": [A1]',
        );
        expect(await t.live()).toEqual(['A1@2', 'B0@1']);
      } else {
        expectCommitted(result);
        expect(await t.live()).toEqual(['A1@2', 'B1@3']);
      }
      await t.expectInvariants({ orphans: ['B1'] });
    }
  });

  it('does not take a compaction of what was read for a change', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const [a1, b0, b1] = await t.files('A1', 'B0', 'B1');
    const w1 = await buildReplace(t, [a1], {
      isolation: 'serializable',
      reads: [{ filter: compare('p', '==', 'b') }],
    });
    expectCommitted(await t.run(() => rewriteFiles({ remove: [b0], add: [b1] })));
    expectCommitted(await t.commit(w1));
    await t.expectInvariants();
  });

  it('refuses to replace anything if it is to append only', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a1, b1] = await t.files('A1', 'B1');
    expectRejected(
      await t.commit(await buildReplace(t, [a1], { appendOnly: true })),
      'Validation',
      'Cannot commit file that conflicts with existing partition: p=a',
    );
    expectCommitted(await t.commit(await buildReplace(t, [b1], { appendOnly: true })));
    expect(await t.live()).toEqual(['A0@1', 'B1@2']);
    await t.expectInvariants({ orphans: ['A1'] });
  });

  it('refuses files of two specs', async () => {
    const t = await Scenario.begin(mode);
    const [a1] = await t.files('A1');
    const { metadata } = await t.load();
    expect(() =>
      replacePartitions({ name: 't', pointer: { version: 1, location: '' }, metadata }, [
        a1,
        { ...a1, spec_id: 1 },
      ]),
    ).toThrow(
      'Cannot return a single partition spec: data files with different partition specs have been added',
    );
  });
});
