import { describe, expect, it } from 'vitest';
import { append } from '../../../src/iceberg/append.ts';
import { rewriteManifests } from '../../../src/iceberg/rewrite-manifests.ts';
import { ManifestReader } from '../../../src/iceberg/manifest-reader.ts';
import { status } from '../../../src/iceberg/manifest-types.ts';
import { openManifest } from '../../../src/iceberg/manifest.ts';
import { replacePartitions } from '../../../src/iceberg/replace-partitions.ts';
import { updateProperties } from '../../../src/iceberg/update-properties.ts';
import { expectCommitted, first, modes, Scenario, shortName } from './fixture.ts';

describe.each(modes)('appends, $protocol (queue: $queued)', (mode) => {
  it('C01 commits two appends that were built on the same base', async () => {
    const t = await Scenario.begin(mode);
    const [a1, b1] = await t.files('A1', 'B1');
    const w1 = await t.build(() => append([a1], { fast: true }));
    const w2 = await t.build(() => append([b1], { fast: true }));
    const writer = t.writer();
    expectCommitted(await t.commit(w1));
    const second = expectCommitted(await t.commit(w2, writer));
    expect(writer.swaps).toBe(1);
    expect(await t.live()).toEqual(['A1@1', 'B1@2']);
    const { metadata } = await t.load();
    const [s1, s2] = metadata.snapshots;
    expect(s2?.['parent-snapshot-id']).toBe(s1?.['snapshot-id']);
    expect(metadata['last-sequence-number']).toBe(2);
    expect(second.snapshot?.summary).toMatchObject({
      operation: 'append',
      'added-data-files': '1',
      'added-records': '1',
      'added-files-size': '10',
      'changed-partition-count': '1',
      'manifests-created': '1',
      'manifests-kept': '1',
      'manifests-replaced': '0',
      'total-data-files': '2',
      'total-records': '2',
    });
    await t.expectInvariants();
  });

  it('C02 writes its manifest once and its list twice when it loses one swap', async () => {
    const t = await Scenario.begin(mode);
    const files = await t.files('A1', 'B1');
    const w2 = t.writer();
    w2.once('before-swap', () => t.run(() => append(files.slice(0, 1), { fast: true })));
    const before = t.world.io.created.length;
    const result = expectCommitted(await t.run(() => append(files.slice(1), { fast: true }), w2));
    expect(w2.swaps).toBe(2);
    expect(result.attempts).toBe(2);
    expect(await t.live()).toEqual(['A1@1', 'B1@2']);

    const list = result.snapshot?.['manifest-list'] ?? '';
    const uuid = list.replace(/^.*snap-\d+-2-(.*)\.avro$/, '$1');
    expect(list).toContain(`snap-${String(result.snapshotId)}-2-${uuid}.avro`);
    const own = t.world.io.created.slice(before).filter((path) => path.includes(uuid));
    expect(own.map((path) => path.slice(path.lastIndexOf('/') + 1))).toEqual([
      `${uuid}-m0.avro`,
      `snap-${String(result.snapshotId)}-1-${uuid}.avro`,
      `snap-${String(result.snapshotId)}-2-${uuid}.avro`,
    ]);
    expect(t.world.io.deleted).toContain(own[1]);
    const manifest = await openManifest(await t.world.io.read(first(own)), first(own));
    expect(manifest.entries[0]).toMatchObject({
      sequence_number: null,
      file_sequence_number: null,
    });
    await t.expectInvariants();
  });

  it('C05 lets forty writers all commit, one after the other', { timeout: 60_000 }, async () => {
    const t = await Scenario.begin(mode, { properties: { 'commit.retry.num-retries': '1000' } });
    const names = Array.from({ length: 40 }, (_, index) => `${'ABCDE'.charAt(index % 5)}${index}`);
    const files = await t.files(...names);
    const built = await Promise.all(files.map((file) => t.build(() => append([file]))));
    const results = await Promise.all(built.map((each) => t.commit(each)));
    expect(results.every((result) => result.outcome === 'committed')).toBe(true);
    const { metadata } = await t.load();
    const { snapshots } = metadata;
    expect(snapshots.map((snapshot) => snapshot['sequence-number'])).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
    for (const [index, snapshot] of snapshots.entries()) {
      expect(snapshot['parent-snapshot-id']).toBe(snapshots[index - 1]?.['snapshot-id']);
      expect(snapshot.summary['total-data-files']).toBe(String(index + 1));
    }
    expect(snapshots.at(-1)?.summary['total-records']).toBe('40');
    expect(await t.live()).toHaveLength(40);
    await t.expectInvariants();
  });

  it('C06 merges manifests anew after a lost swap', async () => {
    const t = await Scenario.begin(mode, {
      properties: { 'commit.manifest.min-count-to-merge': '2' },
    });
    await t.seed('A1');
    await t.seed('A2');
    const [b1, a3] = await t.files('B1', 'A3');
    const w2 = t.writer();
    w2.once('before-swap', () => t.run(() => append([a3], { fast: true })));
    const { snapshot, snapshotId } = expectCommitted(await t.run(() => append([b1]), w2));
    expect(w2.swaps).toBe(2);
    expect(await t.live()).toEqual(['A1@1', 'A2@2', 'A3@3', 'B1@4']);

    const { metadata } = await t.load();
    const manifests = await new ManifestReader(t.world.io).manifests(snapshot);
    expect(manifests).toHaveLength(1);
    const path = first(manifests).manifest_path;
    const { entries } = await openManifest(await t.world.io.read(path), path);
    const ids = metadata.snapshots.map((each) => each['snapshot-id']);
    expect(
      entries.map((entry) => ({
        file: shortName(entry.data_file.file_path),
        status: entry.status,
        sequence: entry.sequence_number,
        fileSequence: entry.file_sequence_number,
        snapshot: ids.indexOf(entry.snapshot_id ?? -1n) + 1,
      })),
    ).toEqual([
      { file: 'B1', status: status.added, sequence: null, fileSequence: null, snapshot: 4 },
      { file: 'A3', status: status.existing, sequence: 3, fileSequence: 3, snapshot: 3 },
      { file: 'A2', status: status.existing, sequence: 2, fileSequence: 2, snapshot: 2 },
      { file: 'A1', status: status.existing, sequence: 1, fileSequence: 1, snapshot: 1 },
    ]);
    expect(snapshotId).toBe(ids[3]);
    // Not those as well that the losing attempt replaced.
    expect(snapshot?.summary).toMatchObject({ 'manifests-replaced': '3' });
    expect(t.world.io.deleted.filter((each) => /-m\d+\.avro$/.test(each))).toHaveLength(2);
    await t.expectInvariants();
  });

  it('merges as the properties say when it commits, not when it was built', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A1');
    const [a2, a3] = await t.files('A2', 'A3');
    const built = await t.build(() => append([a2]));
    const merging = { 'commit.manifest.min-count-to-merge': '2' };
    expectCommitted(await t.run(() => updateProperties(merging)));
    const { snapshot } = expectCommitted(await t.commit(built));
    expect(await new ManifestReader(t.world.io).manifests(snapshot)).toHaveLength(1);
    expectCommitted(
      await t.run(() => updateProperties({ 'commit.manifest-merge.enabled': 'false' })),
    );
    const unmerged = expectCommitted(await t.run(() => append([a3])));
    expect(await new ManifestReader(t.world.io).manifests(unmerged.snapshot)).toHaveLength(2);
    await t.expectInvariants();
  });

  it('merges no more than fits the target size, from the oldest on', async () => {
    const t = await Scenario.begin(mode);
    for (const name of ['A1', 'A2', 'A3']) await t.seed(name);
    const seeded = await new ManifestReader(t.world.io).manifests(await t.head());
    // To the byte what the two oldest take.
    const size = seeded.slice(-2).reduce((sum, manifest) => sum + manifest.manifest_length, 0);
    const properties = {
      'commit.manifest.target-size-bytes': String(size),
      'commit.manifest.min-count-to-merge': '100',
    };
    expectCommitted(await t.run(() => updateProperties(properties)));
    const [a4] = await t.files('A4');
    const { snapshot } = expectCommitted(await t.run(() => append([a4])));
    // [A4, A3] holds the newest and is too few; [A2, A1] is full and merged.
    const manifests = await new ManifestReader(t.world.io).manifests(snapshot);
    expect(manifests.map((each) => each.existing_files_count)).toEqual([0, 0, 2]);
    expect(await t.live()).toEqual(['A1@1', 'A2@2', 'A3@3', 'A4@4']);
    await t.expectInvariants();
  });

  it('closes a manifest of new files when it has the target size, and begins the next', async () => {
    const properties = { 'commit.manifest.target-size-bytes': '2000' };
    const t = await Scenario.begin(mode, { properties });
    const names = Array.from({ length: 1201 }, (_, index) => `A${index}`);
    const files = await t.files(...names);
    const { snapshot } = expectCommitted(await t.run(() => append(files, { fast: true })));
    const manifests = await new ManifestReader(t.world.io).manifests(snapshot);
    // The size is looked at after every 250 entries, as blocks of 64,000 bytes are compressed.
    const counts = manifests.map((each) => each.added_files_count);
    expect(counts.length).toBeGreaterThan(1);
    expect(counts.slice(0, -1).every((count) => count % 250 === 0)).toBe(true);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1201);
    expect(manifests.slice(0, -1).every((each) => each.manifest_length >= 2000)).toBe(true);
    expect(manifests.map((each) => each.manifest_path.replace(/^.*-(m\d+)\.avro$/, '$1'))).toEqual(
      counts.map((_, index) => `m${index}`),
    );
    expect(snapshot?.summary['manifests-created']).toBe(String(counts.length));
    expect((await t.live()).length).toBe(1201);
    const rewritten = expectCommitted(await t.run(() => rewriteManifests()));
    const anew = await new ManifestReader(t.world.io).manifests(rewritten.snapshot);
    expect(anew.length).toBeGreaterThan(1);
    expect(anew.reduce((sum, each) => sum + each.existing_files_count, 0)).toBe(1201);
    expect(anew.slice(0, -1).every((each) => each.manifest_length >= 2000)).toBe(true);
    expect(rewritten.snapshot?.summary).toMatchObject({
      'manifests-created': String(anew.length),
      'manifests-replaced': String(counts.length),
      'entries-processed': '1201',
    });
    await t.expectInvariants();
  });

  it('makes an empty snapshot of an append without files', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const { snapshot } = expectCommitted(await t.run(() => append([])));
    expect(snapshot?.summary).toMatchObject({
      operation: 'append',
      'changed-partition-count': '0',
      'manifests-created': '0',
      'manifests-kept': '1',
      'total-data-files': '1',
    });
    expect(await t.live()).toEqual(['A0@1']);
    await t.expectInvariants();
  });

  it('commits nothing for a dynamic overwrite without files', async () => {
    const t = await Scenario.begin(mode);
    await t.seed('A0');
    const result = expectCommitted(await t.run((table) => replacePartitions(table, [])));
    expect(result).toMatchObject({ snapshotId: null, snapshot: null });
    expect(result.note).toBe('A dynamic overwrite without rows replaces no partition.');
    expect(t.world.catalog.history).toHaveLength(2);
    await t.expectInvariants();
  });
});

describe('a writer that loses every swap', () => {
  it.each([
    { scenario: 'C03', retries: '2', tries: 3, live: ['A1@1', 'A2@2', 'A3@3'] },
    { scenario: 'C04', retries: '0', tries: 1, live: ['A1@1'] },
  ])('$scenario gives up after $tries swaps under optimistic', async ({ retries, tries, live }) => {
    const t = await Scenario.begin(modes[2], {
      properties: { 'commit.retry.num-retries': retries },
    });
    const [b1, ...others] = await t.files('B1', 'A1', 'A2', 'A3');
    const w2 = t.writer();
    w2.always('before-swap', () =>
      t.run(() => append([first(others.splice(0, 1))], { fast: true })),
    );
    const result = await t.run(() => append([b1], { fast: true }), w2);
    expect(result).toMatchObject({ outcome: 'rejected', attempts: tries, snapshotId: null });
    if (result.outcome !== 'rejected') return;
    expect(result.error).toMatchObject({ kind: 'CommitFailed', retryable: true });
    expect(result.error.message).toMatch(
      /^Cannot commit to table w:test\/t metadata location from \S+ to \S+ because it has been concurrently modified to \S+$/,
    );
    expect(result.error.context.attempts).toBe(String(tries));
    expect(w2.swaps).toBe(tries);
    expect(await t.live()).toEqual(live);
    expect(t.world.io.deleted.filter((path) => path.endsWith('.avro'))).toHaveLength(tries + 1);
    await t.expectInvariants({ orphans: ['B1', 'A2', 'A3'].slice(0, 4 - tries) });
  });

  it('retries as the table said when the change was built, whatever it says since', async () => {
    const t = await Scenario.begin(modes[2], { properties: { 'commit.retry.num-retries': '1' } });
    const [b1, ...others] = await t.files('B1', 'A1', 'A2');
    const w2 = t.writer();
    w2.always('before-swap', async () => {
      await t.run(() => updateProperties({ 'commit.retry.num-retries': '9' }));
      await t.run(() => append([first(others.splice(0, 1))]));
    });
    const result = await t.run(() => append([b1]), w2);
    expect(result).toMatchObject({ outcome: 'rejected', attempts: 2 });
  });

  it('counts the first of a file that is added twice', async () => {
    const t = await Scenario.begin(modes[2]);
    const [a1] = await t.files('A1');
    const again = { ...a1, data_file: { ...a1.data_file, file_size_in_bytes: 99_999 } };
    const { snapshot } = expectCommitted(await t.run(() => append([a1, again])));
    expect(snapshot?.summary).toMatchObject({
      'added-data-files': '1',
      'added-files-size': String(a1.data_file.file_size_in_bytes),
    });
  });

  it.each(['2', '0'])('is not bound by num-retries=%s once it queues', async (retries) => {
    const t = await Scenario.begin(modes[0], {
      properties: { 'commit.retry.num-retries': retries },
    });
    const [b1, ...others] = await t.files('B1', 'A1', 'A2', 'A3', 'A4', 'A5', 'A6');
    const w2 = t.writer();
    w2.always('before-swap', async () => {
      const next = others.shift();
      if (next !== undefined) await t.run(() => append([next], { fast: true }));
    });
    expect(expectCommitted(await t.run(() => append([b1]), w2)).attempts).toBe(7);
    expect(await t.live()).toHaveLength(7);
    await t.expectInvariants();
  });

  it('gives up when the total timeout has passed, queued or not', async () => {
    const t = await Scenario.begin(modes[0], {
      properties: { 'commit.retry.total-timeout-ms': '10000' },
    });
    const [b1, ...others] = await t.files('B1', 'A1', 'A2', 'A3');
    const w2 = t.writer();
    w2.always('before-swap', async () => {
      await t.world.clock.sleep(6000);
      await t.run(() => append([first(others.splice(0, 1))]));
    });
    const result = await t.run(() => append([b1]), w2);
    expect(result).toMatchObject({ outcome: 'rejected', attempts: 2 });
    expect(await t.live()).toEqual(['A1@1', 'A2@2']);
  });
});
