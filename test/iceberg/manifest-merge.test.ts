import { expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { expectCommitted, modes, Scenario } from './scenarios/fixture.ts';

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
