import { expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { filesElsewhere } from '../../src/iceberg/reachable-files.ts';
import { expectCommitted, modes, Scenario } from './scenarios/fixture.ts';

async function elsewhere(properties: Record<string, string>) {
  const t = await Scenario.begin(modes[2], { properties });
  for (const name of ['A1', 'B1']) {
    const [file] = await t.files(name);
    expectCommitted(await t.run(() => append([file], { fast: true })));
  }
  const table = await t.load();
  const found = await filesElsewhere(new ManifestReader(t.world.io), table);
  return { found, table };
}

it('finds what lies outside of the location, if anything is sent there', async () => {
  expect((await elsewhere({})).found).toEqual([]);
  const { found, table } = await elsewhere({ 'write.metadata.path': 'mem:///elsewhere/meta' });
  expect(found).toContain(table.pointer.location);
  expect(found.filter((path) => path.endsWith('.avro'))).toHaveLength(4);
  expect(found.every((path) => path.startsWith('mem:///elsewhere/meta/'))).toBe(true);
});
