import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { deleteFiles } from '../../../src/iceberg/delete-files.ts';
import { and, compare, type Expression } from '../../../src/iceberg/expression.ts';
import { content } from '../../../src/iceberg/manifest-types.ts';
import { overwriteFiles, type OverwriteOptions } from '../../../src/iceberg/overwrite-files.ts';
import { rowDelta } from '../../../src/iceberg/row-delta.ts';
import type { ChangedFile } from '../../../src/iceberg/snapshot-summary.ts';
import { encodeValue } from '../../../src/iceberg/value.ts';
import { expectCommitted, expectRejected, modes, Scenario } from './fixture.ts';

const inA = compare('p', '==', 'a');

async function buildOverwrite(t: Scenario, add: ChangedFile[], options: OverwriteOptions = {}) {
  const since = await t.headId();
  return t.build((table) => overwriteFiles(table, { filter: inA, add }, { since, ...options }));
}

describe.each(modes)('static overwrites, $protocol (queue: $queued)', (mode) => {
  it('C25 none replaces what matches when it commits', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const w2 = await buildOverwrite(t, await t.files('A2'));
    await t.seed('A1', 'B1');
    expect(expectCommitted(await t.commit(w2)).snapshot?.summary.operation).toBe('overwrite');
    expect(await t.live()).toEqual(['A2@3', 'B0@1', 'B1@2']);
    await t.expectInvariants();
  });

  it('C26 serializable meets an append within its filter, and only there', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const [a2, a3] = await t.files('A2', 'A3');
    const w2 = await buildOverwrite(t, [a2], { isolation: 'serializable' });
    await t.seed('B1');
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A2@3', 'B0@1', 'B1@2']);
    const w3 = await buildOverwrite(t, [a3], { isolation: 'serializable' });
    await t.seed('A1');
    expectRejected(
      await t.commit(w3),
      'Validation',
      'Found conflicting files that can contain records matching ref(name="p") == "a": [A1]',
    );
    await t.expectInvariants({ orphans: ['A3'] });
  });

  it.each([
    { isolation: 'none', outcome: 'OK', live: ['A2@3', 'B0@1'] },
    {
      isolation: 'snapshot',
      outcome:
        'Found conflicting deleted files that can contain records matching ref(name="p") == "a": [A0]',
      live: ['A1@2', 'B0@1'],
    },
    {
      isolation: 'serializable',
      outcome:
        'Found conflicting files that can contain records matching ref(name="p") == "a": [A1]',
      live: ['A1@2', 'B0@1'],
    },
  ] as const)('C27 $isolation meets another static overwrite', async (expected) => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const w2 = await buildOverwrite(t, await t.files('A2'), { isolation: expected.isolation });
    expectCommitted(await t.commit(await buildOverwrite(t, await t.files('A1'))));
    const result = await t.commit(w2);
    if (expected.outcome === 'OK') expectCommitted(result);
    else expectRejected(result, 'Validation', expected.outcome);
    expect(await t.live()).toEqual(expected.live);
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('C28 refuses a filter that cuts a file, and a file outside of the filter', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const [a2, b2] = await t.files('A2', 'B2');
    const cuts = and(inA, compare('id', '<', 5n));
    expectRejected(
      await t.run((table) => overwriteFiles(table, { filter: cuts, add: [a2] })),
      'Validation',
      'Cannot delete file where some, but not all, rows match filter (ref(name="p") == "a" and ref(name="id") < 5): A0',
    );
    const { metadata, ...rest } = await t.load();
    expect(() =>
      overwriteFiles(
        { metadata, ...rest },
        { filter: inA, add: [b2] },
        { addedFilesMatchFilter: true },
      ),
    ).toThrow(
      /^Cannot append file with rows that do not match filter: ref\(name="p"\) == "a": .*B2/,
    );
    const ofOtherSpec = { ...a2, spec_id: 1 };
    expect(() =>
      overwriteFiles(
        { metadata, ...rest },
        { filter: inA, add: [a2, ofOtherSpec] },
        { addedFilesMatchFilter: true },
      ),
    ).toThrow('Cannot return a single partition spec');
    expectCommitted(
      await t.run((table) =>
        overwriteFiles(table, { filter: inA, add: [a2] }, { addedFilesMatchFilter: true }),
      ),
    );
    await t.expectInvariants({ orphans: ['B2'] });
  });

  it.each(['before', 'in the window of the swap'])(
    'C29 does not miss what another commit has deleted %s',
    async (when) => {
      const t = await Scenario.begin(mode);
      await t.seed('A0', 'B0');
      const [a2] = await t.files('A2');
      // Only data is validated: what another commit deleted is no conflict.
      const w2 = await buildOverwrite(t, [a2], { isolation: 'none' });
      const writer = t.writer();
      const deleteA = () => t.run(() => deleteFiles({ filter: inA }));
      if (when === 'before') expectCommitted(await deleteA());
      else writer.once('before-swap', deleteA);
      const { snapshot } = expectCommitted(await t.commit(w2, writer));
      expect(await t.live()).toEqual(['A2@3', 'B0@1']);
      expect(snapshot?.summary).not.toHaveProperty('deleted-data-files');
      await t.expectInvariants();
    },
  );

  it.each([
    { isolation: 'snapshot', outcome: 'Missing required files to delete: A0' },
    {
      isolation: 'serializable',
      outcome:
        'Found conflicting files that can contain records matching ref(name="p") == "a": [A1]',
    },
    { isolation: 'none', outcome: 'OK' },
  ] as const)('C30 two writers copy one file on write, $isolation', async (expected) => {
    const t = await Scenario.begin(mode);
    const since = await t.seed('A0', 'B0');
    const [a0, a1, a2] = await t.files('A0', 'A1', 'A2');
    const copy = (add: ChangedFile) =>
      t.build((table) =>
        overwriteFiles(
          table,
          { remove: [a0], add: [add] },
          { isolation: expected.isolation, since, conflictFilter: inA },
        ),
      );
    const [w1, w2] = [await copy(a1), await copy(a2)];
    expectCommitted(await t.commit(w1));
    const result = await t.commit(w2);
    if (expected.outcome === 'OK') expectCommitted(result);
    else expectRejected(result, 'Validation', expected.outcome);
    expect(await t.live()).toEqual(
      expected.outcome === 'OK' ? ['A1@2', 'A2@3', 'B0@1'] : ['A1@2', 'B0@1'],
    );
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('does not mind deletes of rows that the filter says were not read', async () => {
    const t = await Scenario.begin(mode);
    const since = await t.seed('A0');
    const [a0, a2, a3] = await t.files('A0', 'A2', 'A3');
    const copy = (add: ChangedFile, conflictFilter: Expression) =>
      t.build((table) =>
        overwriteFiles(
          table,
          { remove: [a0], add: [add] },
          { isolation: 'snapshot', since, conflictFilter },
        ),
      );
    const [touched, untouched] = [
      await copy(a2, compare('id', '>', 5n)),
      await copy(a3, compare('id', '<', 5n)),
    ];
    const ed = await t.file('ED', { partition: ['a'], content: content.equalityDeletes });
    const ids = (id: bigint) => new Map([[1, encodeValue('long', id)]]);
    const bounds = { lower_bounds: ids(7n), upper_bounds: ids(9n) };
    const above = { ...ed, data_file: { ...ed.data_file, ...bounds } };
    expectCommitted(await t.run(() => rowDelta({ add: [above] })));
    expectRejected(
      await t.commit(touched),
      'Validation',
      'Cannot commit, found new delete for replaced data file: A0',
    );
    expectCommitted(await t.commit(untouched));
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('conflicts with every append where no filter says what was read', async () => {
    const t = await Scenario.begin(mode);
    const since = await t.seed('A0', 'B0');
    const [a0, a2] = await t.files('A0', 'A2');
    const w2 = await t.build((table) =>
      overwriteFiles(table, { remove: [a0], add: [a2] }, { isolation: 'serializable', since }),
    );
    await t.seed('B1');
    expectRejected(
      await t.commit(w2),
      'Validation',
      'Found conflicting files that can contain records matching true: [B1]',
    );
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('calls an overwrite that removes nothing what it asked for', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('B0');
    const [a1] = await t.files('A1');
    const asked = await t.run((table) => overwriteFiles(table, { filter: inA, add: [a1] }));
    expect(expectCommitted(asked).snapshot?.summary.operation).toBe('overwrite');
    const [a2] = await t.files('A2');
    const added = await t.run((table) => overwriteFiles(table, { add: [a2] }));
    expect(expectCommitted(added).snapshot?.summary.operation).toBe('append');
    await t.expectInvariants();
  });

  it.each([
    { listed: 'in two manifests', count: '100', summary: { 'deleted-data-files': '2' } },
    {
      listed: 'twice in one manifest',
      count: '2',
      summary: { 'deleted-data-files': '1', 'deleted-duplicate-files': '1' },
    },
  ])('counts a file that is listed $listed as Java does', async ({ count, summary }) => {
    const properties = { 'commit.manifest.min-count-to-merge': count };
    const t = await Scenario.begin(mode, { properties });
    const [a0] = await t.files('A0');
    expectCommitted(await t.run(() => append([a0])));
    expectCommitted(await t.run(() => append([a0])));
    const { snapshot } = expectCommitted(await t.run(() => deleteFiles({ filter: inA })));
    expect(snapshot?.summary).toMatchObject(summary);
    expect(await t.live()).toEqual([]);
  });
});
