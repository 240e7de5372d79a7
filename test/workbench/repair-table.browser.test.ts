import { expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { unsafeProperty } from '../../src/iceberg/commit.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import type { Snapshot } from '../../src/iceberg/table-metadata.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { updateSchema } from '../../src/iceberg/update-schema.ts';
import { repairTable } from '../../src/workbench/repair-table.ts';
import { expectCommitted, modes, Scenario } from '../iceberg/scenarios/fixture.ts';

const name = 'w:test/t';

/** Loses an append, and what `before` commits in front of it, to a put of a table that was loaded earlier. */
async function lose(before: (t: Scenario) => Promise<unknown>) {
  const t = await Scenario.begin(modes[0]);
  await t.seed('A0');
  const base = (await t.load()).pointer.location;
  const stale = await t.build(() => updateProperties({ k: 'v' }));
  await before(t);
  const [a1] = await t.files('A1');
  const { snapshot } = expectCommitted(await t.run(() => append([a1])));
  const writer = t.writer();
  await t.world.catalog.put(name, base);
  expectCommitted(await t.commit(stale, writer, { protocol: 'unsafe' }));
  expect(await t.live()).toEqual(['A0@1']);
  const { io, catalog } = t.world;
  const manifests = await ownManifests(t, snapshot);
  return { t, repair: () => repairTable({ io, catalog }, { table: name, base, manifests }) };
}

async function ownManifests(t: Scenario, snapshot: Snapshot | null): Promise<string[]> {
  const manifests = await new ManifestReader(t.world.io).manifests(snapshot);
  return manifests
    .filter((each) => each.added_snapshot_id === snapshot?.['snapshot-id'])
    .map((each) => each.manifest_path);
}

it('brings lost files back and takes the mark off', async () => {
  const { t, repair } = await lose(() => Promise.resolve());
  expect(await repair()).toEqual({ files: 1, rows: 1 });
  expect(await t.live()).toEqual(['A0@1', 'A1@2']);
  expect((await t.load()).metadata.properties[unsafeProperty]).toBeUndefined();
});

it('is refused for files of a schema that was lost, whose columns may mean something else by now', async () => {
  const { t, repair } = await lose((world) =>
    world.run(() => updateSchema([{ edit: 'add', name: 'z', type: 'int' }])),
  );
  await expect(repair()).rejects.toThrow(
    'under a schema or partition spec that the table has lost',
  );
  expect(await t.live()).toEqual(['A0@1']);
  expect((await t.load()).metadata.properties[unsafeProperty]).toBe('true');
});
