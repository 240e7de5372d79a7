import { describe, expect, it } from 'vitest';
import {
  identityPartitionValues,
  projectSchema,
  type FileColumn,
  type Projection,
} from '../../src/iceberg/column-projection.ts';
import { nameMappingOf, parseNameMapping } from '../../src/iceberg/name-mapping.ts';
import type { NestedField, StructType } from '../../src/iceberg/table-metadata.ts';
import { isPromotion } from '../../src/iceberg/type.ts';

const field = (
  id: number,
  name: string,
  type: NestedField['type'],
  more: Partial<NestedField> = {},
): NestedField => ({ id, name, required: false, type, ...more });
const struct = (...fields: NestedField[]): StructType => ({ type: 'struct', fields });
const column = (
  name: string,
  fieldId?: number,
  children: FileColumn[] = [],
  type?: string,
): FileColumn => ({ name, fieldId, children, type });

/** A projection as `name <- index` or `name = value`, members in brackets. */
function shown(projections: Projection[]): string {
  return projections
    .map((projection) => {
      const { name } = projection.field;
      if (projection.kind === 'constant') return `${name} = ${String(projection.value)}`;
      const from = projection.kind === 'column' ? ` <- ${projection.index}` : '';
      const members = projection.children.length > 0 ? ` [${shown(projection.children)}]` : '';
      return name + from + members;
    })
    .join(', ');
}

const nested = struct(
  field(1, 'id', 'long'),
  field(2, 'place', struct(field(3, 'lat', 'double'), field(4, 'zone', 'string'))),
  field(5, 'tags', {
    type: 'list',
    'element-id': 6,
    element: struct(field(7, 'tag', 'string')),
    'element-required': false,
  }),
  field(8, 'props', {
    type: 'map',
    'key-id': 9,
    key: 'string',
    'value-id': 10,
    value: 'long',
    'value-required': false,
  }),
);

describe('projecting a file onto a schema', () => {
  it('goes by field id: the example of the spec', () => {
    const file = [column('a', 1), column('b', 2), column('c', 3)];
    const schema = struct(
      field(3, 'measurement', 'double'),
      field(2, 'name', 'string'),
      field(4, 'a', 'int'),
    );
    expect(shown(projectSchema(schema, file))).toBe('measurement <- 2, name <- 1, a = null');
  });

  it('goes by field id at every depth, through lists and maps by place', () => {
    const file = [
      column('m', 8, [column('k'), column('v')]),
      column('p', 2, [column('other', 4), column('latitude', 3)]),
      column('t', 5, [column('array', undefined, [column('x', 7)])]),
      column('i', 1),
    ];
    expect(shown(projectSchema(nested, file))).toBe(
      'id <- 3, place <- 1 [lat <- 1, zone <- 0], tags <- 2 [element <- 0 [tag <- 0]], ' +
        'props <- 0 [key <- 0, value <- 1]',
    );
  });

  it('of a file without ids goes by the table’s name mapping', () => {
    const mapping = parseNameMapping(
      '[{"field-id":1,"names":["id","record_id"]},{"names":["zone"]},' +
        '{"field-id":2,"names":["location"],"fields":[{"field-id":3,"names":["latitude","lat"]}]},' +
        '{"field-id":5,"names":["labels"],"fields":[{"field-id":6,"names":["element"],' +
        '"fields":[{"field-id":7,"names":["label"]}]}]}]',
    );
    const file = [
      column('zone'),
      column('record_id'),
      column('location', undefined, [column('lat'), column('zone')]),
      column('labels', undefined, [column('element', undefined, [column('label')])]),
      column('props', undefined, [column('key'), column('value')]),
    ];
    expect(shown(projectSchema(nested, file, { nameMapping: mapping }))).toBe(
      'id <- 1, place <- 2 [lat <- 0, zone = null], tags <- 3 [element <- 0 [tag <- 0]], ' +
        'props = null',
    );
  });

  it('of a file without ids and a table without mapping goes by the names of now', () => {
    const file = [
      column('place', undefined, [column('zone'), column('lat')]),
      column('tags', undefined, [column('element', undefined, [column('tag')])]),
      column('gone'),
    ];
    expect(shown(projectSchema(nested, file))).toBe(
      'id = null, place <- 0 [lat <- 1, zone <- 0], tags <- 1 [element <- 0 [tag <- 0]], props = null',
    );
    expect(nameMappingOf(nested.fields)[3]).toEqual({
      fieldId: 8,
      names: ['props'],
      fields: [
        { fieldId: 9, names: ['key'], fields: [] },
        { fieldId: 10, names: ['value'], fields: [] },
      ],
    });
  });

  it('fills absent columns from the partition, else their initial default, else null', () => {
    const schema = struct(
      field(1, 'a', 'long', { 'initial-default': 5 }),
      field(2, 'b', 'date', { required: true, 'initial-default': '2017-11-16' }),
      field(3, 'c', 'string', { 'initial-default': 'x' }),
      field(4, 'd', struct(field(5, 'e', 'int', { 'initial-default': 7 }), field(6, 'f', 'int')), {
        'initial-default': {},
      }),
      field(7, 'g', struct(field(8, 'h', 'int'))),
    );
    const spec = {
      'spec-id': 0,
      fields: [
        { name: 'c', transform: 'identity', 'source-id': 3, 'field-id': 1000 },
        { name: 'a_bucket', transform: 'bucket[4]', 'source-id': 1, 'field-id': 1001 },
      ],
    };
    const constants = identityPartitionValues(spec, ['from partition', 3]);
    expect(shown(projectSchema(schema, [column('z', 99)], { constants }))).toBe(
      'a = 5, b = 17486, c = from partition, d [e = 7, f = null], g = null',
    );
    expect(shown(projectSchema(schema, [column('c', 3)], { constants }))).toContain('c <- 0');
  });

  it('refuses a required column that is missing, and a type that was never widened to the schema’s', () => {
    const required = struct(field(1, 'a', 'long', { required: true }));
    expect(() => projectSchema(required, [column('b', 2)])).toThrow(
      expect.objectContaining({ kind: 'Corrupt', message: 'Missing required field: a' }),
    );
    expect(shown(projectSchema(required, [column('a', 1, [], 'int')]))).toBe('a <- 0');
    expect(() => projectSchema(required, [column('a', 1, [], 'double')])).toThrow(
      'Cannot read the column a of type double as long',
    );
    expect(() => projectSchema(nested, [column('p', 8, [column('k')])])).toThrow(
      'The file has a list or map without the field 10',
    );
  });

  it.each([
    ['int', 'long', true],
    ['long', 'int', false],
    ['float', 'double', true],
    ['date', 'timestamp', true],
    ['date', 'timestamptz', false],
    ['decimal(9, 2)', 'decimal(11, 2)', true],
    ['decimal(9, 2)', 'decimal(8, 2)', false],
    ['decimal(9, 2)', 'decimal(11, 3)', false],
    ['unknown', 'string', true],
    ['string', 'string', true],
    ['string', 'binary', false],
  ])('%s may become %s: %s', (from, to, allowed) => {
    expect(isPromotion(from, to)).toBe(allowed);
  });
});

describe('a name mapping', () => {
  it.each(['{}', '[1]', '[{"names":"id"}]', '[{"field-id":"1"}]', '['])(
    'that is malformed is corrupt, and the property is named: %s',
    (text) => {
      expect(() => parseNameMapping(text)).toThrow(
        expect.objectContaining({
          kind: 'Corrupt',
          message: expect.stringContaining('the property schema.name-mapping.default') as string,
        }),
      );
    },
  );
});
