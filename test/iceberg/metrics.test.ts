import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/iceberg/manifest-types.ts';
import { buildMetrics, type ColumnStats } from '../../src/iceberg/metrics.ts';
import type { NestedField, Schema, SortField } from '../../src/iceberg/table-metadata.ts';
import { decodeValue } from '../../src/iceberg/value.ts';

const field = (id: number, name: string, type: NestedField['type']): NestedField => ({
  id,
  name,
  required: false,
  type,
});
const schema: Schema = {
  type: 'struct',
  'schema-id': 0,
  fields: [
    field(1, 'id', 'long'),
    field(2, 'name', 'string'),
    field(3, 'x', 'double'),
    field(4, 'raw', 'binary'),
    field(5, 'place', { type: 'struct', fields: [field(6, 'zone', 'string')] }),
    field(7, 'tags', {
      type: 'list',
      'element-id': 8,
      element: 'string',
      'element-required': false,
    }),
    field(9, 'amt', 'decimal(9, 2)'),
  ],
};
const column = (fieldId: number, min?: Value, max?: Value): ColumnStats => ({
  fieldId,
  compressedBytes: 100 + fieldId,
  valueCount: 10,
  nullCount: 1,
  min,
  max,
});
const long = 'abcdefghijklmnopqrstuvwxyz';
const columns = [
  column(1, -5n, 7n),
  column(2, long, long),
  { ...column(3, -1, 2.5), nanCount: 2 },
  column(4, new Uint8Array(20).fill(1), new Uint8Array(20).fill(255)),
  column(6, 'a', 'b'),
  column(8, 'a', 'b'),
  column(9, -128n, 12340n),
];
const build = (properties: Record<string, string> = {}) =>
  buildMetrics(schema, properties, columns);

describe('the metrics of a file', () => {
  it('are by default sizes, counts and bounds truncated to 16', () => {
    const metrics = build();
    expect(metrics.column_sizes).toEqual(
      new Map(columns.map((c) => [c.fieldId, c.compressedBytes])),
    );
    expect([...metrics.value_counts]).toEqual([1, 2, 3, 4, 6, 9].map((id) => [id, 10]));
    expect([...metrics.null_value_counts]).toEqual([1, 2, 3, 4, 6, 9].map((id) => [id, 1]));
    expect([...metrics.nan_value_counts]).toEqual([[3, 2]]);
    const bounds = (map: Map<number, Uint8Array>, id: number, type: string) =>
      decodeValue(type, map.get(id) ?? new Uint8Array());
    expect(bounds(metrics.lower_bounds, 1, 'long')).toBe(-5n);
    expect(bounds(metrics.upper_bounds, 1, 'long')).toBe(7n);
    expect(bounds(metrics.lower_bounds, 2, 'string')).toBe('abcdefghijklmnop');
    expect(bounds(metrics.upper_bounds, 2, 'string')).toBe('abcdefghijklmnoq');
    expect(metrics.lower_bounds.get(4)).toEqual(new Uint8Array(16).fill(1));
    expect(metrics.upper_bounds.has(4)).toBe(false);
    expect(bounds(metrics.upper_bounds, 9, 'decimal(9, 2)')).toBe(12340n);
  });

  it('of columns inside lists and maps are sizes only', () => {
    const metrics = build({ 'write.metadata.metrics.default': 'full' });
    expect(metrics.column_sizes.get(8)).toBe(108);
    for (const map of [metrics.value_counts, metrics.null_value_counts, metrics.lower_bounds]) {
      expect(map.has(8)).toBe(false);
    }
  });

  it('follow the table’s properties, those of a column first', () => {
    const metrics = build({
      'write.metadata.metrics.default': 'counts',
      'write.metadata.metrics.column.id': 'none',
      'write.metadata.metrics.column.name': 'Full',
      'write.metadata.metrics.column.place.zone': 'truncate(1)',
      'write.metadata.metrics.column.amt': 'sometimes',
    });
    expect(metrics.column_sizes.has(1)).toBe(false);
    expect(metrics.value_counts.has(1)).toBe(false);
    expect([...metrics.lower_bounds.keys()]).toEqual([2, 6]);
    expect(metrics.upper_bounds.get(2)).toEqual(new TextEncoder().encode(long));
    expect(metrics.value_counts.has(9)).toBe(true);
  });

  it('leave columns beyond the limit out, unless a property asks for them', () => {
    const limit = { 'write.metadata.metrics.max-inferred-column-defaults': '2' };
    expect([...build(limit).column_sizes.keys()]).toEqual([1, 2]);
    const asked = build({ ...limit, 'write.metadata.metrics.column.amt': 'counts' });
    expect([...asked.column_sizes.keys()]).toEqual([1, 2, 9]);
    const all = build({ ...limit, 'write.metadata.metrics.default': 'counts' });
    expect(all.column_sizes.size).toBe(columns.length);
  });

  it('beyond the limit are told level by level, structs counted, lists not', () => {
    const limited = (limit: number) => [
      ...build({
        'write.metadata.metrics.max-inferred-column-defaults': String(limit),
      }).column_sizes.keys(),
    ];
    expect(limited(5)).toEqual([1, 2, 3, 4, 9]);
    expect(limited(6)).toEqual([1, 2, 3, 4, 6, 9]);
    expect(limited(8).length).toBe(columns.length);
    expect(limited(-1).length).toBe(columns.length);
  });

  it('have bounds of the columns that the rows are sorted by', () => {
    const item = (id: number, transform: string): SortField => ({
      'source-id': id,
      transform,
      direction: 'asc',
      'null-order': 'nulls-first',
    });
    const fields = [item(1, 'truncate[10]'), item(2, 'bucket[4]'), item(9, 'identity')];
    const sorted = (properties: Record<string, string>) => [
      ...buildMetrics(schema, properties, columns, { 'order-id': 1, fields }).lower_bounds.keys(),
    ];
    expect(sorted({ 'write.metadata.metrics.default': 'counts' })).toEqual([1, 9]);
    const own = { 'write.metadata.metrics.column.id': 'counts' };
    expect(sorted({ 'write.metadata.metrics.default': 'none', ...own })).toEqual([9]);
  });

  it('have no bound that is NaN, and zeros of both signs', () => {
    const of = (min: Value, max: Value) => buildMetrics(schema, {}, [column(3, min, max)]);
    expect(of(NaN, 1).lower_bounds.size + of(1, NaN).upper_bounds.size).toBe(0);
    expect(of(NaN, 1).value_counts.get(3)).toBe(10);
    const zero = of(0, -0);
    expect(decodeValue('double', zero.lower_bounds.get(3) ?? new Uint8Array())).toBe(-0);
    expect(decodeValue('double', zero.upper_bounds.get(3) ?? new Uint8Array())).toBe(0);
  });

  it('leave out what the footer does not say', () => {
    const metrics = buildMetrics(schema, {}, [
      { ...column(1), nullCount: null },
      { ...column(99, 1n, 1n) },
    ]);
    expect(metrics.value_counts.get(1)).toBe(10);
    expect(metrics.null_value_counts.size).toBe(0);
    expect(metrics.lower_bounds.size).toBe(0);
    expect(metrics.column_sizes.has(99)).toBe(false);
  });
});
