import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { folderRoot, openTableFolder } from '../../src/workbench/table-folder.ts';

const given = (...paths: string[]) =>
  paths.map((path) => ({ path, content: new Blob([`in ${path}`]) }));
const table = ['metadata/v1.metadata.json', 'data/a.parquet'];

test.each([
  ['itself', ''],
  ['below others', 'lake/raw01/trips/'],
])('a table’s folder is found %s, with its files by their paths in it', async (_, above) => {
  const { paths, io } = await openTableFolder(
    given(...table.map((path) => above + path), 'lake/note.txt'),
  );
  expect(paths).toEqual(expect.arrayContaining(table));
  const bytes = await io.read(`${folderRoot}/data/a.parquet`);
  expect(new TextDecoder().decode(bytes)).toBe(`in ${above}data/a.parquet`);
});

test('one zip stands for what is in it', async () => {
  const zip = zipSync({ 'trips/metadata/v1.metadata.json': new Uint8Array(3) });
  const content = new Blob([zip.slice()]);
  const { paths, io } = await openTableFolder([{ path: 'Trips.ZIP', content }]);
  expect(paths).toEqual(['metadata/v1.metadata.json']);
  expect(await io.read(`${folderRoot}/metadata/v1.metadata.json`)).toHaveLength(3);
});

test('a file that is not there is named', async () => {
  const { io } = await openTableFolder(given(...table));
  await expect(io.read(`${folderRoot}/data/b.parquet`)).rejects.toMatchObject({
    kind: 'NotFound',
    message: 'A file of the table is missing: data/b.parquet',
  });
});

test('no table is refused, and so are several', async () => {
  await expect(openTableFolder(given('data/a.parquet', 'v1.metadata.json'))).rejects.toMatchObject({
    kind: 'InputInvalid',
    message: 'There is no Iceberg table among these files.',
  });
  const two = given('lake/a/metadata/v1.metadata.json', 'lake/b/metadata/v1.metadata.json');
  await expect(openTableFolder(two)).rejects.toMatchObject({
    kind: 'InputInvalid',
    message: 'There are 2 tables among these files.',
    remedy: 'Choose the folder of one table, such as lake/a.',
  });
});
