import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { deleteFiles } from '../../../src/iceberg/delete-files.ts';
import { compare } from '../../../src/iceberg/expression.ts';
import { ManifestReader } from '../../../src/iceberg/manifest-reader.ts';
import { content } from '../../../src/iceberg/manifest-types.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import { rewriteFiles } from '../../../src/iceberg/rewrite-files.ts';
import { rewriteManifests } from '../../../src/iceberg/rewrite-manifests.ts';
import { rowDelta } from '../../../src/iceberg/row-delta.ts';
import { planFiles } from '../../../src/iceberg/scan.ts';
import { expectCommitted, expectRejected, modes, Scenario, shortName } from './fixture.ts';

const inA = compare('p', '==', 'a');
const positionDelete = (t: Scenario, name: string) =>
  t.file(name, { partition: ['a'], content: content.positionDeletes });

describe.each(modes)('row-level changes, $protocol (queue: $queued)', (mode) => {
  it('C31a a row delta misses a file that was compacted', async () => {
    const t = await Scenario.begin(mode);
    const since = await t.seed('A0', 'B0');
    const [a0, a1] = await t.files('A0', 'A1');
    const pd = await positionDelete(t, 'PD2');
    const w2 = await t.build(() =>
      rowDelta(
        { add: [pd] },
        { isolation: 'snapshot', since, referencedFiles: [a0.data_file.file_path] },
      ),
    );
    expectCommitted(await t.run(() => rewriteFiles({ remove: [a0], add: [a1] })));
    expectRejected(await t.commit(w2), 'Validation', 'Cannot commit, missing data files: [A0]');
    await t.expectInvariants({ orphans: ['PD2'] });
  });

  it.each([
    { number: 'b', kind: 'positionDeletes', keeps: false, outcome: 'found new delete' },
    { number: 'c', kind: 'positionDeletes', keeps: true, outcome: 'found new position delete' },
    { number: '', kind: 'equalityDeletes', keeps: false, outcome: 'found new delete' },
    { number: 'd', kind: 'equalityDeletes', keeps: true, outcome: 'OK' },
  ] as const)('C31$number a compaction meets $kind (keeps sequence: $keeps)', async (expected) => {
    const t = await Scenario.begin(mode);
    const since = await t.seed('A0', 'B0');
    const [a0, a2] = await t.files('A0', 'A2');
    const w2 = await t.build(() =>
      rewriteFiles(
        { remove: [a0], add: [a2] },
        { since, ...(expected.keeps ? { dataSequenceNumber: 1 } : {}) },
      ),
    );
    const deletion = await t.file('D1', { partition: ['a'], content: content[expected.kind] });
    expectCommitted(await t.run(() => rowDelta({ add: [deletion] })));
    const result = await t.commit(w2);
    if (expected.outcome === 'OK') {
      expectCommitted(result);
      expect(await t.live()).toEqual(['A2@1/f3', 'B0@1', 'DEL:D1@2']);
    } else {
      expectRejected(
        result,
        'Validation',
        `Cannot commit, ${expected.outcome} for replaced data file: A0`,
      );
      expect(await t.live()).toEqual(['A0@1', 'B0@1', 'DEL:D1@2']);
    }
    await t.expectInvariants({ orphans: ['A2'] });
  });

  it('C32 a compaction does not mind an append', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const [a0, a2] = await t.files('A0', 'A2');
    const w2 = await t.build(() => rewriteFiles({ remove: [a0], add: [a2] }));
    await t.seed('A1');
    expect(expectCommitted(await t.commit(w2)).snapshot?.summary).toMatchObject({
      operation: 'replace',
      'added-records': '1',
      'deleted-records': '1',
      'total-records': '3',
    });
    expect(await t.live()).toEqual(['A1@2', 'A2@3', 'B0@1']);
    await t.expectInvariants();
  });

  it('C32 a compaction never makes more rows', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a0] = await t.files('A0');
    const five = await t.file('A5', { records: 5 });
    expectRejected(
      await t.run(() => rewriteFiles({ remove: [a0], add: [five] })),
      'IllegalArgument',
      'Invalid REPLACE operation: 5 added records > 1 replaced records',
    );
    await t.expectInvariants({ orphans: ['A5'] });
  });

  it('C32 counts the rows of data files alone, whatever deletes a compaction rewrites with them', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a0, a2] = await t.files('A0', 'A2');
    const five = await t.file('A5', { records: 5 });
    const deletes = async (file: string, records: number) =>
      t.file(file, { partition: ['a'], content: content.positionDeletes, records });
    const [pd1, pd2] = [await deletes('PD1', 9), await deletes('PD2', 20)];
    expectCommitted(await t.run(() => rowDelta({ add: [pd1] })));
    const since = await t.headId();
    expectRejected(
      await t.run(() => rewriteFiles({ remove: [a0, pd1], add: [five] }, { since })),
      'IllegalArgument',
      'Invalid REPLACE operation: 5 added records > 1 replaced records',
    );
    const rewrite = { remove: [a0, pd1], add: [a2, pd2] };
    expectCommitted(await t.run(() => rewriteFiles(rewrite, { since, dataSequenceNumber: 1 })));
    // Only data files keep the sequence number of what they replace.
    expect(await t.live()).toEqual(['A2@1/f3', 'DEL:PD2@3']);
    await t.expectInvariants({ orphans: ['A5'] });
  });

  it('refuses a compaction that replaces nothing', async () => {
    const t = await Scenario.begin(mode);
    const [a0] = await t.files('A0');
    const pd = await positionDelete(t, 'PD');
    expect(() => rewriteFiles({ remove: [], add: [a0] })).toThrow(
      'Files to delete cannot be empty',
    );
    expect(() => rewriteFiles({ remove: [pd], add: [a0] })).toThrow(
      "Data files to add must be empty because there's no data file to be rewritten",
    );
    expect(() => rewriteFiles({ remove: [a0], add: [pd] })).toThrow(
      "Delete files to add must be empty because there's no delete file to be rewritten",
    );
  });

  it.each(['compaction', 'dynamic overwrite', 'delete'])(
    'C33 a compaction misses a file after a %s',
    async (first) => {
      const t = await Scenario.begin(mode);
      await t.seed('A0', 'B0');
      const [a0, a1, a2] = await t.files('A0', 'A1', 'A2');
      const w2 = await t.build(() => rewriteFiles({ remove: [a0], add: [a2] }));
      expectCommitted(
        await t.run((table) => {
          if (first === 'compaction') return rewriteFiles({ remove: [a0], add: [a1] });
          if (first === 'delete') return deleteFiles({ files: [a0] });
          return replacePartitions(table, [a1]);
        }),
      );
      expectRejected(await t.commit(w2), 'Validation', 'Missing required files to delete: A0');
      await t.expectInvariants({ orphans: ['A1', 'A2'] });
    },
  );

  it('C33d a compaction does not mind an overwrite elsewhere', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const [a0, a2, b1] = await t.files('A0', 'A2', 'B1');
    const w2 = await t.build(() => rewriteFiles({ remove: [a0], add: [a2] }));
    expectCommitted(await t.run((table) => replacePartitions(table, [b1])));
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A2@3', 'B1@2']);
    await t.expectInvariants();
  });

  it.each([
    {
      command: 'update',
      outcome:
        'Found new conflicting delete files that can apply to records matching ref(name="p") == "a": [PD1]',
    },
    { command: 'delete', outcome: 'OK' },
  ] as const)('C34 two deltas on one file by the rules of $command', async (expected) => {
    const t = await Scenario.begin(mode);
    const since = await t.seed('A0', 'B0');
    const [a0] = await t.files('A0');
    const build = async (name: string) => {
      const pd = await positionDelete(t, name);
      return t.build(() =>
        rowDelta(
          { add: [pd] },
          {
            isolation: 'snapshot',
            since,
            command: expected.command,
            conflictFilter: inA,
            referencedFiles: [a0.data_file.file_path],
          },
        ),
      );
    };
    const [w1, w2] = [await build('PD1'), await build('PD2')];
    expectCommitted(await t.commit(w1));
    const result = await t.commit(w2);
    if (expected.outcome === 'OK') {
      expectCommitted(result);
      expect(await t.live()).toEqual(['A0@1', 'B0@1', 'DEL:PD1@2', 'DEL:PD2@3']);
    } else {
      expectRejected(result, 'Validation', expected.outcome);
    }
    await t.expectInvariants({ orphans: ['PD2'] });
  });

  it('names the file that a change replaces and another has deleted rows of', async () => {
    const t = await Scenario.begin(mode);
    const since = await t.seed('A0');
    const [a0, a1] = await t.files('A0', 'A1');
    const options = { isolation: 'snapshot', since, conflictFilter: inA } as const;
    const update = await t.build(() => rowDelta({ add: [a1], remove: [a0] }, options));
    const pd = await positionDelete(t, 'PD1');
    expectCommitted(await t.run(() => rowDelta({ add: [pd] })));
    expectRejected(
      await t.commit(update),
      'Validation',
      'Cannot commit, found new delete for replaced data file: A0',
    );
    await t.expectInvariants({ orphans: ['A1'] });
  });

  it.each(['was merged', 'was compacted'])(
    'does not take a delete file that %s since for a new one',
    async (how) => {
      const t = await Scenario.begin(mode, {
        properties: { 'commit.manifest.min-count-to-merge': '2' },
      });
      await t.seed('A0', 'B0');
      const [old, pd] = [await positionDelete(t, 'PD1'), await positionDelete(t, 'PD3')];
      expectCommitted(await t.run(() => rowDelta({ add: [old] })));
      const since = await t.headId();
      const options = { isolation: 'snapshot', since, conflictFilter: inA } as const;
      const update = await t.build(() => rowDelta({ add: [pd] }, options));
      if (how === 'was merged') {
        const inB = await t.file('PD2', { partition: ['b'], content: content.positionDeletes });
        expectCommitted(await t.run(() => rowDelta({ add: [inB] })));
        const manifests = await new ManifestReader(t.world.io).manifests(await t.head());
        expect(manifests.filter((manifest) => manifest.content === 1)).toHaveLength(1);
      } else {
        const compacted = await positionDelete(t, 'PD2');
        expectCommitted(await t.run(() => rewriteFiles({ remove: [old], add: [compacted] })));
      }
      expectCommitted(await t.commit(update));
      await t.expectInvariants();
    },
  );

  it('refuses to remove a data file that a new delete file speaks of', async () => {
    const t = await Scenario.begin(mode);
    const [a0] = await t.files('A0');
    const path = a0.data_file.file_path;
    const pd = await t.file('PD', {
      partition: ['a'],
      content: content.positionDeletes,
      referencedDataFile: path,
    });
    const since = await t.seed('A0');
    expectRejected(
      await t.run(() => rowDelta({ add: [pd], remove: [a0] }, { isolation: 'snapshot', since })),
      'Validation',
      'Cannot delete data files [A0] that are referenced by new delete files',
    );
  });

  it('names what a delta does by what it adds', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a1, a2] = await t.files('A1', 'A2');
    const [pd1, pd2] = [await positionDelete(t, 'PD1'), await positionDelete(t, 'PD2')];
    const operations = [];
    for (const add of [[a1], [pd1], [a2, pd2]]) {
      const { snapshot } = expectCommitted(await t.run(() => rowDelta({ add })));
      operations.push(snapshot?.summary.operation);
    }
    expect(operations).toEqual(['append', 'delete', 'overwrite']);
    await t.expectInvariants();
  });

  it('removes every delete file that can match nothing any more', async () => {
    const t = await Scenario.begin(mode);
    const [a0, b0, b1] = await t.files('A0', 'B0', 'B1');
    expectCommitted(await t.run(() => append([a0])));
    // Two manifests of deletes, both older than all that will be left.
    for (const name of ['PD1', 'PD2']) {
      const pd = await positionDelete(t, name);
      expectCommitted(await t.run(() => rowDelta({ add: [pd] })));
    }
    expectCommitted(await t.run(() => append([b0, b1])));
    expectCommitted(await t.run(() => deleteFiles({ files: [b1] })));
    expect(await t.live()).toEqual(['A0@1', 'B0@4', 'DEL:PD1@2', 'DEL:PD2@3']);
    expectCommitted(await t.run(() => deleteFiles({ files: [a0] })));
    expect(await t.live()).toEqual(['B0@4']);
    await t.expectInvariants();
  });

  it('keeps a delete file that is as old as the oldest file that is left', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const [a0, a1] = await t.files('A0', 'A1');
    const pd = await positionDelete(t, 'PD1');
    expectCommitted(await t.run(() => rowDelta({ add: [a1, pd] })));
    expectCommitted(await t.run(() => deleteFiles({ files: [a0] })));
    expect(await t.live()).toEqual(['A1@2', 'DEL:PD1@2']);
    await t.expectInvariants();
  });

  it('keeps a delete file for a file whose manifest is younger than itself', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const pd = await positionDelete(t, 'PD1');
    expectCommitted(await t.run(() => rowDelta({ add: [pd] })));
    expectCommitted(await t.run(() => rewriteManifests()));
    await t.seed('B1');
    const [b1] = await t.files('B1');
    expectCommitted(await t.run(() => deleteFiles({ files: [b1] })));
    expect(await t.live()).toEqual(['A0@1', 'DEL:PD1@2']);
    await t.expectInvariants();
  });

  it('keeps an equality delete that applies to a compacted file by its old sequence number', async () => {
    const t = await Scenario.begin(mode);
    const since = await t.seed('A0');
    const [a0, a2] = await t.files('A0', 'A2');
    const ed = await t.file('ED', { partition: ['a'], content: content.equalityDeletes });
    expectCommitted(await t.run(() => rowDelta({ add: [ed] })));
    expectCommitted(await t.run(() => append([])));
    expectCommitted(
      await t.run(() =>
        rewriteFiles({ remove: [a0], add: [a2] }, { since, dataSequenceNumber: 1 }),
      ),
    );
    expect(await t.live()).toEqual(['A2@1/f4', 'DEL:ED@2']);
    await t.expectInvariants();
  });

  it('tells a reader which delete files apply to a data file', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const [a1] = await t.files('A1');
    const shared = await positionDelete(t, 'PD1');
    const own = await t.file('PD2', {
      partition: ['a'],
      content: content.positionDeletes,
      referencedDataFile: a1.data_file.file_path,
    });
    const equality = await t.file('ED', { partition: ['a'], content: content.equalityDeletes });
    expectCommitted(await t.run(() => rowDelta({ add: [shared] })));
    expectCommitted(await t.run(() => rowDelta({ add: [a1, own, equality] })));
    const { metadata } = await t.load();
    const tasks = await planFiles(t.world.io, metadata, await t.head());
    expect(
      Object.fromEntries(
        tasks.map(({ file, deletes }) => [
          shortName(file.data_file.file_path),
          deletes.map((entry) => shortName(entry.data_file.file_path)).sort(),
        ]),
      ),
    ).toEqual({ A0: ['ED', 'PD1'], A1: ['PD2'], B0: [] });
  });

  it('lays out manifests anew, leaves every file as it was and what came meanwhile', async () => {
    const t = await Scenario.begin(mode);
    for (const name of ['A1', 'A2', 'B1']) await t.seed(name);
    const [a3, a4] = await t.files('A3', 'A4');
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => append([a3])));
    const { snapshot } = expectCommitted(await t.run(() => rewriteManifests(), writer));
    expect(snapshot?.summary).toMatchObject({
      operation: 'replace',
      'changed-partition-count': '0',
      'entries-processed': '3',
      'manifests-created': '1',
      'manifests-kept': '1',
      'manifests-replaced': '3',
      'total-data-files': '4',
    });
    expect(await t.live()).toEqual(['A1@1', 'A2@2', 'A3@4', 'B1@3']);
    const byPartition = (file: { data_file: { partition: unknown[] } }) =>
      String(file.data_file.partition[0]);
    const again = await t.run(() => rewriteManifests({ clusterBy: byPartition }));
    expect(expectCommitted(again).snapshot?.summary).toMatchObject({ 'manifests-created': '2' });
    expectCommitted(await t.run(() => append([a4])));
    expect(await t.live()).toEqual(['A1@1', 'A2@2', 'A3@4', 'A4@7', 'B1@3']);
    await t.expectInvariants();
  });

  it('refuses to lay out a manifest that is gone, or none at all', async () => {
    const t = await Scenario.begin(mode);
    expectRejected(
      await t.run(() => rewriteManifests()),
      'Validation',
      'Cannot rewrite manifests: the table has no snapshot',
    );
    const id = await t.seed('A0');
    expectRejected(
      await t.run(() => rewriteManifests({ only: ['m.avro'] })),
      'Validation',
      `Deleted manifest m.avro could not be found in the latest snapshot ${id}`,
    );
    await t.expectInvariants();
  });
});
