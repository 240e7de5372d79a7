import { describe, expect, it } from 'vitest';
import {
  assignFirstRowIds,
  readManifestList,
  unknownCount,
  writeManifestList,
} from '../../src/iceberg/manifest-list.ts';
import {
  openManifest,
  readManifest,
  summarizeManifest,
  writeManifest,
} from '../../src/iceberg/manifest.ts';
import { writeAvro } from '../../src/iceberg/avro.ts';
import { manifestEntryStruct, readableManifestFile } from '../../src/iceberg/manifest-schema.ts';
import type { DataFile, ManifestFile, StoredEntry } from '../../src/iceberg/manifest-types.ts';
import { partitionType } from '../../src/iceberg/partition-spec.ts';
import type { PartitionSpec, Schema } from '../../src/iceberg/table-metadata.ts';
import { avroHeader } from './golden.ts';

const schema: Schema = {
  type: 'struct',
  'schema-id': 4,
  fields: [
    { id: 1, name: 'id', required: true, type: 'long' },
    { id: 2, name: 'p', required: false, type: 'double' },
  ],
};
const spec: PartitionSpec = {
  'spec-id': 2,
  fields: [{ name: 'p', transform: 'identity', 'source-id': 2, 'field-id': 1000 }],
};
const file = (path: string, more: Partial<DataFile> = {}): DataFile => ({
  content: 0,
  file_path: path,
  file_format: 'PARQUET',
  partition: [1.5],
  record_count: 10,
  file_size_in_bytes: 100,
  ...more,
});
const added = (data_file: DataFile): StoredEntry => ({
  status: 1,
  snapshot_id: 2n ** 62n + 1n,
  sequence_number: null,
  file_sequence_number: null,
  data_file,
});
const options = { schema, spec, formatVersion: 2, content: 0, snapshotId: 2n ** 62n + 1n } as const;
const place = {
  path: 'opfs:///t/metadata/m0.avro',
  length: 1,
  content: 0,
  snapshotId: 2n ** 62n + 1n,
  sequenceNumber: 7,
} as const;
const listed = (entries: StoredEntry[], more: Partial<ManifestFile> = {}): ManifestFile => ({
  ...summarizeManifest(entries, spec, schema, place),
  ...more,
});

describe('reading a manifest', () => {
  const existing: StoredEntry = {
    ...added(file('b')),
    status: 0,
    snapshot_id: 5n,
    sequence_number: 3,
    file_sequence_number: 4,
  };

  it('fills in what added entries inherit and keeps what is explicit', async () => {
    const entries = [
      added(file('a')),
      existing,
      { ...existing, status: 2 as const, snapshot_id: 6n },
      { ...added(file('c')), sequence_number: 2 },
    ];
    const bytes = await writeManifest(options, entries);
    const read = await readManifest(bytes, listed(entries), spec, schema);
    expect(
      read.map((entry) => [entry.snapshot_id, entry.sequence_number, entry.file_sequence_number]),
    ).toEqual([
      [2n ** 62n + 1n, 7, 7],
      [5n, 3, 4],
      [6n, 3, 4],
      [2n ** 62n + 1n, 2, 7],
    ]);
    expect(listed(entries).min_sequence_number).toBe(2);
  });

  it('takes the snapshot that added the manifest where an entry names none', async () => {
    const entries = [added(file('a')), { ...existing, snapshot_id: null }];
    const bytes = await writeAvro({
      name: 'manifest_entry',
      struct: manifestEntryStruct(2, partitionType(spec, schema)),
      metadata: { 'format-version': '2' },
      records: entries.map((entry) => ({ ...entry, snapshot_id: null })),
    });
    const read = await readManifest(bytes, listed(entries), spec, schema);
    expect(read.map((entry) => entry.snapshot_id)).toEqual([2n ** 62n + 1n, 2n ** 62n + 1n]);
  });

  it('takes all sequence numbers of a v1 manifest for 0, also in the list of a v2 table', async () => {
    const entries = [{ ...existing, sequence_number: null, file_sequence_number: null }];
    const bytes = await writeManifest({ ...options, formatVersion: 1 }, entries);
    const [entry] = await readManifest(bytes, listed(entries), spec);
    expect([entry?.sequence_number, entry?.file_sequence_number]).toEqual([0, 0]);
  });

  it('counts row ids over the live data files that have none', async () => {
    const entries = [
      added(file('a')),
      { ...existing, status: 2 as const },
      { ...existing, data_file: file('b', { first_row_id: 500 }) },
      added(file('c')),
    ];
    const bytes = await writeManifest({ ...options, formatVersion: 3 }, entries);
    const rowIds = async (manifest: ManifestFile) =>
      (await readManifest(bytes, manifest, spec)).map((entry) => entry.data_file.first_row_id);
    expect(await rowIds(listed(entries, { first_row_id: 100 }))).toEqual([
      100,
      undefined,
      500,
      110,
    ]);
    expect(await rowIds(listed(entries))).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('promotes partition values with the column', async () => {
    const ints: Schema = {
      ...schema,
      fields: [{ id: 2, name: 'p', required: false, type: 'int' }],
    };
    const longs: Schema = {
      ...schema,
      fields: [{ id: 2, name: 'p', required: false, type: 'long' }],
    };
    const entries = [added(file('a', { partition: [5] }))];
    const bytes = await writeManifest({ ...options, schema: ints }, entries);
    const manifest = summarizeManifest(entries, spec, ints, place);
    const [own] = await readManifest(bytes, manifest, spec);
    const [promoted] = await readManifest(bytes, manifest, spec, longs);
    const [dropped] = await readManifest(bytes, manifest, spec, { ...schema, fields: [] });
    expect([own, promoted, dropped].map((entry) => entry?.data_file.partition)).toEqual([
      [5],
      [5n],
      [5],
    ]);
  });

  it('names the file that is corrupt', async () => {
    const bytes = await writeManifest(options, [added(file('a'))]);
    await expect(readManifest(bytes.slice(0, 900), listed([]), spec)).rejects.toMatchObject({
      kind: 'Corrupt',
      message: expect.stringContaining('opfs:///t/metadata/m0.avro') as string,
      context: { path: 'opfs:///t/metadata/m0.avro' },
    });
    await expect(readManifestList(bytes, 'opfs:///t/metadata/snap-1.avro')).rejects.toMatchObject({
      kind: 'Corrupt',
      message: 'Cannot read opfs:///t/metadata/snap-1.avro: Missing required field: manifest_path',
    });
  });

  it('calls an existing entry corrupt that does not say its sequence number', async () => {
    const entries = [{ ...existing, sequence_number: null }];
    const v1 = await writeManifest({ ...options, formatVersion: 1 }, entries);
    const header = Buffer.from(v1)
      .toString('latin1')
      .replace('format-version\u00021', 'format-version\u00022');
    await expect(
      readManifest(Buffer.from(header, 'latin1'), listed(entries), spec),
    ).rejects.toMatchObject({
      kind: 'Corrupt',
      message: expect.stringContaining('of b') as string,
    });
  });
});

describe('writing a manifest', () => {
  it('puts the table schema, the spec’s fields and the content into the header', async () => {
    const header = avroHeader(
      await writeManifest({ ...options, content: 1 }, [added(file('d', { content: 1 }))]),
    );
    expect(header.get('schema')).toBe(
      '{"type":"struct","schema-id":4,"fields":[{"id":1,"name":"id","required":true,"type":"long"},' +
        '{"id":2,"name":"p","required":false,"type":"double"}]}',
    );
    expect(header.get('partition-spec')).toBe(
      '[{"name":"p","transform":"identity","source-id":2,"field-id":1000}]',
    );
    expect(
      ['partition-spec-id', 'format-version', 'content', 'schema-id'].map((key) => header.get(key)),
    ).toEqual(['2', '2', 'deletes', '4']);
  });

  it('fills in the snapshot that writes it', async () => {
    const bytes = await writeManifest(options, [{ ...added(file('a')), snapshot_id: null }]);
    expect((await openManifest(bytes, 'm')).entries[0]?.snapshot_id).toBe(2n ** 62n + 1n);
  });

  it('keeps every field of a file, whatever is in its partition', async () => {
    const whole: DataFile = file('opfs:///t/data/p=ü/a.parquet', {
      content: 1,
      partition: [NaN],
      column_sizes: new Map([[1, 2 ** 40]]),
      value_counts: new Map(),
      key_metadata: Uint8Array.of(1, 2),
      split_offsets: [4, 2 ** 33],
      equality_ids: [1, 2],
      sort_order_id: 0,
      first_row_id: 0,
      referenced_data_file: 'opfs:///t/data/b.parquet',
      content_offset: 4,
      content_size_in_bytes: 40,
    });
    const bytes = await writeManifest({ ...options, formatVersion: 3, content: 1 }, [added(whole)]);
    expect((await openManifest(bytes, 'm')).entries[0]?.data_file).toEqual(whole);
  });

  it('refuses what its format cannot say', async () => {
    const deleted = { ...added(file('a')), status: 2 as const };
    await expect(writeManifest(options, [deleted])).rejects.toThrow(
      'Missing sequence number of a: only added files inherit it',
    );
    await expect(writeManifest({ ...options, formatVersion: 1, content: 1 }, [])).rejects.toThrow(
      'Cannot store delete manifests in a v1 table',
    );
  });
});

describe('a summary of a manifest', () => {
  it('tells nulls and NaN from bounds', () => {
    const entries = [[null], [NaN], [2], [-0], [0]].map((partition) =>
      added(file('a', { partition })),
    );
    const double = (value: number) => new Uint8Array(Float64Array.of(value).buffer);
    expect(listed(entries).partitions).toEqual([
      {
        contains_null: true,
        contains_nan: true,
        lower_bound: double(-0),
        upper_bound: double(2),
      },
    ]);
    expect(listed([added(file('a', { partition: [null] }))]).partitions).toEqual([
      { contains_null: true, contains_nan: false, lower_bound: null, upper_bound: null },
    ]);
  });

  it('counts files and rows by status, and takes the least live sequence number', () => {
    const old = {
      ...added(file('b', { record_count: 3 })),
      sequence_number: 2,
      file_sequence_number: 2,
    };
    const entries: StoredEntry[] = [
      added(file('a')),
      { ...old, status: 0 },
      { ...old, status: 2, sequence_number: 1 },
    ];
    expect(listed(entries)).toMatchObject({
      partition_spec_id: 2,
      sequence_number: 7,
      min_sequence_number: 2,
      added_files_count: 1,
      existing_files_count: 1,
      deleted_files_count: 1,
      added_rows_count: 10,
      existing_rows_count: 3,
      deleted_rows_count: 3,
    });
    expect(listed([{ ...old, status: 2, sequence_number: 1 }]).min_sequence_number).toBe(7);
  });
});

describe('a manifest list', () => {
  const head = { snapshotId: 1n, parentSnapshotId: null, sequenceNumber: 7 };

  it('of v1 may leave counts out, and says so when it is written again', async () => {
    const manifest = listed([added(file('a'))]);
    const bytes = await writeAvro({
      name: 'manifest_file',
      struct: readableManifestFile,
      metadata: { 'format-version': '1' },
      records: [
        {
          manifest_path: 'm',
          manifest_length: 1,
          partition_spec_id: 0,
          added_snapshot_id: 2n ** 62n,
        },
      ],
    });
    const read = await readManifestList(bytes);
    expect(read).toEqual([
      {
        manifest_path: 'm',
        manifest_length: 1,
        partition_spec_id: 0,
        content: 0,
        sequence_number: 0,
        min_sequence_number: 0,
        added_snapshot_id: 2n ** 62n,
        added_files_count: unknownCount,
        existing_files_count: unknownCount,
        deleted_files_count: unknownCount,
        added_rows_count: unknownCount,
        existing_rows_count: unknownCount,
        deleted_rows_count: unknownCount,
        partitions: null,
      },
    ]);
    const again = await writeManifestList({ ...head, formatVersion: 1 }, read);
    expect(await readManifestList(again)).toEqual(read);
    expect(() =>
      writeManifestList({ ...head, formatVersion: 1 }, [{ ...manifest, content: 1 }]),
    ).toThrow('Cannot store delete manifests in a v1 table');
  });

  it('of v3 gives first row ids to data manifests that have none', () => {
    const manifest = listed([added(file('a')), added(file('b'))]);
    const { manifests, nextRowId } = assignFirstRowIds(
      [
        manifest,
        { ...manifest, content: 1 },
        { ...manifest, first_row_id: 3 },
        { ...manifest, existing_rows_count: 5 },
      ],
      100,
    );
    expect(manifests.map((one) => one.first_row_id)).toEqual([100, undefined, 3, 120]);
    expect(nextRowId).toBe(145);
  });
});
