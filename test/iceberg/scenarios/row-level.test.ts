import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { deleteFiles } from '../../../src/iceberg/delete-files.ts';
import { compare } from '../../../src/iceberg/expression.ts';
import { content } from '../../../src/iceberg/manifest-types.ts';
import { overwriteFiles } from '../../../src/iceberg/overwrite-files.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import { rewriteFiles } from '../../../src/iceberg/rewrite-files.ts';
import { rewriteManifests } from '../../../src/iceberg/rewrite-manifests.ts';
import { rowDelta } from '../../../src/iceberg/row-delta.ts';
import { planFiles } from '../../../src/iceberg/scan.ts';
import type { ChangedFile } from '../../../src/iceberg/snapshot-summary.ts';
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

  it('meets a deletion vector that was added for the same file', async () => {
    const t = await Scenario.begin(mode, { formatVersion: 3 });
    const since = await t.seed('A0', 'B0');
    const [a0, b0] = await t.files('A0', 'B0');
    const build = async (name: string, on: ChangedFile) => {
      const dv = await t.vector(name, on);
      return t.build(() => rowDelta({ add: [dv] }, { since }));
    };
    const [w1, w2, w3] = [await build('DV1', a0), await build('DV2', a0), await build('DV3', b0)];
    expectCommitted(await t.commit(w1));
    expectRejected(
      await t.commit(w2),
      'Validation',
      'Found concurrently added DV for A0: DV{location=DV1, offset=4, length=40, referencedDataFile=A0}',
    );
    expectCommitted(await t.commit(w3));
    expect(await t.live()).toEqual(['A0@1', 'B0@1', 'DEL:DV1@2', 'DEL:DV3@3']);
    // The vector goes with its data file, whatever its sequence number.
    expectCommitted(await t.run(() => deleteFiles({ files: [a0] })));
    expect(await t.live()).toEqual(['B0@1', 'DEL:DV3@3']);
  });

  it('takes a vector along whose data file somebody else has removed', async () => {
    const t = await Scenario.begin(mode, { formatVersion: 3 });
    await t.seed('A0', 'B0');
    const [a0, a1] = await t.files('A0', 'A1');
    const copyOnWrite = await t.build((table) =>
      overwriteFiles(table, { remove: [a0], add: [a1] }),
    );
    const dv = await t.vector('DV1', a0);
    expectCommitted(await t.run(() => rowDelta({ add: [dv], remove: [a0] })));
    expect(await t.live()).toEqual(['B0@1', 'DEL:DV1@2']);
    const { snapshot } = expectCommitted(await t.commit(copyOnWrite));
    expect(await t.live()).toEqual(['A1@3', 'B0@1']);
    expect(snapshot?.summary['removed-dvs']).toBe('1');
  });

  it.each([
    {
      formatVersion: 2,
      file_format: 'PUFFIN',
      message:
        'Must not use DVs for position deletes in V2: DV{location=PD, offset=4, length=40, referencedDataFile=A0}',
    },
    {
      formatVersion: 3,
      file_format: 'PARQUET',
      message: 'Must use DVs for position deletes in V3: PD',
    },
  ] as const)(
    'refuses position deletes of another version than $formatVersion',
    async (refused) => {
      const { formatVersion, file_format, message } = refused;
      const t = await Scenario.begin(mode, { formatVersion });
      const [a0] = await t.files('A0');
      const pd = await t.file('PD', {
        partition: ['a'],
        content: content.positionDeletes,
        referencedDataFile: a0.data_file.file_path,
      });
      const place = { file_format, content_offset: 4, content_size_in_bytes: 40 };
      const add = [{ ...pd, data_file: { ...pd.data_file, ...place } }];
      expectRejected(await t.run(() => rowDelta({ add })), 'IllegalArgument', message);
    },
  );

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
