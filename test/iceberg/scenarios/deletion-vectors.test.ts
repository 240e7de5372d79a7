import { describe, expect, it } from 'vitest';
import { deleteFiles } from '../../../src/iceberg/delete-files.ts';
import { content } from '../../../src/iceberg/manifest-types.ts';
import { overwriteFiles } from '../../../src/iceberg/overwrite-files.ts';
import { rewriteFiles } from '../../../src/iceberg/rewrite-files.ts';
import { rowDelta } from '../../../src/iceberg/row-delta.ts';
import type { ChangedFile } from '../../../src/iceberg/snapshot-summary.ts';
import { expectCommitted, expectRejected, modes, Scenario } from './fixture.ts';

describe.each(modes)('deletion vectors, $protocol (queue: $queued)', (mode) => {
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

  it('meets a vector that a compaction has rewritten', async () => {
    const t = await Scenario.begin(mode, { formatVersion: 3 });
    await t.seed('A0');
    const [a0] = await t.files('A0');
    const [dv1, dv2, dv3] = [
      await t.vector('DV1', a0),
      await t.vector('DV2', a0),
      await t.vector('DV3', a0),
    ];
    expectCommitted(await t.run(() => rowDelta({ add: [dv1] })));
    const since = await t.headId();
    const built = await t.build(() => rowDelta({ add: [dv3], remove: [dv1] }, { since }));
    expectCommitted(await t.run(() => rewriteFiles({ remove: [dv1], add: [dv2] })));
    expectRejected(
      await t.commit(built),
      'Validation',
      'Found concurrently added DV for A0: DV{location=DV2, offset=4, length=40, referencedDataFile=A0}',
    );
  });

  it('does not take a vector for a new one because its manifest was merged', async () => {
    const t = await Scenario.begin(mode, {
      formatVersion: 3,
      properties: { 'commit.manifest.min-count-to-merge': '2' },
    });
    await t.seed('A0', 'B0');
    const [a0, b0] = await t.files('A0', 'B0');
    const [dv1, dv2, dv3] = [
      await t.vector('DV1', a0),
      await t.vector('DV2', b0),
      await t.vector('DV3', a0),
    ];
    expectCommitted(await t.run(() => rowDelta({ add: [dv1] })));
    const since = await t.headId();
    const built = await t.build(() => rowDelta({ add: [dv3], remove: [dv1] }, { since }));
    expectCommitted(await t.run(() => rowDelta({ add: [dv2] })));
    expectCommitted(await t.commit(built));
    expect(await t.live()).toEqual(['A0@1', 'B0@1', 'DEL:DV2@3', 'DEL:DV3@4']);
  });
});
