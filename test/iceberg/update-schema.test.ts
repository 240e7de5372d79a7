import { describe, expect, it } from 'vitest';
import { updateSchema, type SchemaEdit } from '../../src/iceberg/update-schema.ts';
import type { Schema } from '../../src/iceberg/table-metadata.ts';
import { currentSchema } from '../../src/iceberg/table.ts';
import { expectCommitted, expectRejected, modes, Scenario } from './scenarios/fixture.ts';

const [, , optimistic] = modes;

const schema: Schema = {
  type: 'struct',
  'schema-id': 0,
  'identifier-field-ids': [1],
  fields: [
    { id: 1, name: 'id', required: true, type: 'int' },
    { id: 2, name: 'price', required: true, type: 'decimal(9, 2)' },
    { id: 3, name: 'p', required: false, type: 'string' },
    {
      id: 4,
      name: 'place',
      required: false,
      type: { type: 'struct', fields: [{ id: 5, name: 'lat', required: false, type: 'float' }] },
    },
  ],
};

async function edit(...edits: SchemaEdit[]) {
  const t = await Scenario.begin(optimistic, { schema });
  expectCommitted(await t.run(() => updateSchema(edits)));
  const { metadata } = await t.load();
  return { t, metadata, fields: currentSchema(metadata).fields };
}

it('adds a column under a fresh id and keeps the old schema', async () => {
  const { metadata, fields, t } = await edit({ edit: 'add', name: 'z', type: 'date', doc: 'when' });
  expect(fields.at(-1)).toEqual({ id: 6, name: 'z', required: false, type: 'date', doc: 'when' });
  expect(metadata['last-column-id']).toBe(6);
  expect(metadata.schemas.map((each) => each['schema-id'])).toEqual([0, 1]);
  await t.expectInvariants();
});

it('never gives an id twice', async () => {
  const { t } = await edit({ edit: 'add', name: 'z', type: 'int' });
  expectCommitted(await t.run(() => updateSchema([{ edit: 'drop', column: 'z' }])));
  const { metadata: dropped } = await t.load();
  expect(dropped['current-schema-id']).toBe(0);
  expectCommitted(await t.run(() => updateSchema([{ edit: 'add', name: 'z', type: 'int' }])));
  expect(currentSchema((await t.load()).metadata).fields.at(-1)).toMatchObject({ id: 7 });
});

it('renames, widens and relaxes columns at any depth', async () => {
  const { fields } = await edit(
    { edit: 'rename', column: 'place.lat', name: 'latitude' },
    { edit: 'widen', column: 'place.latitude', type: 'double' },
    { edit: 'widen', column: 'id', type: 'long' },
    { edit: 'widen', column: 'price', type: 'decimal(12, 2)' },
    { edit: 'make-optional', column: 'price' },
  );
  expect(fields).toMatchObject([
    { id: 1, type: 'long', required: true },
    { id: 2, type: 'decimal(12, 2)', required: false },
    { id: 3 },
    { id: 4, type: { fields: [{ id: 5, name: 'latitude', type: 'double' }] } },
  ]);
});

describe('refuses', () => {
  it.each<[SchemaEdit, string]>([
    [{ edit: 'add', name: 'p', type: 'int' }, 'Cannot add column, name already exists: p'],
    [{ edit: 'drop', column: 'q' }, 'Cannot delete missing column: q'],
    [
      { edit: 'drop', column: 'id' },
      'Cannot delete identifier field id. To force deletion, also call setIdentifierFields to update identifier fields.',
    ],
    [{ edit: 'rename', column: 'q', name: 'r' }, 'Cannot rename missing column: q'],
    [
      { edit: 'rename', column: 'price', name: 'p' },
      'Cannot rename column, name already exists: p',
    ],
    [{ edit: 'make-optional', column: 'q' }, 'Cannot update missing column: q'],
    [
      { edit: 'widen', column: 'id', type: 'string' },
      'Cannot change column type: id: int -> string',
    ],
    [
      { edit: 'widen', column: 'price', type: 'decimal(12, 3)' },
      'Cannot change column type: price: decimal(9, 2) -> decimal(12, 3)',
    ],
    [
      { edit: 'widen', column: 'place', type: 'long' },
      'Cannot change column type: place: struct -> long',
    ],
  ])('%o', async (refused, message) => {
    const t = await Scenario.begin(optimistic, { schema });
    expectRejected(await t.run(() => updateSchema([refused])), 'IllegalArgument', message);
    expect((await t.load()).metadata['current-schema-id']).toBe(0);
    await t.expectInvariants();
  });
});

it('moves columns among their siblings', async () => {
  const { fields } = await edit(
    {
      edit: 'add',
      name: 'tags',
      type: { type: 'list', 'element-id': 0, 'element-required': false, element: 'int' },
    },
    { edit: 'move', column: 'tags' },
    { edit: 'move', column: 'id', after: 'place' },
    { edit: 'move', column: 'p', before: 'price' },
  );
  expect(fields.map(({ name, id }) => `${name} ${id}`)).toEqual([
    'tags 6',
    'p 3',
    'price 2',
    'place 4',
    'id 1',
  ]);
  expect(fields[0]?.type).toMatchObject({ 'element-id': 7 });
});

it('refuses to drop the column of a partition field', async () => {
  const t = await Scenario.begin(optimistic, { schema });
  expectRejected(
    await t.run(() => updateSchema([{ edit: 'drop', column: 'p' }])),
    'Validation',
    'Cannot find source column for partition field: 1000: p: identity(3)',
  );
});

it.each<[SchemaEdit, string]>([
  [{ edit: 'move', column: 'id', after: 'id' }, 'Cannot move id after itself'],
  [
    { edit: 'move', column: 'id', after: 'place.lat' },
    'Cannot move field id to a different struct',
  ],
  [{ edit: 'move', column: 'gone' }, 'Cannot move missing column: gone'],
])('refuses %j', async (step, message) => {
  const t = await Scenario.begin(optimistic, { schema });
  expectRejected(await t.run(() => updateSchema([step])), 'IllegalArgument', message);
});
