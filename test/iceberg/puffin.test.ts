import { describe, expect, it } from 'vitest';
import { writeManifestList } from '../../src/iceberg/manifest-list.ts';
import type { StoredEntry } from '../../src/iceberg/manifest-types.ts';
import { writeManifest } from '../../src/iceberg/manifest.ts';
import { readPuffinFooter } from '../../src/iceberg/puffin.ts';
import { rewriteLocations } from '../../src/iceberg/relocate.ts';
import { serializeTableMetadata } from '../../src/iceberg/table-metadata-file.ts';
import { golden } from './golden.ts';
import { goldenManifests, goldenMetadata } from './golden-table.ts';
import { Files, follow } from './relocated.ts';

/** A Puffin file of these blob bytes. */
function puffinFile(blobs: string, payload: string, flags = 0): Uint8Array {
  const size = Buffer.alloc(8);
  size.writeInt32LE(Buffer.byteLength(payload), 0);
  size.writeInt32LE(flags, 4);
  return Buffer.concat([Buffer.from(`PFA1${blobs}PFA1${payload}`), size, Buffer.from('PFA1')]);
}

describe('a Puffin file', () => {
  it('of Java is read', () => {
    const empty = golden('java/puffin/empty-puffin-uncompressed.bin');
    expect(readPuffinFooter(empty, 'e')).toEqual({ blobs: [], properties: {}, offset: 4 });
    const sample = golden('java/puffin/sample-metric-data-uncompressed.bin');
    const { blobs, properties, offset } = readPuffinFooter(sample, 's');
    expect(properties).toEqual({ 'created-by': 'Test 1234' });
    expect(blobs.map((blob) => [blob.type, blob['snapshot-id'], blob['sequence-number']])).toEqual([
      ['some-blob', 2n, 1],
      ['some-other-blob', 2n, 1],
    ]);
    const [first, second] = blobs.map((blob) =>
      Buffer.from(sample.subarray(blob.offset, blob.offset + blob.length)).toString(),
    );
    expect(first).toBe('abcdefghi');
    expect(second).toContain('some blob');
    expect(offset).toBe((blobs[1]?.offset ?? 0) + (blobs[1]?.length ?? 0));
  });

  it('tells its blobs in its footer', () => {
    const payload =
      '{"blobs":[{"type":"apache-datasketches-theta-v1","fields":[1],"snapshot-id":9007199254740993,' +
      '"sequence-number":2,"offset":4,"length":3,"compression-codec":"zstd"}]}';
    expect(readPuffinFooter(puffinFile('xyz', payload), 's.puffin')).toEqual({
      blobs: [
        {
          type: 'apache-datasketches-theta-v1',
          fields: [1],
          'snapshot-id': 9007199254740993n,
          'sequence-number': 2,
          offset: 4,
          length: 3,
          'compression-codec': 'zstd',
          properties: {},
        },
      ],
      properties: {},
      offset: 7,
    });
  });

  it('that is cut off is corrupt wherever', () => {
    const whole = puffinFile('xyz', '{"blobs":[]}');
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => readPuffinFooter(whole.subarray(0, length), 's.puffin')).toThrow(
        expect.objectContaining({ kind: 'Corrupt', context: { path: 's.puffin' } }),
      );
    }
  });

  it('with a compressed footer is refused', () => {
    expect(() => readPuffinFooter(puffinFile('', '{}', 1), 's.puffin')).toThrow(
      expect.objectContaining({ kind: 'Unsupported' }),
    );
  });
});

describe('a table with deletion vectors', () => {
  it('moves the names of data files in Puffin footers, and leaves the blobs in place', async () => {
    const source = 'mem://w/t';
    const metadata = await goldenMetadata('java/v3');
    const [snapshot] = metadata.snapshots;
    const [manifest] = snapshot ? await goldenManifests('java/v3', snapshot) : [];
    const entry = manifest?.stored.entries[0];
    if (!snapshot || !manifest || !entry) throw new Error('A golden table has snapshots');
    const footer =
      `{"blobs":[{"type":"deletion-vector-v1","fields":[],"snapshot-id":${snapshot['snapshot-id']},` +
      '"sequence-number":1,"offset":4,"length":3,"properties":{"referenced-data-file":' +
      `"${source}/data/a.parquet","cardinality":"1"}}],"properties":{"created-by":"x"}}`;
    const puffin = puffinFile('xyz', footer);
    const vector: StoredEntry = {
      ...entry,
      data_file: {
        content: 1,
        file_path: `${source}/data/dv.puffin`,
        file_format: 'PUFFIN',
        partition: [null, null, null, null, null, null],
        record_count: 1,
        file_size_in_bytes: puffin.length,
        referenced_data_file: `${source}/data/a.parquet`,
        content_offset: 4,
        content_size_in_bytes: 3,
      },
    };
    const io = new Files();
    const list = `${source}/metadata/l.avro`;
    const deletes = `${source}/metadata/m.avro`;
    const current = `${source}/metadata/v1.metadata.json`;
    io.files.set(`${source}/data/dv.puffin`, puffin);
    io.files.set(
      deletes,
      await writeManifest({ ...manifest.stored, content: 1, snapshotId: 1n }, [vector]),
    );
    io.files.set(
      list,
      await writeManifestList(
        { snapshotId: 1n, parentSnapshotId: null, sequenceNumber: 1, formatVersion: 3 },
        [{ ...manifest.listed, manifest_path: deletes, content: 1 }],
      ),
    );
    const { operation } = snapshot.summary;
    const moved = { ...snapshot, 'manifest-list': list, summary: { operation } };
    const only = {
      ...metadata,
      'current-snapshot-id': moved['snapshot-id'],
      refs: {},
      snapshots: [moved],
      'metadata-log': [],
    };
    io.files.set(current, await serializeTableMetadata(only, { gzip: false }));

    const relocation = await rewriteLocations(io, current, { location: 's3://b/elsewhere/t' });
    const { snapshots, written } = await follow(relocation, 's3://b/elsewhere/t');
    expect(snapshots[0]?.[0]?.data_file).toMatchObject({
      file_path: 's3://b/elsewhere/t/data/dv.puffin',
      referenced_data_file: 's3://b/elsewhere/t/data/a.parquet',
      content_offset: 4,
      content_size_in_bytes: 3,
    });
    const bytes = written.get('s3://b/elsewhere/t/data/dv.puffin') ?? new Uint8Array();
    expect(Buffer.from(bytes.subarray(0, 7)).toString()).toBe('PFA1xyz');
    expect(readPuffinFooter(bytes, 'dv')).toMatchObject({
      blobs: [
        {
          'snapshot-id': snapshot['snapshot-id'],
          properties: {
            'referenced-data-file': 's3://b/elsewhere/t/data/a.parquet',
            cardinality: '1',
          },
        },
      ],
      properties: { 'created-by': 'x' },
    });
  });
});
