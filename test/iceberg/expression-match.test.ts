import { describe, expect, it } from 'vitest';
import { matchFile } from '../../src/iceberg/expression-match.ts';
import {
  and,
  compare,
  isIn,
  isNull,
  not,
  or,
  type Expression,
} from '../../src/iceberg/expression.ts';
import { content, type DataFile, type Value } from '../../src/iceberg/manifest-types.ts';
import type { PartitionSpec, Schema } from '../../src/iceberg/table-metadata.ts';
import { encodeValue } from '../../src/iceberg/value.ts';

const schema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    { id: 1, name: 'id', required: true, type: 'long' },
    { id: 2, name: 'p', required: false, type: 'string' },
    { id: 3, name: 'ts', required: false, type: 'timestamptz' },
    { id: 4, name: 'x', required: false, type: 'double' },
    { id: 5, name: 'shape', required: false, type: 'geometry' },
  ],
};

const specs = {
  none: [],
  p: [{ name: 'p', transform: 'identity', 'source-id': 2, 'field-id': 1000 }],
  month: [{ name: 'ts_month', transform: 'month', 'source-id': 3, 'field-id': 1000 }],
  bucket: [{ name: 'id_bucket', transform: 'bucket[4]', 'source-id': 1, 'field-id': 1000 }],
  prefix: [{ name: 'p_trunc', transform: 'truncate[2]', 'source-id': 2, 'field-id': 1000 }],
} satisfies Record<string, PartitionSpec['fields']>;

interface Bounds {
  id: number;
  type: string;
  lower: Value;
  upper: Value;
  nulls?: number;
  nans?: number;
}

function fileOf(partition: Value[], bounds: Bounds[] = []): DataFile {
  return {
    content: content.data,
    file_path: 'f',
    file_format: 'PARQUET',
    partition,
    record_count: 10,
    file_size_in_bytes: 10,
    value_counts: new Map(bounds.map(({ id }) => [id, 10])),
    null_value_counts: new Map(bounds.map(({ id, nulls = 0 }) => [id, nulls])),
    nan_value_counts: new Map(bounds.map(({ id, nans = 0 }) => [id, nans])),
    lower_bounds: new Map(bounds.map(({ id, type, lower }) => [id, encodeValue(type, lower)])),
    upper_bounds: new Map(bounds.map(({ id, type, upper }) => [id, encodeValue(type, upper)])),
  };
}

function matches(
  filter: Expression,
  spec: keyof typeof specs,
  partition: Value[],
  bounds?: Bounds[],
) {
  return matchFile(
    filter,
    fileOf(partition, bounds),
    { 'spec-id': 0, fields: specs[spec] },
    schema,
  );
}

const micros = (text: string) => BigInt(Date.parse(text)) * 1000n;

describe('by partition', () => {
  it.each([
    ['a', compare('p', '==', 'a'), 'all'],
    ['b', compare('p', '==', 'a'), 'none'],
    ['b', compare('p', '!=', 'a'), 'all'],
    ['b', compare('p', '>', 'a'), 'all'],
    ['b', isIn('p', ['a', 'b']), 'all'],
    ['c', isIn('p', ['a', 'b']), 'none'],
    ['c', not(isIn('p', ['a', 'b'])), 'all'],
    [null, compare('p', '==', 'a'), 'none'],
    [null, compare('p', '<', 'z'), 'none'],
    [null, compare('p', '!=', 'a'), 'all'],
    [null, not(compare('p', '<', 'z')), 'none'],
    [null, isNull('p'), 'all'],
    ['a', isNull('p'), 'none'],
    ['a', not(isNull('p')), 'all'],
  ] as const)('%s by identity', (value, filter, expected) => {
    expect(matches(filter, 'p', [value])).toBe(expected);
  });

  it.each([
    ['<', '2024-01-01T00:00:00Z', 'none'],
    ['<', '2024-01-01T00:00:01Z', 'some'],
    ['<', '2024-02-01T00:00:00Z', 'all'],
    ['<=', '2024-01-31T23:59:59.999Z', 'some'],
    ['<=', '2023-12-31T23:59:59Z', 'none'],
    ['<=', '2024-02-01T00:00:00Z', 'all'],
    ['>=', '2024-01-01T00:00:00Z', 'all'],
    ['>=', '2024-01-02T00:00:00Z', 'some'],
    ['>=', '2024-02-01T00:00:00Z', 'none'],
    ['>', '2023-12-31T23:59:59.999Z', 'all'],
    ['>', '2024-01-01T00:00:00Z', 'some'],
    ['>', '2024-01-31T23:59:59.999Z', 'some'],
    ['==', '2024-01-15T00:00:00Z', 'some'],
    ['==', '2024-02-15T00:00:00Z', 'none'],
    ['!=', '2024-02-15T00:00:00Z', 'all'],
  ] as const)('January 2024 by month, ts %s %s', (op, instant, expected) => {
    expect(matches(compare('ts', op, micros(instant)), 'month', [648])).toBe(expected);
  });

  // Iceberg up to 0.10 took times before 1970 for one month later.
  it.each([
    ['<', '1969-12-01T00:00:00Z', -1, 'some'],
    ['<', '1969-12-01T00:00:00Z', 0, 'none'],
    ['<=', '1969-11-30T00:00:00Z', -1, 'some'],
    ['<=', '1970-01-01T00:00:00Z', 1, 'none'],
    ['>', '1970-01-01T00:00:00Z', 1, 'some'],
    ['>', '1970-01-01T00:00:00Z', 2, 'all'],
    ['>', '1970-02-01T00:00:00Z', 2, 'all'],
    ['>=', '1970-01-01T00:00:00Z', 0, 'some'],
    ['>=', '1970-01-01T00:00:00Z', 1, 'all'],
    ['==', '1969-12-15T00:00:00Z', 0, 'some'],
    ['!=', '1969-12-15T00:00:00Z', 0, 'some'],
    ['==', '1970-01-15T00:00:00Z', 1, 'none'],
  ] as const)('ts %s %s does not trust the month behind: %i', (op, instant, month, expected) => {
    expect(matches(compare('ts', op, micros(instant)), 'month', [month])).toBe(expected);
  });

  it('decides equality by bucket and nothing else', () => {
    const bucketOf34 = 3; // hash 2017239379 of the spec's Appendix B
    expect(matches(compare('id', '==', 34n), 'bucket', [bucketOf34])).toBe('some');
    expect(matches(compare('id', '==', 34n), 'bucket', [0])).toBe('none');
    expect(matches(compare('id', '!=', 34n), 'bucket', [0])).toBe('all');
    expect(matches(isIn('id', [34n]), 'bucket', [0])).toBe('none');
    expect(matches(compare('id', '<', 34n), 'bucket', [0])).toBe('some');
  });

  it('decides order by prefix', () => {
    expect(matches(compare('p', '<', 'bc'), 'prefix', ['ab'])).toBe('all');
    expect(matches(compare('p', '<', 'bcd'), 'prefix', ['bc'])).toBe('some');
    expect(matches(compare('p', '>', 'bcd'), 'prefix', ['ab'])).toBe('none');
    expect(matches(compare('p', '>=', 'bcd'), 'prefix', ['cd'])).toBe('all');
  });
});

describe('by bounds', () => {
  const id = { id: 1, type: 'long', lower: 0n, upper: 9n };
  it.each([
    [compare('id', '<', 5n), 'some'],
    [compare('id', '<', 0n), 'none'],
    [compare('id', '<', 10n), 'all'],
    [compare('id', '<=', 9n), 'all'],
    [compare('id', '>', 9n), 'none'],
    [compare('id', '>=', 0n), 'all'],
    [compare('id', '==', 10n), 'none'],
    [compare('id', '==', 5n), 'some'],
    [compare('id', '!=', 10n), 'all'],
    [compare('id', '!=', 5n), 'some'],
    [isIn('id', [10n, 11n]), 'none'],
    [isIn('id', [5n, 11n]), 'some'],
    [not(isIn('id', [10n, 11n])), 'all'],
    [isNull('id'), 'none'],
    [and(compare('id', '<', 10n), compare('id', '>', 20n)), 'none'],
    [and(compare('id', '<', 10n), compare('id', '>', 2n)), 'some'],
    [or(compare('id', '<', 10n), compare('id', '>', 20n)), 'all'],
    [or(compare('id', '<', 5n), compare('id', '>', 20n)), 'some'],
  ] as const)('ids from 0 to 9: %#', (filter, expected) => {
    expect(matches(filter, 'none', [], [id])).toBe(expected);
  });

  it('prunes != where all rows hold the value', () => {
    const one = { ...id, lower: 5n, upper: 5n };
    expect(matches(compare('id', '!=', 5n), 'none', [], [one])).toBe('none');
    expect(matches(compare('id', '==', 5n), 'none', [], [one])).toBe('all');
  });

  it('never calls it all where some values are null or NaN', () => {
    const some = { id: 4, type: 'double', lower: 1, upper: 2 };
    const filter = compare('x', '<', 3);
    expect(matches(filter, 'none', [], [some])).toBe('all');
    expect(matches(filter, 'none', [], [{ ...some, nulls: 1 }])).toBe('some');
    expect(matches(filter, 'none', [], [{ ...some, nans: 1 }])).toBe('some');
    expect(matches(isNull('x'), 'none', [], [{ ...some, nulls: 1 }])).toBe('some');
    expect(matches(filter, 'none', [], [{ ...some, nulls: 10 }])).toBe('none');
    expect(matches(compare('x', '!=', 3), 'none', [], [{ ...some, nulls: 10 }])).toBe('all');
  });

  it('knows nothing without bounds', () => {
    expect(matches(compare('id', '<', 5n), 'none', [])).toBe('some');
    expect(matches(isNull('p'), 'none', [])).toBe('some');
  });
});

it('does not take the corners of a geometry for bounds of its bytes', () => {
  const corners = { id: 5, type: 'binary', lower: Uint8Array.of(9), upper: Uint8Array.of(9) };
  expect(matches(compare('shape', '==', Uint8Array.of(1)), 'none', [], [corners])).toBe('some');
});

it('refuses a column that the table does not have', () => {
  expect(() => matches(compare('q', '==', 'a'), 'none', [])).toThrow(
    /Cannot find field 'q' in struct: struct<1: id: /,
  );
});
