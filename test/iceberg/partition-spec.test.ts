import { describe, expect, it } from 'vitest';
import {
  buildPartitionSpec,
  partitionKey,
  partitionPath,
  partitionType,
  urlEncode,
  type PartitionRequest,
} from '../../src/iceberg/partition-spec.ts';
import type { NestedField, Schema } from '../../src/iceberg/table-metadata.ts';

const column = (id: number, name: string, type: NestedField['type']): NestedField => ({
  id,
  name,
  required: false,
  type,
});

const schema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    column(1, 'id', 'long'),
    column(2, 'name', 'string'),
    column(3, 'ts', 'timestamptz'),
    column(4, 'amt', 'decimal(9, 2)'),
    column(5, 'u', 'uuid'),
    column(6, 'd', 'date'),
    column(7, 'place', { type: 'struct', fields: [column(8, 'zone', 'int')] }),
    column(9, 'tags', {
      type: 'list',
      'element-id': 10,
      element: 'string',
      'element-required': false,
    }),
  ],
};

const build = (...requests: PartitionRequest[]) => buildPartitionSpec(schema, requests);

describe('building a partition spec', () => {
  it('numbers fields from 1000 and names them as Java does', () => {
    const spec = build(
      { type: 'month', column: 'ts' },
      { type: 'identity', column: 'name' },
      { type: 'bucket', column: 'id', numBuckets: 16 },
      { type: 'truncate', column: 'amt', width: 10 },
      { type: 'year', column: 'd' },
      { type: 'void', column: 'u' },
      { type: 'identity', column: 'place.zone' },
    );
    expect(spec).toEqual({
      'spec-id': 0,
      fields: [
        { name: 'ts_month', transform: 'month', 'source-id': 3, 'field-id': 1000 },
        { name: 'name', transform: 'identity', 'source-id': 2, 'field-id': 1001 },
        { name: 'id_bucket', transform: 'bucket[16]', 'source-id': 1, 'field-id': 1002 },
        { name: 'amt_trunc', transform: 'truncate[10]', 'source-id': 4, 'field-id': 1003 },
        { name: 'd_year', transform: 'year', 'source-id': 6, 'field-id': 1004 },
        { name: 'u_null', transform: 'void', 'source-id': 5, 'field-id': 1005 },
        { name: 'place.zone', transform: 'identity', 'source-id': 8, 'field-id': 1006 },
      ],
    });
  });

  it('takes the names of the request', () => {
    const spec = build({ type: 'month', column: 'ts', name: 'month' });
    expect(spec.fields[0]?.name).toBe('month');
  });

  it('makes an unpartitioned spec of no fields', () => {
    expect(build()).toEqual({ 'spec-id': 0, fields: [] });
  });

  it('allows two buckets of one column, and one identity beside a month', () => {
    const spec = build(
      { type: 'bucket', column: 'id', numBuckets: 4, name: 'few' },
      { type: 'bucket', column: 'id', numBuckets: 8, name: 'many' },
      { type: 'identity', column: 'ts' },
      { type: 'month', column: 'ts' },
    );
    expect(spec.fields).toHaveLength(4);
  });

  it.each<[string, PartitionRequest[]]>([
    ['Cannot find source column: nope', [{ type: 'day', column: 'nope' }]],
    [
      'Cannot create partition from name that exists in schema: name',
      [{ type: 'month', column: 'ts', name: 'name' }],
    ],
    [
      'Cannot create identity partition sourced from different field in schema: name',
      [{ type: 'identity', column: 'id', name: 'name' }],
    ],
    ['Cannot use empty partition name: ', [{ type: 'month', column: 'ts', name: '' }]],
    [
      'Cannot use partition name more than once: p',
      [
        { type: 'month', column: 'ts', name: 'p' },
        { type: 'month', column: 'd', name: 'p' },
      ],
    ],
    [
      'Cannot add redundant partition: 1000: ts_year: year(3) conflicts with 1001: ts_month: month(3)',
      [
        { type: 'year', column: 'ts' },
        { type: 'month', column: 'ts' },
      ],
    ],
    [
      'Cannot add redundant partition: 1000: id: identity(1) conflicts with 1001: same: identity(1)',
      [
        { type: 'identity', column: 'id' },
        { type: 'identity', column: 'id', name: 'same' },
      ],
    ],
    ['Unknown transform: date', [{ type: 'date', column: 'ts' }]],
    [
      'Invalid number of buckets: 0 (must be > 0)',
      [{ type: 'bucket', column: 'id', numBuckets: 0 }],
    ],
    ['Invalid number of buckets: 0 (must be > 0)', [{ type: 'bucket', column: 'id' }]],
    ['Invalid truncate width: 0 (must be > 0)', [{ type: 'truncate', column: 'id' }]],
  ])('refuses with "%s"', (message, requests) => {
    expect(() => build(...requests)).toThrow(
      expect.objectContaining({ kind: 'IllegalArgument', message }),
    );
  });

  it.each<[string, PartitionRequest]>([
    ['Invalid source type string for transform: month', { type: 'month', column: 'name' }],
    ['Invalid source type date for transform: hour', { type: 'hour', column: 'd' }],
    [
      'Cannot partition by non-primitive source field: struct<8: zone: optional int>',
      { type: 'identity', column: 'place' },
    ],
    ['Invalid partition field parent: list<string>', { type: 'identity', column: 'tags.element' }],
  ])('refuses as invalid with "%s"', (message, request) => {
    expect(() => build(request)).toThrow(expect.objectContaining({ kind: 'Validation', message }));
  });
});

describe('a partition', () => {
  const spec = build(
    { type: 'month', column: 'ts' },
    { type: 'identity', column: 'name' },
    { type: 'bucket', column: 'id', numBuckets: 16 },
    { type: 'truncate', column: 'amt', width: 10 },
    { type: 'identity', column: 'u' },
    { type: 'day', column: 'd' },
  );
  const values = [648, 'a b/ç+%=ü', 7, 12340n, 'f79c3e09-677c-4bbd-a479-3f349cb785e7', 19723];

  it('has the path that Java gives it', () => {
    expect(partitionPath(spec, schema, values)).toBe(
      'ts_month=2024-01/name=a+b%2F%C3%A7%2B%25%3D%C3%BC/id_bucket=7/amt_trunc=123.40' +
        '/u=f79c3e09-677c-4bbd-a479-3f349cb785e7/d_day=2024-01-01',
    );
    expect(partitionPath(spec, schema, [null, null, null, null, null, null])).toBe(
      'ts_month=null/name=null/id_bucket=null/amt_trunc=null/u=null/d_day=null',
    );
    expect(partitionPath(build(), schema, [])).toBe('');
  });

  it('has optional fields of the transforms’ types', () => {
    expect(partitionType(spec, schema).fields.map(({ id, type }) => [id, type])).toEqual([
      [1000, 'int'],
      [1001, 'string'],
      [1002, 'int'],
      [1003, 'decimal(9, 2)'],
      [1004, 'uuid'],
      [1005, 'date'],
    ]);
  });

  it('keeps the type of a fixed result when its column was dropped', () => {
    const [, ...rest] = schema.fields;
    const dropped = { ...schema, fields: rest };
    const bucket = build({ type: 'bucket', column: 'id', numBuckets: 4 });
    const identity = build({ type: 'identity', column: 'id' });
    expect(partitionType(bucket, dropped).fields[0]?.type).toBe('int');
    expect(partitionType(identity, dropped).fields[0]?.type).toBe('unknown');
  });

  it('is encoded in a path as by Java’s URLEncoder', () => {
    expect(urlEncode(' !"#$%&\'()*+,-./:;<=>?@[]^_`{|}~')).toBe(
      '+%21%22%23%24%25%26%27%28%29*%2B%2C-.%2F%3A%3B%3C%3D%3E%3F%40%5B%5D%5E_%60%7B%7C%7D%7E',
    );
    expect(urlEncode('😀\ud800')).toBe('%F0%9F%98%80%EF%BF%BD');
  });

  it('equals another exactly if spec and values do', () => {
    const key = partitionKey(0, [1n, 'a', null, Uint8Array.of(1), NaN, 0]);
    expect(partitionKey(0, [1, 'a', null, Uint8Array.of(1), NaN, 0])).toBe(key);
    const others = [
      partitionKey(1, [1n, 'a', null, Uint8Array.of(1), NaN, 0]),
      partitionKey(0, ['1', 'a', null, Uint8Array.of(1), NaN, 0]),
      partitionKey(0, [1n, 'a', 'null', Uint8Array.of(1), NaN, 0]),
      partitionKey(0, [1n, 'a', null, '01', NaN, 0]),
      partitionKey(0, [1n, 'a', null, Uint8Array.of(1), 'NaN', 0]),
      partitionKey(0, [1n, 'a', null, Uint8Array.of(1), NaN, -0]),
      partitionKey(0, [true, 'a', null, Uint8Array.of(1), NaN, 0]),
    ];
    expect(new Set([key, ...others]).size).toBe(8);
  });
});
