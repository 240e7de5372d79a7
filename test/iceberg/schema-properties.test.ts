import { expect, it } from 'vitest';
import { nameMappingJson, nameMappingOf } from '../../src/iceberg/name-mapping.ts';
import type { Schema, TableMetadata } from '../../src/iceberg/table-metadata.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { updateSchema, type SchemaEdit } from '../../src/iceberg/update-schema.ts';
import {
  expectCommitted,
  expectRejected,
  modes,
  Scenario,
  unpartitioned,
} from './scenarios/fixture.ts';

const [, , optimistic] = modes;
const metrics = 'write.metadata.metrics.column.';
const mappingProperty = 'schema.name-mapping.default';

const schema: Schema = {
  type: 'struct',
  'schema-id': 0,
  'identifier-field-ids': [1],
  fields: [
    { id: 1, name: 'a', required: true, type: 'int' },
    { id: 2, name: 'b', required: false, type: 'string', doc: 'what it is' },
    {
      id: 3,
      name: 's',
      required: false,
      type: {
        type: 'struct',
        fields: [
          { id: 4, name: 'x', required: false, type: 'int' },
          { id: 5, name: 'y', required: false, type: 'int' },
        ],
      },
    },
  ],
};

async function begin(properties: Record<string, string>) {
  const t = await Scenario.begin(optimistic, { schema, spec: unpartitioned, properties });
  const edit = async (...edits: SchemaEdit[]) => {
    expectCommitted(await t.run(() => updateSchema(edits)));
    return (await t.load()).metadata.properties;
  };
  return { t, edit };
}

/** The name mapping without its ids' nesting: each id with its names. */
function namesOf({ [mappingProperty]: text = '[]' }: TableMetadata['properties']) {
  interface Mapped {
    'field-id': number;
    names: string[];
    fields?: Mapped[];
  }
  const flat = (mapped: Mapped): [number, string[]][] => [
    [mapped['field-id'], mapped.names],
    ...(mapped.fields ?? []).flatMap(flat),
  ];
  return Object.fromEntries((JSON.parse(text) as Mapped[]).flatMap(flat));
}

it('lets the properties of a column follow it when it is renamed or dropped', async () => {
  const { edit, t } = await begin({
    [`${metrics}a`]: 'full',
    [`${metrics}b`]: 'none',
    [`${metrics}s.x`]: 'counts',
    'write.parquet.bloom-filter-enabled.column.a': 'true',
    'write.parquet.stats-enabled.column.a': 'true',
    'write.parquet.bloom-filter-fpp.column.a': '0.1',
  });
  const renamed = await edit(
    { edit: 'rename', column: 'a', name: 'aa' },
    { edit: 'drop', column: 'b' },
  );
  expect(renamed).toMatchObject({
    [`${metrics}aa`]: 'full',
    [`${metrics}s.x`]: 'counts',
    'write.parquet.bloom-filter-enabled.column.aa': 'true',
    'write.parquet.stats-enabled.column.aa': 'true',
    'write.parquet.bloom-filter-fpp.column.a': '0.1',
  });
  expect(renamed).not.toHaveProperty([`${metrics}a`]);
  expect(renamed).not.toHaveProperty([`${metrics}b`]);
  expect(await edit({ edit: 'rename', column: 's', name: 'st' })).toMatchObject({
    [`${metrics}st.x`]: 'counts',
  });
  expect(await edit({ edit: 'drop', column: 'st' })).not.toHaveProperty([`${metrics}st.x`]);
  expectCommitted(await t.run(() => updateProperties({ k: 'v' })));
});

it('tells the name mapping what columns are called now, as Java does', async () => {
  const { edit } = await begin({
    [mappingProperty]: nameMappingJson(nameMappingOf(schema.fields)),
  });
  const list = { type: 'list', 'element-id': 9, element: 'int', 'element-required': true } as const;
  expect(
    namesOf(
      await edit(
        { edit: 'rename', column: 'a', name: 'aa' },
        { edit: 'rename', column: 's.x', name: 'xx' },
        { edit: 'drop', column: 'b' },
        { edit: 'add', name: 'z', type: list },
      ),
    ),
  ).toEqual({
    1: ['a', 'aa'],
    2: ['b'],
    3: ['s'],
    4: ['x', 'xx'],
    5: ['y'],
    6: ['z'],
    7: ['element'],
  });
  expect(namesOf(await edit({ edit: 'add', name: 'a', type: 'int' }))).toMatchObject({
    1: ['aa'],
    8: ['a'],
  });
  expect(namesOf(await edit({ edit: 'rename', column: 'aa', name: 'b' }))).toMatchObject({
    1: ['aa', 'b'],
    2: [],
  });
});

it('leaves a name mapping alone that cannot be read', async () => {
  const { edit } = await begin({ [mappingProperty]: 'rubbish' });
  expect(await edit({ edit: 'add', name: 'z', type: 'int' })).toMatchObject({
    [mappingProperty]: 'rubbish',
  });
});

it('refuses metrics of a column that there is not', async () => {
  const message = `Invalid metrics config, could not find column c from table prop ${metrics}c in schema table {
  1: a: required int (id)
  2: b: optional string (what it is)
  3: s: optional struct<4: x: optional int, 5: y: optional int>
}`;
  const { t } = await begin({});
  const change = () => updateProperties({ [`${metrics}c`]: 'full' });
  expectRejected(await t.run(change), 'Validation', message);
  expectCommitted(await t.run(() => updateProperties({ [`${metrics}s.y`]: 'full' })));
  // Java looks at the table that the properties come to, not at the one that they were thought of for.
  const early = await t.build(change);
  expectCommitted(await t.run(() => updateSchema([{ edit: 'add', name: 'c', type: 'int' }])));
  expectCommitted(await t.commit(early));
  await expect(begin({ [`${metrics}c`]: 'full' })).rejects.toMatchObject({
    kind: 'Validation',
    message,
  });
});
