import { expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { status } from '../../src/iceberg/manifest-types.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { currentSnapshot } from '../../src/iceberg/table.ts';
import { updatePartitionSpec } from '../../src/iceberg/update-partition-spec.ts';
import { expectCommitted, modes, Scenario, shortName } from './scenarios/fixture.ts';

it('leaves a manifest alone that has nothing to be merged with', async () => {
  const t = await Scenario.begin(modes[2], {
    properties: { 'commit.manifest.target-size-bytes': '1' },
  });
  const [a0, a1, a2] = await t.files('A0', 'A1', 'A2');
  for (const file of [a0, a1]) expectCommitted(await t.run(() => append([file])));
  const { snapshot } = expectCommitted(await t.run(() => append([a2])));
  expect(snapshot?.summary).toMatchObject({
    'manifests-created': '1',
    'manifests-kept': '2',
    'manifests-replaced': '0',
  });
  await t.expectInvariants();
});

it('keeps what the commit itself removed, and puts newer specs first', async () => {
  const t = await Scenario.begin(modes[2], {
    properties: { 'commit.manifest.min-count-to-merge': '2' },
  });
  await t.seed('A0');
  await t.seed('B0');
  expectCommitted(
    await t.run(() => updatePartitionSpec({ add: [{ type: 'identity', column: 'data' }] })),
  );
  const newer = await t.file('C0', { partition: ['c', 'x'], specId: 1 });
  expectCommitted(await t.run(() => append([newer], { fast: true })));
  const [a1] = await t.files('A1');
  expectCommitted(await t.run((table) => replacePartitions(table, [a1])));
  const { metadata } = await t.load();
  const reader = new ManifestReader(t.world.io);
  const manifests = await reader.manifests(currentSnapshot(metadata));
  expect(manifests.map((manifest) => manifest.partition_spec_id)).toEqual([1, 0]);
  const entries = await reader.allEntries(metadata, manifests);
  const removed = entries.filter((entry) => entry.status === status.deleted);
  expect(removed.map((entry) => shortName(entry.data_file.file_path))).toEqual(['A0']);
  await t.expectInvariants();
});
