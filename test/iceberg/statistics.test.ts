import { expect, it } from 'vitest';
import { metadataChange } from '../../src/iceberg/change.ts';
import { expireSnapshots } from '../../src/iceberg/expire-snapshots.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import { expectCommitted, modes, Scenario } from './scenarios/fixture.ts';

const [, , optimistic] = modes;
const pathOf = (id: bigint) => `mem:///w/test/t/metadata/${id}.stats`;

it('statistics files live and go with their snapshots', async () => {
  const t = await Scenario.begin(optimistic);
  const ids = [await t.seed('A0'), await t.seed('A1')];
  const statistics = ids.map((id) => ({ 'snapshot-id': id, 'statistics-path': pathOf(id) }));
  for (const id of ids) await t.world.io.create(pathOf(id), new Uint8Array(3));
  const set = metadataChange('set-statistics', (metadata) => ({ ...metadata, statistics }));
  expectCommitted(await t.run(() => set));

  await t.world.clock.sleep(1000);
  const olderThan = t.world.clock.now();
  expect(await removeOrphans(t.writer(), 'w:test/t', { olderThan })).toEqual([]);
  expectCommitted(await t.run(() => expireSnapshots({ olderThan })));
  expect(t.world.io.paths('.stats')).toEqual(ids.slice(1).map(pathOf));
  expect((await t.load()).metadata.statistics).toHaveLength(1);
  expect(await removeOrphans(t.writer(), 'w:test/t', { olderThan })).toEqual([]);
});
