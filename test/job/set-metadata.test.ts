import { describe, expect, it } from 'vitest';
import { createTable } from '../../src/iceberg/create-table.ts';
import { memoryContext } from '../../src/iceberg/memory.ts';
import { committedVersions, readVersion, resolveVersion } from '../../src/job/set-metadata.ts';
import type { Table } from '../../src/iceberg/table.ts';

const file = (number: number) => `opfs:///t/metadata/0000${number}-a${number}.gz.metadata.json`;

/** A table at version 4 whose log reaches back to version 2. */
const table = {
  name: 'icebase:raw01/trips',
  pointer: { version: 4, location: file(3) },
  metadata: {
    'metadata-log': [1, 2].map((number) => ({
      'timestamp-ms': number,
      'metadata-file': file(number),
    })),
  },
} as unknown as Table;

describe('the versions that can be registered', () => {
  it('are those that the current metadata names, under the pointer’s versions', () => {
    expect(committedVersions(table)).toEqual([
      { version: 2, location: file(1) },
      { version: 3, location: file(2) },
      { version: 4, location: file(3) },
    ]);
  });

  it.each([
    ['latest', 4],
    ['v3', 3],
    ['v3.gz.metadata.json', 3],
    ['2', 2],
    ['00001-a1.gz.metadata.json', 2],
  ])('are named %s', (asked, version) => {
    expect(resolveVersion(table, asked).version).toBe(version);
  });

  it.each(['v1', 'v9', 'newest', '00009-a9.gz.metadata.json'])('do not include %s', (asked) => {
    expect(() => resolveVersion(table, asked)).toThrow(
      `icebase:raw01/trips has no metadata version ${asked}.`,
    );
  });
});

it('a file of another table is not registered', async () => {
  const context = memoryContext();
  const [own, other] = await Promise.all(
    ['w:t/own', 'w:t/other'].map(async (name) => {
      const schema = { type: 'struct' as const, 'schema-id': 0, fields: [] };
      const spec = { 'spec-id': 0, fields: [] };
      const location = `mem:///${name}`;
      return (await createTable(context, name, { location, schema, spec })).table;
    }),
  );
  if (own === undefined || other === undefined) throw new Error('Two tables were made');
  expect(await readVersion(context.io, own, own.pointer)).toEqual(own.metadata);
  await expect(readVersion(context.io, own, other.pointer)).rejects.toMatchObject({
    kind: 'IllegalState',
    message: `Table UUID does not match: current=${own.metadata['table-uuid']} != refreshed=${other.metadata['table-uuid']}`,
  });
});
