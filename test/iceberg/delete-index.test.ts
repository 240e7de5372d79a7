import { expect, it } from 'vitest';
import { DeleteIndex, referencedDataFile } from '../../src/iceberg/delete-index.ts';
import { content, status, type ManifestEntry } from '../../src/iceberg/manifest-types.ts';
import type { ChangedFile } from '../../src/iceberg/snapshot-summary.ts';
import { encodeValue } from '../../src/iceberg/value.ts';
import { modes, Scenario, shortName } from './scenarios/fixture.ts';

const entryOf = (file: ChangedFile, sequenceNumber: number): ManifestEntry => ({
  ...file,
  status: status.added,
  snapshot_id: 1n,
  sequence_number: sequenceNumber,
  file_sequence_number: sequenceNumber,
});

it('lets a deletion vector stand for all position deletes of its file, and for no equality delete', async () => {
  const t = await Scenario.begin(modes[2], { formatVersion: 3 });
  const [a0, a1] = await t.files('A0', 'A1');
  const inA = { partition: ['a'] };
  const positions = { ...inA, content: content.positionDeletes };
  // A table that was upgraded has position deletes from before.
  const deletes = [
    await t.file('OWN', { ...positions, referencedDataFile: a0.data_file.file_path }),
    await t.file('SHARED', positions),
    await t.file('EQUAL', { ...inA, content: content.equalityDeletes }),
    await t.vector('VECTOR', a0),
  ];
  const { metadata } = await t.load();
  const index = new DeleteIndex(
    deletes.map((file) => entryOf(file, 2)),
    metadata,
  );
  const namesFor = (file: ChangedFile) =>
    index.forDataFile(file, 1).map((entry) => shortName(entry.data_file.file_path));
  expect(namesFor(a0)).toEqual(['EQUAL', 'VECTOR']);
  expect(namesFor(a1)).toEqual(['SHARED', 'EQUAL']);
});

it('knows by the bounds of its paths whether a position delete file is about one data file', async () => {
  const t = await Scenario.begin(modes[2]);
  const [a0, a1] = await t.files('A0', 'A1');
  const withPaths = async (name: string, lower: ChangedFile, upper: ChangedFile) => {
    const file = await t.file(name, { partition: ['a'], content: content.positionDeletes });
    const bound = (of: ChangedFile) =>
      new Map([[2147483546, encodeValue('string', of.data_file.file_path)]]);
    const bounds = { lower_bounds: bound(lower), upper_bounds: bound(upper) };
    return entryOf({ ...file, data_file: { ...file.data_file, ...bounds } }, 2);
  };
  const deletes = [await withPaths('ONE', a0, a0), await withPaths('BOTH', a0, a1)];
  expect(deletes.map((entry) => shortName(referencedDataFile(entry) ?? 'none'))).toEqual([
    'A0',
    'none',
  ]);
  const index = new DeleteIndex(deletes, (await t.load()).metadata);
  const namesFor = (file: ChangedFile) =>
    index.forDataFile(file, 1).map((entry) => shortName(entry.data_file.file_path));
  expect(namesFor(a0)).toEqual(['BOTH', 'ONE']);
  expect(namesFor(a1)).toEqual(['BOTH']);
});
