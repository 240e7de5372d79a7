import { expect, it } from 'vitest';
import { commit } from '../../src/iceberg/commit.ts';
import { createTable, type NewTable } from '../../src/iceberg/create-table.ts';
import { loadTable } from '../../src/iceberg/table.ts';
import type { Pointer, TableName } from '../../src/iceberg/ports.ts';
import { updateProperties } from '../../src/iceberg/update-properties.ts';
import { catalogWith } from './double/faulty-catalog.ts';
import { expectInvariants } from './double/invariants.ts';
import { World } from './double/world.ts';
import { byP, schema } from './scenarios/fixture.ts';

const name = 'w:test/t';
const definition: NewTable = {
  location: 'mem:///w/test/t',
  schema,
  spec: byP,
  properties: { owner: 'somebody' },
};

it('writes version 00000 with the defaults of Java', async () => {
  const world = new World();
  const { table, created } = await createTable(world.writer(), name, definition);
  expect(created).toBe(true);
  expect(table.pointer.location).toMatch(
    /^mem:\/\/\/w\/test\/t\/metadata\/00000-.{36}\.metadata\.json$/,
  );
  expect(table.pointer.version).toBe(1);
  expect(table.metadata).toMatchObject({
    'format-version': 2,
    'last-column-id': 3,
    'last-partition-id': 1000,
    'last-sequence-number': 0,
    'default-sort-order-id': 0,
    'current-snapshot-id': null,
    properties: { 'write.parquet.compression-codec': 'zstd', owner: 'somebody' },
    refs: {},
  });
  expect(await loadTable(world, name)).toEqual(table);
  await expectInvariants(world);
});

it('passes the stops of a swap, without number', async () => {
  const writer = new World().writer();
  await createTable(writer, name, definition);
  expect(writer.stops.map(({ attempt, detail }) => [attempt, detail.stop])).toEqual([
    [0, 'base-read'],
    [0, 'metadata-written'],
    [0, 'before-swap'],
    [0, 'swap-won'],
  ]);
  expect(writer.stops.at(-1)?.detail).toMatchObject({ operation: 'create', version: 1, rows: 0 });
});

it('takes the table that is there', async () => {
  const world = new World();
  const first = await createTable(world.writer(), name, definition);
  const second = await createTable(world.writer(), name, { ...definition, properties: {} });
  expect(second).toEqual({ table: first.table, created: false });
});

it('takes the table of a rival that was faster, and deletes its own file', async () => {
  const world = new World();
  const writer = world.writer();
  writer.once('before-swap', () => createTable(world.writer(), name, definition));
  const { table, created } = await createTable(writer, name, definition);
  expect(created).toBe(false);
  expect(table.pointer.version).toBe(1);
  expect(writer.stops.map(({ detail }) => detail.stop)).toContain('swap-lost');
  expect(world.io.paths()).toEqual([table.pointer.location]);
});

it.each(['lose-answer', 'deny-win'] as const)('knows its own table again (%s)', async (fault) => {
  const world = new World();
  world.catalog.faults.push(fault);
  const { created, table } = await createTable(world.writer(), name, definition);
  expect(created).toBe(true);
  expect(world.io.paths()).toEqual([table.pointer.location]);
});

it('tells its own version although the log has forgotten it, and there was a table before', async () => {
  const world = new World();
  await world.catalog.put(name, 'dropped');
  const loadLive = async () => {
    const pointer = await world.catalog.load(name);
    return pointer?.location === 'dropped' ? null : pointer;
  };
  const swap = async (_table: TableName, _expected: Pointer | null, location: string) => {
    await world.catalog.put(name, location);
    for (const note of ['1', '2', '3']) {
      const table = await loadTable(world, name);
      await commit(world.writer(), table, updateProperties({ note }), { protocol: 'queued' });
    }
    throw new Error('connection reset');
  };
  const writer = world.writer();
  writer.catalog = catalogWith(world.catalog, { load: loadLive, swap });
  const properties = { 'write.metadata.previous-versions-max': '1' };
  await createTable(writer, name, { ...definition, properties });
  expect(writer.stops.at(-1)?.detail).toMatchObject({ stop: 'swap-won', version: 2 });
});

it('throws if nobody can tell whether there is a table now', async () => {
  const world = new World();
  world.catalog.faults.push('lose-request');
  await expect(createTable(world.writer(), name, definition)).rejects.toMatchObject({
    kind: 'CommitStateUnknown',
  });
  expect(world.io.deleted).toEqual([]);
});

it('refuses properties that are derived from the metadata', async () => {
  const properties = { 'format-version': '3' };
  await expect(
    createTable(new World().writer(), name, { ...definition, properties }),
  ).rejects.toThrow('Cannot set reserved table property: format-version');
});

it.each(['timestamp_ns', 'unknown', 'geometry(srid:3857)'])(
  'refuses %s before v3',
  async (type) => {
    const fine = { id: 4, name: 'at', required: false, type };
    const later = { ...definition, schema: { ...schema, fields: [...schema.fields, fine] } };
    await expect(createTable(new World().writer(), name, later)).rejects.toMatchObject({
      kind: 'IllegalState',
      message: `Invalid schema for v2:\n- Invalid type for at: ${type} is not supported until v3`,
    });
    const { table } = await createTable(new World().writer(), name, { ...later, formatVersion: 3 });
    expect(table.metadata.schemas[0]?.fields.at(-1)).toEqual(fine);
  },
);
