import { describe, expect, it } from 'vitest';
import { stringifyJson } from '../../src/iceberg/json.ts';
import { parseSchema, schemaJson } from '../../src/iceberg/schema-json.ts';
import { assignFieldIds, fieldsOf, findField, findFieldByName } from '../../src/iceberg/schema.ts';
import type { Schema } from '../../src/iceberg/table-metadata.ts';
import { decimalBytes, parseDecimal, parseFixed, typeEquals } from '../../src/iceberg/type.ts';

const text =
  '{"type":"struct","schema-id":3,"identifier-field-ids":[1],"fields":[' +
  '{"id":1,"name":"id","required":true,"type":"long","doc":"key"},' +
  '{"id":2,"name":"place","required":false,"type":{"type":"struct","fields":[' +
  '{"id":5,"name":"lat","required":false,"type":"double","initial-default":1.0,"write-default":2.5}]}},' +
  '{"id":3,"name":"tags","required":false,"type":{"type":"list","element-id":6,"element":"string","element-required":true}},' +
  '{"id":4,"name":"props","required":false,"type":{"type":"map","key-id":7,"key":"string","value-id":8,' +
  '"value":{"type":"struct","fields":[{"id":9,"name":"n","required":true,"type":"decimal(9, 2)"}]},"value-required":false}}]}';
const schema = parseSchema(JSON.parse(text));

describe('a schema', () => {
  it('comes back from JSON text for text', () => {
    expect(stringifyJson(schemaJson(schema))).toBe(text);
  });

  it('has all its fields, parents first, with their places', () => {
    expect(
      Array.from(fieldsOf(schema), ({ field, path, repeated }) => [field.id, path, repeated]),
    ).toEqual([
      [1, 'id', false],
      [2, 'place', false],
      [5, 'place.lat', false],
      [3, 'tags', false],
      [6, 'tags.element', true],
      [4, 'props', false],
      [7, 'props.key', true],
      [8, 'props.value', true],
      [9, 'props.value.n', true],
    ]);
    expect(findField(schema, 9)?.name).toBe('n');
    expect(findField(schema, 10)).toBeUndefined();
    expect(findFieldByName(schema, 'place.lat')?.field.id).toBe(5);
    expect(findFieldByName(schema, 'lat')).toBeUndefined();
  });

  it('gets fresh ids level by level', () => {
    const shifted = parseSchema(
      JSON.parse(text.replace(/("(?:id|element-id|key-id|value-id)":)(\d)/g, '$11$2')),
    );
    const { schema: fresh, lastColumnId } = assignFieldIds({
      ...shifted,
      'identifier-field-ids': [11],
    });
    expect(fresh).toEqual(schema);
    expect(lastColumnId).toBe(9);
  });

  it.each([
    ['{"type":"struct"', 'fields', '[{"id":"1","name":"a","required":true,"type":"int"}]'],
    ['{"type":"struct"', 'fields', '[{"id":1,"required":true,"type":"int"}]'],
    ['{"type":"struct"', 'fields', '[{"id":1,"name":"a","required":"yes","type":"int"}]'],
    ['{"type":"struct"', 'fields', '[{"id":1,"name":"a","required":true}]'],
    ['{"type":"struct"', 'fields', '{}'],
  ])('that is malformed is corrupt: %s "%s": %s', (head, key, value) => {
    expect(() => parseSchema(JSON.parse(`${head},"${key}":${value}}`))).toThrow(
      expect.objectContaining({ kind: 'Corrupt' }),
    );
  });
});

describe('a type', () => {
  it('is parsed with or without spaces', () => {
    expect(parseDecimal('decimal(9, 2)')).toEqual({ precision: 9, scale: 2 });
    expect(parseDecimal('decimal(38,10)')).toEqual({ precision: 38, scale: 10 });
    expect(parseDecimal('double')).toBeNull();
    expect(parseFixed('fixed[16]')).toBe(16);
    expect(parseFixed('binary')).toBeNull();
  });

  it('equals another of the same shape, ids and names', () => {
    const struct = (change: Partial<Schema['fields'][number]> = {}): Schema => ({
      ...schema,
      fields: schema.fields.map((field) => (field.id === 1 ? { ...field, ...change } : field)),
    });
    expect(typeEquals(struct(), parseSchema(JSON.parse(text)))).toBe(true);
    expect(typeEquals('decimal(9,2)', 'decimal(9, 2)')).toBe(true);
    expect(typeEquals(struct(), struct({ required: false }))).toBe(false);
    expect(typeEquals(struct(), struct({ type: 'int' }))).toBe(false);
    expect(typeEquals(struct(), struct({ id: 20 }))).toBe(false);
    expect(typeEquals(struct(), struct({ name: 'key' }))).toBe(false);
    expect(typeEquals(struct(), 'long')).toBe(false);
  });

  it('of decimals needs as many bytes as Java reserves', () => {
    expect([1, 2, 3, 4, 5, 9, 10, 18, 19, 38].map(decimalBytes)).toEqual([
      1, 1, 2, 2, 3, 4, 5, 8, 9, 16,
    ]);
  });
});
