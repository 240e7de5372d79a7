import { describe, expect, it } from 'vitest';
import { readManifestList, writeManifestList } from '../../src/iceberg/manifest-list.ts';
import {
  openManifest,
  readManifest,
  summarizeManifest,
  writeManifest,
} from '../../src/iceberg/manifest.ts';
import { avroHeader } from './golden.ts';
import { goldenFile, goldenManifests, goldenMetadata, goldenTables } from './golden-table.ts';

describe.each(goldenTables)('the manifests of %s', (table) => {
  it('come back entry by entry, with the same Avro schema and header', async () => {
    const metadata = await goldenMetadata(table);
    for (const snapshot of metadata.snapshots) {
      for (const { stored, bytes, listed } of await goldenManifests(table, snapshot)) {
        const again = await writeManifest(
          { ...stored, snapshotId: listed.added_snapshot_id },
          stored.entries,
        );
        expect(await openManifest(again, 'again')).toEqual(stored);
        if (table.startsWith('tables')) continue;
        const [theirs, ours] = [avroHeader(bytes), avroHeader(again)];
        if (stored.formatVersion > 1) theirs.set('schema-id', String(stored.schema['schema-id']));
        expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
      }
    }
  });

  it('are summarised in manifest lists as their writers did', async () => {
    const metadata = await goldenMetadata(table);
    for (const snapshot of metadata.snapshots) {
      for (const { stored, bytes, listed } of await goldenManifests(table, snapshot)) {
        const summary = summarizeManifest(stored.entries, stored.spec, stored.schema, {
          path: listed.manifest_path,
          length: bytes.length,
          content: stored.content,
          snapshotId: listed.added_snapshot_id,
          sequenceNumber: listed.sequence_number,
        });
        const partitions = summary.partitions?.map((field, index) => ({
          ...field,
          // Not written in the first years of v1.
          contains_nan:
            listed.partitions?.[index]?.contains_nan === null ? null : field.contains_nan,
        }));
        const { first_row_id, ...expected } = listed;
        expect(first_row_id === undefined || table === 'java/v3').toBe(true);
        expect({ ...summary, partitions }).toEqual(expected);
      }
    }
  });

  it('are listed again as they were, with the same header', async () => {
    const metadata = await goldenMetadata(table);
    for (const snapshot of metadata.snapshots) {
      const bytes = goldenFile(table, snapshot['manifest-list']);
      const theirs = avroHeader(bytes);
      const manifests = await readManifestList(bytes);
      const firstRowId = snapshot['first-row-id'];
      const again = await writeManifestList(
        {
          snapshotId: snapshot['snapshot-id'],
          parentSnapshotId: snapshot['parent-snapshot-id'] ?? null,
          sequenceNumber: snapshot['sequence-number'],
          formatVersion: Number(theirs.get('format-version') ?? 1) as 1,
          ...(firstRowId !== undefined && { firstRowId }),
        },
        manifests,
      );
      expect(await readManifestList(again)).toEqual(manifests);
      if (table.startsWith('tables')) continue;
      expect(Object.fromEntries(avroHeader(again))).toEqual(Object.fromEntries(theirs));
    }
  });

  it('are inherited by their entries from the list', async () => {
    const metadata = await goldenMetadata(table);
    for (const snapshot of metadata.snapshots) {
      for (const { stored, bytes, listed } of await goldenManifests(table, snapshot)) {
        const entries = await readManifest(bytes, listed, stored.spec);
        for (const [index, entry] of entries.entries()) {
          const before = stored.entries[index];
          const v1 = stored.formatVersion === 1;
          expect(entry.sequence_number).toBe(
            v1 ? 0 : (before?.sequence_number ?? listed.sequence_number),
          );
          expect(entry.snapshot_id).toBe(before?.snapshot_id ?? listed.added_snapshot_id);
          expect(entry.spec_id).toBe(listed.partition_spec_id);
        }
      }
    }
  });
});

describe('the Java tables', () => {
  it.each(['java/v1', 'java/v2', 'java/v3'])('hold what was put into %s', async (table) => {
    const metadata = await goldenMetadata(table);
    const [first] = metadata.snapshots;
    if (!first) throw new Error('A golden table has snapshots');
    const [manifest] = await goldenManifests(table, first);
    const id = first['snapshot-id'];
    expect(manifest?.stored.entries).toEqual([
      {
        status: 1,
        snapshot_id: id,
        sequence_number: null,
        file_sequence_number: null,
        data_file: {
          content: 0,
          file_path:
            'mem://w/t/data/ts_month=2024-01/name=a+b%2F%C3%A7%2B%25%3D%C3%BC/id_bucket=7/amt_trunc=123.40' +
            '/u=f79c3e09-677c-4bbd-a479-3f349cb785e7/d_day=2024-01-01/00000-0-x-00001.parquet',
          file_format: 'PARQUET',
          partition: [648, 'a b/ç+%=ü', 7, 12340n, 'f79c3e09-677c-4bbd-a479-3f349cb785e7', 19723],
          record_count: 3,
          file_size_in_bytes: 1234,
          column_sizes: new Map([
            [1, 50],
            [2, 60],
          ]),
          value_counts: new Map([
            [1, 3],
            [2, 3],
            [5, 3],
          ]),
          null_value_counts: new Map([
            [1, 0],
            [2, 0],
            [5, 1],
          ]),
          nan_value_counts: new Map([[5, 1]]),
          lower_bounds: new Map([
            [1, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)],
            [2, new TextEncoder().encode('a b/ç+%=ü')],
            [4, Uint8Array.of(0x80)],
          ]),
          upper_bounds: new Map([
            [1, Uint8Array.of(99, 0, 0, 0, 0, 0, 0, 0)],
            [2, new TextEncoder().encode('a b/ç+%=ü')],
            [4, Uint8Array.of(0x30, 0x34)],
          ]),
          split_offsets: [4],
          sort_order_id: 1,
        },
      },
    ]);
  });

  it('give rows of v3 their ids', async () => {
    const metadata = await goldenMetadata('java/v3');
    const ids = [];
    for (const snapshot of metadata.snapshots) {
      for (const { bytes, listed, stored } of await goldenManifests('java/v3', snapshot)) {
        const entries = await readManifest(bytes, listed, stored.spec);
        ids.push(entries.map((entry) => [entry.status, entry.data_file.first_row_id]));
      }
    }
    expect(ids).toEqual([[[1, 0]], [[1, 3]], [[2, 0]]]);
  });
});
