import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { unsafeProperty } from '../../../src/iceberg/commit.ts';
import { ManifestReader } from '../../../src/iceberg/manifest-reader.ts';
import { reachableFiles } from '../../../src/iceberg/reachable-files.ts';
import { fieldsOf } from '../../../src/iceberg/schema.ts';
import { currentSchema, specById } from '../../../src/iceberg/table.ts';
import { updatePartitionSpec } from '../../../src/iceberg/update-partition-spec.ts';
import { updateSchema } from '../../../src/iceberg/update-schema.ts';
import { expectCommitted, modes, Scenario } from './fixture.ts';

const add = (name: string) => updateSchema([{ edit: 'add', name, type: 'int' }]);
const [mode] = modes;
const unsafe = { protocol: 'unsafe' } as const;

describe('under unsafe, a change that was built on a table that has moved on since', () => {
  it('undoes what was committed since, marks the table, and gives no id again', async () => {
    const t = await Scenario.begin(mode, { formatVersion: 3 });
    await t.seed('A0');
    const stale = await t.build(() => add('z'));
    expectCommitted(await t.run(() => add('y')));
    await t.seed('A1');
    const before = (await t.load()).metadata;
    expectCommitted(await t.commit(stale, t.writer(), unsafe));

    const { metadata, pointer } = await t.load();
    expect(metadata.properties[unsafeProperty]).toBe('true');
    expect(await t.live()).toEqual(['A0@1']);
    const columns = [...fieldsOf(currentSchema(metadata))].map(({ field }) => [
      field.name,
      field.id,
    ]);
    expect(columns).toEqual([
      ['id', 1],
      ['data', 2],
      ['p', 3],
      ['z', 5],
    ]);
    for (const counter of ['last-column-id', 'last-sequence-number', 'next-row-id'] as const) {
      expect(metadata[counter]).toBeGreaterThanOrEqual(before[counter] ?? 0);
    }
    expect(pointer.version).toBe(5);
    // All that it refers to is there.
    const reader = new ManifestReader(t.world.io);
    for (const path of await reachableFiles(reader, metadata, metadata.snapshots, {
      removed: false,
    })) {
      await t.world.io.read(path);
    }
    for (const { 'metadata-file': path } of metadata['metadata-log']) await t.world.io.read(path);
    // And can be written on, with a sequence number and row ids of its own.
    const [a2] = await t.files('A2');
    const { snapshot } = expectCommitted(await t.run(() => append([a2])));
    expect(snapshot?.['sequence-number']).toBe(before['last-sequence-number'] + 1);
    expect(snapshot?.['first-row-id']).toBe(before['next-row-id']);
    expect(await t.live()).toEqual(['A0@1', `A2@${snapshot?.['sequence-number'] ?? 0}`]);
  });

  it('gives no partition field id again either', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const bucket = (column: string) =>
      updatePartitionSpec({ add: [{ type: 'bucket', column, numBuckets: 4 }] });
    const stale = await t.build(() => bucket('data'));
    expectCommitted(await t.run(() => bucket('id')));
    expectCommitted(await t.commit(stale, t.writer(), unsafe));
    const { metadata } = await t.load();
    const { fields } = specById(metadata, metadata['default-spec-id']);
    expect(fields.map((field) => [field.name, field['field-id']])).toEqual([
      ['p', 1000],
      ['data_bucket_4', 1002],
    ]);
    expect(metadata['last-partition-id']).toBe(1002);
  });

  it('is rejected under the protocols that compare, with nothing lost', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const stale = await t.build(() => add('z'));
    await t.seed('A1');
    const result = await t.commit(stale);
    expect(result.outcome).toBe('rejected');
    expect(await t.live()).toEqual(['A0@1', 'A1@2']);
    expect((await t.load()).metadata.properties[unsafeProperty]).toBeUndefined();
  });
});
