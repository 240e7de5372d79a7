import { expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { dataFolder, metadataFolder } from '../../src/iceberg/table.ts';
import { expectCommitted, modes, Scenario } from './scenarios/fixture.ts';

it('has its files where its properties say, without a slash at the end', async () => {
  const t = await Scenario.begin(modes[2], {
    properties: {
      'write.metadata.path': 'mem:///w/test/t/meta/',
      'write.data.path': 'mem:///w/test/t/files//',
    },
  });
  const [a1] = await t.files('A1');
  const { snapshot } = expectCommitted(await t.run(() => append([a1])));
  const { pointer, metadata } = await t.load();
  expect(pointer.location).toMatch(/^mem:\/\/\/w\/test\/t\/meta\/00001-/);
  expect(snapshot?.['manifest-list']).toMatch(/^mem:\/\/\/w\/test\/t\/meta\/snap-/);
  expect(dataFolder(metadata)).toBe('mem:///w/test/t/files');
  const without = { ...metadata, properties: {} };
  expect([dataFolder(without), metadataFolder(without)]).toEqual([
    'mem:///w/test/t/data',
    'mem:///w/test/t/metadata',
  ]);
});
