import { describe, expect, it } from 'vitest';
import { append } from '../../src/iceberg/append.ts';
import { openAvro } from '../../src/iceberg/avro.ts';
import { replacePartitions } from '../../src/iceberg/replace-partitions.ts';
import { expectCommitted, expectRejected, first, modes, Scenario } from './scenarios/fixture.ts';

const [, , optimistic] = modes;

describe('the metadata of a commit', () => {
  it('keeps its times in order when the clock is set back', async () => {
    const t = await Scenario.begin(optimistic);
    await t.seed('A0');
    await t.world.clock.sleep(-3_600_000);
    await t.seed('A1');
    const { metadata } = await t.load();
    const times = metadata.snapshots.map((snapshot) => snapshot['timestamp-ms']);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    await t.expectInvariants();
  });

  it('C40f keeps as many predecessors as the table says and deletes the others', async () => {
    const t = await Scenario.begin(optimistic, {
      properties: {
        'write.metadata.previous-versions-max': '3',
        'write.metadata.delete-after-commit.enabled': 'true',
      },
    });
    for (const name of ['A1', 'A2', 'A3', 'A4', 'A5', 'A6']) await t.seed(name);
    const { metadata } = await t.load();
    const versions = (paths: string[]) => paths.map((path) => /(\d{5})-/.exec(path)?.[1]);
    expect(versions(metadata['metadata-log'].map((entry) => entry['metadata-file']))).toEqual([
      '00003',
      '00004',
      '00005',
    ]);
    expect(versions(t.world.io.deleted)).toEqual(['00000', '00001', '00002']);
    await t.expectInvariants({ expires: true });
  });

  it('is gzipped if the table says so', async () => {
    const t = await Scenario.begin(optimistic, {
      properties: { 'write.metadata.compression-codec': 'gzip' },
    });
    await t.seed('A0');
    expect((await t.load()).pointer.location).toMatch(/\/00001-[\da-f-]{36}\.gz\.metadata\.json$/);
    await t.expectInvariants();
  });

  it.each([
    [undefined, 'deflate'],
    ['gzip', 'deflate'],
    ['UNCOMPRESSED', 'null'],
    ['zstd', 'deflate'],
  ])('compresses manifests and their lists as the table says: %s', async (codec, written) => {
    const t = await Scenario.begin(optimistic, {
      properties: codec === undefined ? {} : { 'write.manifest.compression-codec': codec },
    });
    await t.seed('A0');
    const codecs = t.world.io
      .paths()
      .filter((path) => path.endsWith('.avro'))
      .map(async (path) => openAvro(await t.world.io.read(path)).metadata.get('avro.codec'));
    expect(await Promise.all(codecs)).toEqual([written, written]);
    await t.expectInvariants();
  });

  it('refuses a codec of manifests that Iceberg does not know', async () => {
    const t = await Scenario.begin(optimistic, {
      properties: { 'write.manifest.compression-codec': 'lzo' },
    });
    const [a1] = await t.files('A1');
    const message = 'Unsupported compression codec: lzo';
    expectRejected(await t.run(() => append([a1])), 'IllegalArgument', message);
  });

  it('C40g keeps snapshot ids beyond 2^53 bit for bit', async () => {
    const t = await Scenario.begin(optimistic);
    const [a1, a2] = await t.files('A1', 'A2');
    const snapshotId = 9_223_372_036_854_775_807n;
    const built = await t.build(() => append([a1]));
    await t.commit(built, t.writer(), { snapshotId });
    await t.run(() => append([a2]));
    const { metadata } = await t.load();
    expect(first(metadata.snapshots)['snapshot-id']).toBe(snapshotId);
    expect(metadata.snapshots[1]?.['parent-snapshot-id']).toBe(snapshotId);
  });

  it('C40h numbers the rows of a v3 table anew after a lost swap', async () => {
    const t = await Scenario.begin(optimistic, { formatVersion: 3 });
    const [five, seven] = [await t.file('A1', { records: 5 }), await t.file('B1', { records: 7 })];
    const writer = t.writer();
    writer.once('before-swap', () => t.run(() => append([five])));
    expectCommitted(await t.run(() => append([seven]), writer));
    const { metadata } = await t.load();
    expect(metadata.snapshots.map((each) => [each['first-row-id'], each['added-rows']])).toEqual([
      [0, 5],
      [5, 7],
    ]);
    expect(metadata['next-row-id']).toBe(12);
    await t.expectInvariants();
  });

  it('follows the rules of v1: no sequence numbers', async () => {
    const t = await Scenario.begin(optimistic, { formatVersion: 1 });
    await t.seed('A0', 'B0');
    const [a1] = await t.files('A1');
    expectCommitted(await t.run((table) => replacePartitions(table, [a1])));
    expect(await t.live()).toEqual(['A1@0', 'B0@0']);
    expect((await t.load()).metadata['last-sequence-number']).toBe(0);
    await t.expectInvariants();
  });
});
