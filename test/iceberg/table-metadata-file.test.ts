import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseJson, stringifyJson } from '../../src/iceberg/json.ts';
import {
  metadataFileName,
  metadataVersion,
  parseTableMetadata,
  serializeTableMetadata,
} from '../../src/iceberg/table-metadata-file.ts';
import { golden, goldenFiles } from './golden.ts';

const utf8 = new TextEncoder();
const ofJava = [
  ...goldenFiles('java', '.metadata.json'),
  ...goldenFiles('spark', '.metadata.json'),
];
const ofOthers = goldenFiles('tables', '.metadata.json');
const v2 = ofJava.find((path) => path.includes('v2/') && path.includes('00002')) ?? '';

function plainText(path: string): string {
  const bytes = golden(path);
  return Buffer.from(path.includes('.gz.') ? gunzipSync(bytes) : bytes).toString();
}

/** The v2 golden metadata with some members changed; `undefined` removes one. */
function changed(changes: Record<string, unknown>): Uint8Array {
  const json = parseJson(plainText(v2)) as Record<string, unknown>;
  return utf8.encode(stringifyJson({ ...json, ...changes }));
}

const parse = (bytes: Uint8Array, path = 'opfs:///t/metadata/00002-x.metadata.json') =>
  parseTableMetadata(bytes, path);
const text = async (...args: Parameters<typeof serializeTableMetadata>) =>
  new TextDecoder().decode(await serializeTableMetadata(...args));

const sortOrder = (field: { direction: string; 'null-order': string }) => ({
  'order-id': 1,
  fields: [{ transform: 'identity', 'source-id': 1, ...field }],
});

describe('a metadata file', () => {
  it.each(ofJava)('of Java comes back byte for byte: %s', async (path) => {
    const metadata = await parseTableMetadata(golden(path), path);
    expect(await text(metadata, { gzip: false })).toBe(plainText(path));
  });

  it.each(ofOthers)('of another engine keeps all it says: %s', async (path) => {
    const metadata = await parseTableMetadata(golden(path), path);
    const written = await serializeTableMetadata(metadata, { gzip: false });
    expect(await parse(written)).toEqual(metadata);
    const before = parseJson(plainText(path)) as Record<string, unknown>;
    const after = parseJson(new TextDecoder().decode(written)) as Record<string, unknown>;
    for (const key of ['table-uuid', 'properties', 'snapshot-log', 'metadata-log', 'snapshots']) {
      expect(after[key]).toEqual(before[key]);
    }
  });

  it('is gzipped if its name says so, and only then', async () => {
    const metadata = await parse(golden(v2));
    const gzipped = await serializeTableMetadata(metadata, { gzip: true });
    expect(gunzipSync(gzipped).toString()).toBe(plainText(v2));
    expect(await parse(gzipped, '00002-x.gz.metadata.json')).toEqual(metadata);
    expect(await parse(gzipped, 'v2.metadata.json.gz')).toEqual(metadata);
    await expect(parse(gzipped, '00002-x.metadata.json')).rejects.toMatchObject({
      kind: 'Corrupt',
    });
  });

  it('keeps 63-bit snapshot ids bit for bit, and small ones as bigints too', async () => {
    const metadata = await parse(golden(v2));
    expect(metadata['current-snapshot-id']).toBe(3268283547652548252n);
    expect(metadata.snapshots.map((snapshot) => snapshot['parent-snapshot-id'])).toEqual([
      undefined,
      4558401493271559563n,
    ]);
    const small = await parse(
      utf8.encode(
        plainText(v2).replaceAll(/\b(3268283547652548252|4558401493271559563)\b/g, (id) =>
          id.slice(-2),
        ),
      ),
    );
    expect(small['current-snapshot-id']).toBe(52n);
    expect(small['snapshot-log'][0]?.['snapshot-id']).toBe(63n);
    expect(small.refs).toEqual({ main: { 'snapshot-id': 52n, type: 'branch' } });
  });

  it.each([[-1], [null], [undefined]])('may say %s for no current snapshot', async (none) => {
    const empty = { snapshots: [], refs: {}, 'snapshot-log': [], 'current-snapshot-id': none };
    const metadata = await parse(changed(empty));
    expect(metadata['current-snapshot-id']).toBeNull();
    expect(metadata.refs).toEqual({});
    expect(await text(metadata, { gzip: false })).toContain('"current-snapshot-id":-1,"refs":{}');
  });

  it('of v3 says null for no current snapshot and counts rows from 0', async () => {
    const empty = { snapshots: [], refs: {}, 'snapshot-log': [], 'current-snapshot-id': null };
    const metadata = await parse(changed({ ...empty, 'format-version': 3, 'next-row-id': 0 }));
    expect(await text(metadata, { gzip: false })).toContain(
      '"current-snapshot-id":null,"next-row-id":0,"refs":{}',
    );
  });

  it('without refs has main at the current snapshot', async () => {
    const metadata = await parse(changed({ refs: undefined }));
    expect(metadata.refs).toEqual({
      main: { 'snapshot-id': metadata['current-snapshot-id'], type: 'branch' },
    });
  });

  it('of v1 is lifted: one schema and spec, no sort order, field ids counted', async () => {
    const v1 = utf8.encode(
      stringifyJson({
        'format-version': 1,
        location: 's3://b/t/',
        'last-updated-ms': 1,
        'last-column-id': 2,
        schema: {
          type: 'struct',
          fields: [{ id: 1, name: 'p', required: false, type: 'string' }],
        },
        'partition-spec': [{ name: 'p', transform: 'identity', 'source-id': 1 }],
      }),
    );
    const metadata = await parse(v1);
    expect(metadata).toMatchObject({
      location: 's3://b/t',
      'last-sequence-number': 0,
      'current-schema-id': 0,
      schemas: [{ 'schema-id': 0 }],
      'default-spec-id': 0,
      'partition-specs': [{ 'spec-id': 0, fields: [{ 'field-id': 1000 }] }],
      'last-partition-id': 1000,
      'sort-orders': [{ 'order-id': 0, fields: [] }],
      'current-snapshot-id': null,
      properties: {},
    });
    const again = JSON.parse(await text(metadata, { gzip: false })) as Record<string, unknown>;
    expect(again).toMatchObject({ schema: { 'schema-id': 0 }, 'partition-spec': [{ name: 'p' }] });
    expect(again).not.toHaveProperty('last-sequence-number');
    expect(again).not.toHaveProperty('table-uuid');
  });

  it('of v3 keeps the keys of encrypted manifest lists', async () => {
    const json = parseJson(plainText(v2)) as { snapshots: object[] };
    const rows = { 'first-row-id': 0, 'added-rows': 1 };
    const snapshots = json.snapshots.map((each) => ({ ...each, ...rows, 'key-id': 'k1' }));
    const keys = [{ 'key-id': 'k1', 'encrypted-key-metadata': 'AA==' }];
    const v3 = { 'format-version': 3, 'next-row-id': 9, snapshots, 'encryption-keys': keys };
    const metadata = await parse(changed(v3));
    expect(await text(metadata, { gzip: false })).toContain(
      '"first-row-id":0,"added-rows":1,"key-id":"k1"}',
    );
  });

  it('reads the words of refs and sort orders in any case', async () => {
    const metadata = await parse(
      changed({
        refs: {
          main: { 'snapshot-id': 3268283547652548252n, type: 'BRANCH' },
          v1: { 'snapshot-id': 3268283547652548252n, type: 'Tag' },
        },
        'sort-orders': [sortOrder({ direction: 'DESC', 'null-order': 'NULLS-LAST' })],
        'default-sort-order-id': 1,
      }),
    );
    expect(metadata.refs.v1?.type).toBe('tag');
    expect(metadata['sort-orders'][0]?.fields[0]).toMatchObject({
      direction: 'desc',
      'null-order': 'nulls-last',
    });
  });

  it('reads a summary without an operation as an overwrite', async () => {
    const json = parseJson(plainText(v2)) as { snapshots: { summary: object }[] };
    const snapshots = json.snapshots.map((snapshot) => ({ ...snapshot, summary: { a: 'b' } }));
    const metadata = await parse(changed({ snapshots }));
    expect(metadata.snapshots[0]?.summary).toEqual({ operation: 'overwrite', a: 'b' });
  });

  it('of a future format is refused', async () => {
    await expect(parse(changed({ 'format-version': 4 }))).rejects.toMatchObject({
      kind: 'Unsupported',
      message: expect.stringContaining('Cannot read unsupported version 4') as string,
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['Cannot parse missing field: table-uuid', { 'table-uuid': undefined }],
    ['Cannot parse missing field: location', { location: null }],
    ['Cannot parse last-updated-ms to an integer: "now"', { 'last-updated-ms': 'now' }],
    ['Cannot parse snapshots to an array: {}', { snapshots: {} }],
    ['Cannot parse properties to an object', { properties: [] }],
    ['Cannot find schema with current-schema-id=7 from schemas', { 'current-schema-id': 7 }],
    ['Cannot find partition spec with default-spec-id=7', { 'default-spec-id': 7 }],
    ['Cannot find sort order with default-sort-order-id=7', { 'default-sort-order-id': 7 }],
    [
      'Snapshot for reference main does not exist in the existing snapshots list',
      { refs: { main: { 'snapshot-id': 1, type: 'branch' } } },
    ],
    [
      'Current snapshot ID does not match main branch (3268283547652548252 != 4558401493271559563)',
      { refs: { main: { 'snapshot-id': 4558401493271559563n, type: 'branch' } } },
    ],
    ['Current snapshot is not set, but main branch exists', { 'current-snapshot-id': -1 }],
    ['Cannot parse missing field: current-schema-id', { 'current-schema-id': undefined }],
    ['Cannot parse missing field: default-spec-id', { 'default-spec-id': undefined }],
    ['Cannot parse missing field: last-partition-id', { 'last-partition-id': undefined }],
    ['Cannot parse missing field: default-sort-order-id', { 'default-sort-order-id': undefined }],
    ['Cannot parse missing field: next-row-id', { 'format-version': 3 }],
    [
      'Invalid snapshot with sequence number 2 greater than last sequence number 1',
      { 'last-sequence-number': 1 },
    ],
    [
      'Cannot parse type to branch or tag: "head"',
      { refs: { main: { 'snapshot-id': 3268283547652548252n, type: 'head' } } },
    ],
    [
      'Cannot parse direction to asc or desc: "up"',
      { 'sort-orders': [sortOrder({ direction: 'up', 'null-order': 'nulls-first' })] },
    ],
  ])('is corrupt: %s', async (message, changes) => {
    await expect(parse(changed(changes))).rejects.toMatchObject({
      kind: 'Corrupt',
      message: expect.stringContaining(message) as string,
      context: { path: 'opfs:///t/metadata/00002-x.metadata.json' },
    });
  });

  it('that is cut off anywhere is corrupt, and the error names it', async () => {
    const whole = golden(v2);
    for (let length = 0; length < whole.length; length += 97) {
      await expect(parse(whole.slice(0, length))).rejects.toMatchObject({
        kind: 'Corrupt',
        message: expect.stringContaining('opfs:///t/metadata/00002-x.metadata.json') as string,
      });
    }
    const gzipped = gzipSync(whole);
    await expect(parse(gzipped.subarray(0, 200), 'x.gz.metadata.json')).rejects.toMatchObject({
      kind: 'Corrupt',
    });
  });
});

describe('the name of a metadata file', () => {
  it('is that of a metastore catalog', () => {
    expect(metadataFileName(3, 'abc', false)).toBe('00003-abc.metadata.json');
    expect(metadataFileName(123456, 'abc', true)).toBe('123456-abc.gz.metadata.json');
  });

  it.each([
    ['opfs:///t/metadata/00003-abc.metadata.json', 3],
    ['00012-abc.gz.metadata.json', 12],
    ['s3://b/t/metadata/v4.gz.metadata.json', 4],
    ['metadata/v10.metadata.json', 10],
    ['metadata/latest.metadata.json', -1],
  ])('%s holds version %d', (path, version) => {
    expect(metadataVersion(path)).toBe(version);
  });
});
