import { describe, expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { expireSnapshots } from '../../src/iceberg/expire-snapshots.ts';
import { ManifestReader } from '../../src/iceberg/manifest-reader.ts';
import { reachableFiles } from '../../src/iceberg/reachable-files.ts';
import { removeOrphans } from '../../src/iceberg/remove-orphans.ts';
import { parseTableMetadata } from '../../src/iceberg/table-metadata-file.ts';
import { expectCommitted, modes, Scenario } from './scenarios/fixture.ts';

const name = 'w:test/t';
const [mode] = modes;

/** Registers the version that is current now; answers its metadata file. */
async function register(t: Scenario): Promise<string> {
  const { pointer } = await t.load();
  t.world.catalog.registrations.set(name, pointer.location);
  return pointer.location;
}

/** The data files of the snapshot that a metadata file shows. Throws `NotFound` if any file on the way is gone. */
async function shownBy(t: Scenario, location: string): Promise<string[]> {
  const { io } = t.world;
  const metadata = await parseTableMetadata(await io.read(location), location);
  const shown = metadata.snapshots.filter(
    (each) => each['snapshot-id'] === metadata['current-snapshot-id'],
  );
  const reached = await reachableFiles(new ManifestReader(io), metadata, shown, { removed: false });
  for (const path of reached) await io.read(path);
  return [...reached].filter((path) => path.endsWith('.parquet'));
}

describe('a registered metadata file', () => {
  const short = {
    'write.metadata.previous-versions-max': '1',
    'write.metadata.delete-after-commit.enabled': 'true',
  };

  it('is neither deleted nor an orphan when it has left the log, until another is registered', async () => {
    const t = await Scenario.begin(mode, { properties: short });
    await t.seed('A0');
    const location = await register(t);
    for (const file of ['A1', 'A2', 'A3']) await t.seed(file);
    const { metadata } = await t.load();
    expect(metadata['metadata-log'].map((entry) => entry['metadata-file'])).not.toContain(location);
    await t.world.clock.sleep(1000);
    const sweep = () => removeOrphans(t.writer(), name, { olderThan: t.world.clock.now() });
    expect(await sweep()).toEqual([]);
    expect(await shownBy(t, location)).toHaveLength(1);
    await register(t);
    expect(await sweep()).toEqual([location]);
  });

  it('keeps the snapshot that it shows from expiry, and says so, until another is registered', async () => {
    const t = await Scenario.begin(mode);
    const s1 = await t.seed('A0');
    const s2 = await t.seed('A1');
    const location = await register(t);
    const s3 = await t.seed('A2');
    await t.world.clock.sleep(1000);
    const kept: unknown[] = [];
    const expire = () =>
      t.run(() =>
        expireSnapshots({
          olderThan: t.world.clock.now(),
          onRegistered: (id, file) => kept.push([id, file]),
        }),
      );
    const ids = async () =>
      (await t.load()).metadata.snapshots.map((snapshot) => snapshot['snapshot-id']);
    expectCommitted(await expire());
    expect(await ids()).toEqual([s2, s3]);
    expect(kept).toEqual([[s2, location]]);
    expect(await shownBy(t, location)).toHaveLength(2);
    await register(t);
    expectCommitted(await expire());
    expect(await ids()).toEqual([s3]);
    await expect(shownBy(t, location)).rejects.toMatchObject({ kind: 'NotFound' });
    expect(s1).not.toBe(s2);
  });

  it('keeps its files also if it was registered while the expiry was committed', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const { pointer } = await t.load();
    await t.seed('A1');
    await t.world.clock.sleep(1000);
    const writer = t.writer();
    writer.once('before-swap', async () => {
      t.world.catalog.registrations.set(name, pointer.location);
    });
    expectCommitted(await t.run(() => expireSnapshots({ olderThan: t.world.clock.now() }), writer));
    expect((await t.load()).metadata.snapshots).toHaveLength(1);
    expect(await shownBy(t, pointer.location)).toHaveLength(1);
    await t.world.clock.sleep(1000);
    expect(await removeOrphans(t.writer(), name, { olderThan: t.world.clock.now() })).toEqual([]);
    expect(await shownBy(t, pointer.location)).toHaveLength(1);
  });

  it('that is gone itself, or names what has expired, is no hindrance', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    await t.seed('A1');
    t.world.catalog.registrations.set(name, 'mem:///w/test/t/metadata/none.metadata.json');
    await t.world.clock.sleep(1000);
    expectCommitted(await t.run(() => expireSnapshots({ olderThan: t.world.clock.now() })));
    await register(t);
    const [a2] = await t.files('A2');
    expectCommitted(await t.run(() => append([a2])));
    expect(await removeOrphans(t.writer(), name, { olderThan: t.world.clock.now() })).toEqual([]);
    await t.expectInvariants({ acknowledged: [], expires: true });
  });
});
