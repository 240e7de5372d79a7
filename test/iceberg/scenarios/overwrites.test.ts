import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { alwaysTrue } from '../../../src/iceberg/expression.ts';
import type { Value } from '../../../src/iceberg/manifest-types.ts';
import { overwriteFiles } from '../../../src/iceberg/overwrite-files.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import type { ChangedFile } from '../../../src/iceberg/snapshot-summary.ts';
import type { Isolation } from '../../../src/iceberg/stop.ts';
import type { PartitionSpec, Schema } from '../../../src/iceberg/table-metadata.ts';
import { updatePartitionSpec } from '../../../src/iceberg/update-partition-spec.ts';
import { expectCommitted, expectRejected, modes, Scenario, unpartitioned } from './fixture.ts';

async function buildReplace(t: Scenario, files: ChangedFile[], isolation: Isolation = 'none') {
  const since = await t.headId();
  return t.build((table) => replacePartitions(table, files, { isolation, since }));
}

describe.each(modes)('dynamic overwrites, $protocol (queue: $queued)', (mode) => {
  it('replaces a whole v1 table whose partition fields were all given up', async () => {
    const t = await Scenario.begin(mode, { formatVersion: 1 });
    await t.seed('A0', 'B0');
    expectCommitted(await t.run(() => updatePartitionSpec({ remove: ['p'] })));
    const a1 = await t.file('A1', { specId: 1, partition: [null] });
    expectCommitted(await t.commit(await buildReplace(t, [a1])));
    expect(await t.live()).toEqual(['A1@0']);
  });

  it('C07 keeps the last committer of a partition', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const w1 = await buildReplace(t, await t.files('A1'));
    const w2 = await buildReplace(t, await t.files('A2'));
    expectCommitted(await t.commit(w1));
    const { snapshot } = expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A2@3', 'B0@1']);
    const { metadata } = await t.load();
    expect(metadata.snapshots.map((each) => each.summary.operation)).toEqual([
      'append',
      'overwrite',
      'overwrite',
    ]);
    expect(snapshot?.summary).toMatchObject({
      'replace-partitions': 'true',
      'added-data-files': '1',
      'deleted-data-files': '1',
      'deleted-records': '1',
      'removed-files-size': '10',
      'changed-partition-count': '1',
      'total-data-files': '2',
      'manifests-created': '2',
      'manifests-kept': '1',
      'manifests-replaced': '1',
    });
    await t.expectInvariants();
  });

  it.each(['none', 'serializable'] as const)('C08 keeps disjoint partitions, %s', async (level) => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const w1 = await buildReplace(t, await t.files('A1'), level);
    const w2 = await buildReplace(t, await t.files('B1'), level);
    expectCommitted(await t.commit(w1));
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A1@2', 'B1@3']);
    await t.expectInvariants();
  });

  it('C09 replaces only the partitions that overlap', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0', 'C0');
    const w1 = await buildReplace(t, await t.files('A1', 'B1'));
    const w2 = await buildReplace(t, await t.files('B2', 'C2'));
    expectCommitted(await t.commit(w1));
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A1@2', 'B2@3', 'C2@3']);
    await t.expectInvariants();
  });

  it('C10 decides after a lost swap anew what it replaces', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0', 'B0');
    const w2 = t.writer();
    const rival = await buildReplace(t, await t.files('A1'));
    w2.once('before-swap', () => t.commit(rival));
    const { snapshot } = expectCommitted(
      await t.commit(await buildReplace(t, await t.files('A2')), w2),
    );
    expect(w2.swaps).toBe(2);
    expect(await t.live()).toEqual(['A2@3', 'B0@1']);
    expect(snapshot?.summary).toMatchObject({ 'deleted-data-files': '1' });
    expect(t.world.io.deleted.filter((path) => /-m\d+\.avro$/.test(path))).toHaveLength(1);
    const removed = w2.stops.flatMap(({ detail }) =>
      detail.stop === 'validated' ? [detail.removes.map((file) => file.path.slice(-10))] : [],
    );
    expect(removed).toEqual([['A0.parquet'], ['A1.parquet']]);
    await t.expectInvariants();
  });

  it('C11 loses an append that commits before the overwrite', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const w2 = await buildReplace(t, await t.files('A2'));
    await t.seed('A1');
    const { snapshot } = expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['A2@3']);
    expect(snapshot?.summary).toMatchObject({ 'deleted-data-files': '2' });
    await t.expectInvariants();
  });

  it('C12 keeps an append that commits after the overwrite', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const files = await t.files('A1');
    const w1 = await t.build(() => append(files));
    expectCommitted(await t.commit(await buildReplace(t, await t.files('A2'))));
    expectCommitted(await t.commit(w1));
    expect(await t.live()).toEqual(['A1@3', 'A2@2']);
    await t.expectInvariants();
  });
});

const taxiSchema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 1, name: 'id', required: false, type: 'long' },
    { id: 2, name: 'vendor_id', required: false, type: 'int' },
    { id: 3, name: 'date_col', required: false, type: 'timestamptz' },
  ],
};
const byMonth: PartitionSpec = {
  'spec-id': 0,
  fields: [{ name: 'month', transform: 'month', 'source-id': 3, 'field-id': 1000 }],
};
const byVendor: PartitionSpec = {
  'spec-id': 0,
  fields: [{ name: 'vendor_id', transform: 'identity', 'source-id': 2, 'field-id': 1000 }],
};
const months = { '2023-11': 646, '2023-12': 647, '2024-01': 648, '2024-02': 649 };
type Month = keyof typeof months;

/** Which months each job writes, as in the reference's C13. */
async function taxi(t: Scenario, who: string, ...written: Month[]): Promise<ChangedFile[]> {
  return Promise.all(
    written.map((month) => t.file(`${who}_${month}`, { partition: [months[month] as Value] })),
  );
}

describe.each(modes)('C13 the sentence of NY-Taxi, $protocol (queue: $queued)', (mode) => {
  it.each([
    {
      holds: 'is true where both jobs write the same months',
      seeded: ['2023-12', '2024-01'],
      first: ['2023-12', '2024-01'],
      second: ['2023-12', '2024-01'],
      live: ['v2_2023-12@3', 'v2_2024-01@3'],
    },
    {
      holds: 'is false where the months differ',
      seeded: ['2023-11'],
      first: ['2023-12', '2024-01'],
      second: ['2024-01', '2024-02'],
      live: ['old_2023-11@1', 'v1_2023-12@2', 'v2_2024-01@3', 'v2_2024-02@3'],
    },
  ] as const)('$holds', async ({ seeded, first, second, live }) => {
    const t = await Scenario.begin(mode, { schema: taxiSchema, spec: byMonth });
    const old = await taxi(t, 'old', ...seeded);
    expectCommitted(await t.run(() => append(old)));
    const w1 = await buildReplace(t, await taxi(t, 'v1', ...first));
    const w2 = await buildReplace(t, await taxi(t, 'v2', ...second));
    expectCommitted(await t.commit(w1));
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(live);
    await t.expectInvariants();
  });

  it('is false where the table is partitioned by vendor', async () => {
    const t = await Scenario.begin(mode, { schema: taxiSchema, spec: byVendor });
    const w1 = await buildReplace(t, [await t.file('v1', { partition: [1] })]);
    const w2 = await buildReplace(t, [await t.file('v2', { partition: [2] })]);
    expectCommitted(await t.commit(w1));
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['v1@1', 'v2@2']);
    await t.expectInvariants();
  });

  it.each([
    { spec: byMonth, seeded: 648, first: 647, second: 649 },
    { spec: byVendor, seeded: 3, first: 1, second: 2 },
    { spec: unpartitioned, seeded: null, first: null, second: null },
  ])('is always true for a static overwrite', async ({ spec, seeded, first, second }) => {
    const t = await Scenario.begin(mode, { schema: taxiSchema, spec });
    const fileOf = (who: string, value: Value) =>
      t.file(who, { partition: spec.fields.length === 0 ? [] : [value] });
    const old = await fileOf('old', seeded);
    expectCommitted(await t.run(() => append([old])));
    const v1 = await fileOf('v1', first);
    const v2 = await fileOf('v2', second);
    const build = (file: ChangedFile) =>
      t.build((table) => overwriteFiles(table, { filter: alwaysTrue, add: [file] }));
    const [w1, w2] = [await build(v1), await build(v2)];
    expectCommitted(await t.commit(w1));
    expectCommitted(await t.commit(w2));
    expect(await t.live()).toEqual(['v2@3']);
    await t.expectInvariants();
  });

  it('rejects the second job under serializable, with the raw months', async () => {
    const t = await Scenario.begin(mode, { schema: taxiSchema, spec: byMonth });
    const old = await taxi(t, 'old', '2023-11');
    expectCommitted(await t.run(() => append(old)));
    const w1 = await buildReplace(t, await taxi(t, 'v1', '2023-12', '2024-01'));
    const w2 = await buildReplace(t, await taxi(t, 'v2', '2024-01', '2024-02'), 'serializable');
    expectCommitted(await t.commit(w1));
    expectRejected(
      await t.commit(w2),
      'Validation',
      'Found conflicting files that can contain records matching partitions [month=648, month=649]: [v1_2024-01]',
    );
    expect(await t.live()).toEqual(['old_2023-11@1', 'v1_2023-12@2', 'v1_2024-01@2']);
    await t.expectInvariants({ orphans: ['v2_'] });
  });

  it('leaves an empty table and a delete snapshot after a static overwrite without rows', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const { snapshot } = expectCommitted(
      await t.run((table) => overwriteFiles(table, { filter: alwaysTrue, add: [] })),
    );
    expect(snapshot?.summary).toMatchObject({
      operation: 'delete',
      'deleted-data-files': '1',
      'changed-partition-count': '1',
      'manifests-created': '1',
      'manifests-kept': '0',
      'manifests-replaced': '1',
      'total-data-files': '0',
      'total-records': '0',
    });
    expect(await t.live()).toEqual([]);
    await t.expectInvariants();
  });
});
