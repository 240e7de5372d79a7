import { expect, it } from 'vitest';
import { updatePartitionSpec } from '../../src/iceberg/update-partition-spec.ts';
import { specById } from '../../src/iceberg/table.ts';
import { expectCommitted, expectRejected, modes, Scenario } from './scenarios/fixture.ts';

const [, , optimistic] = modes;
const bucket = { type: 'bucket', column: 'id', numBuckets: 4 };

async function currentSpec(t: Scenario) {
  const { metadata } = await t.load();
  return { metadata, spec: specById(metadata, metadata['default-spec-id']) };
}

it('adds a field under a fresh id and keeps the old spec', async () => {
  const t = await Scenario.begin(optimistic);
  expectCommitted(await t.run(() => updatePartitionSpec({ add: [bucket] })));
  const { metadata, spec } = await currentSpec(t);
  expect(spec).toEqual({
    'spec-id': 1,
    fields: [
      { name: 'p', transform: 'identity', 'source-id': 3, 'field-id': 1000 },
      { name: 'id_bucket_4', transform: 'bucket[4]', 'source-id': 1, 'field-id': 1001 },
    ],
  });
  expect(metadata['last-partition-id']).toBe(1001);
  await t.expectInvariants();
});

it('gives a field that comes back its old id, and a spec that comes back too', async () => {
  const t = await Scenario.begin(optimistic);
  expectCommitted(await t.run(() => updatePartitionSpec({ add: [bucket], remove: ['p'] })));
  expect((await currentSpec(t)).spec.fields.map((field) => field['field-id'])).toEqual([1001]);
  expectCommitted(
    await t.run(() =>
      updatePartitionSpec({ add: [{ type: 'identity', column: 'p' }], remove: ['id_bucket_4'] }),
    ),
  );
  const { metadata, spec } = await currentSpec(t);
  expect(spec['spec-id']).toBe(0);
  expect(metadata['partition-specs']).toHaveLength(2);
  expect(metadata['last-partition-id']).toBe(1001);
});

it('keeps the place of a removed field in v1', async () => {
  const t = await Scenario.begin(optimistic, { formatVersion: 1 });
  expectCommitted(await t.run(() => updatePartitionSpec({ remove: ['p'] })));
  expect((await currentSpec(t)).spec.fields).toMatchObject([
    { name: 'p', transform: 'void', 'field-id': 1000 },
  ]);
});

it('refuses what is missing or there already', async () => {
  const t = await Scenario.begin(optimistic);
  expectRejected(
    await t.run(() => updatePartitionSpec({ remove: ['q'] })),
    'IllegalArgument',
    'Cannot find partition field to remove: q',
  );
  expectRejected(
    await t.run(() => updatePartitionSpec({ add: [{ type: 'identity', column: 'p' }] })),
    'IllegalArgument',
    'Cannot add duplicate partition field null=ref(name="p"), conflicts with 1000: p: identity(3)',
  );
  expectRejected(
    await t.run(() => updatePartitionSpec({ add: [{ type: 'month', column: 'p' }] })),
    'Validation',
    'Invalid source type string for transform: month',
  );
  await t.expectInvariants();
});

it('makes no version for a field that is given up and added again', async () => {
  const t = await Scenario.begin(optimistic);
  const versions = t.world.catalog.history.length;
  const again = { add: [{ type: 'identity', column: 'p' }], remove: ['p'] };
  expectCommitted(await t.run(() => updatePartitionSpec(again)));
  expect(t.world.catalog.history).toHaveLength(versions);
});

it.each([
  [
    { type: 'identity', column: 'data', name: 'id' },
    'IllegalArgument',
    'Cannot create identity partition sourced from different field in schema: id',
  ],
  [
    { type: 'identity', column: 'q' },
    'Validation',
    "Cannot find field 'q' in struct: struct<1: id: required long, 2: data: optional string, 3: p: optional string>",
  ],
] as const)('refuses %o', async (request, kind, message) => {
  const t = await Scenario.begin(optimistic);
  expectRejected(await t.run(() => updatePartitionSpec({ add: [request] })), kind, message);
});

it('lets a bucket have the name of its own column', async () => {
  const t = await Scenario.begin(optimistic);
  expectCommitted(await t.run(() => updatePartitionSpec({ add: [{ ...bucket, name: 'id' }] })));
  expect((await currentSpec(t)).spec.fields.map((field) => field.name)).toEqual(['p', 'id']);
});
