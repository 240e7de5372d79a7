import { expect, it } from 'vitest';
import { IcejamError } from '../../src/error.ts';
import { Dropzone } from '../../src/lab/dropzone.svelte.ts';
import type { Session } from '../../src/lab/session.ts';

/** A session that takes all files but those that hold `broken`; the names of what it took. */
function bench() {
  const taken: string[] = [];
  const session = {
    drop: async (_: string, file: File) => {
      if ((await file.text()) === 'broken') throw new IcejamError('InputInvalid', file.name);
      taken.push(file.name);
    },
    dropzone: { call: () => Promise.resolve([]) },
  } as unknown as Session;
  return { taken, dropzone: new Dropzone(session) };
}

type Tree = string | { [name: string]: Tree };

/** A file or folder as the browser gives it, within the folder `at`. */
function entry(tree: Tree, name: string, at = ''): object {
  const fullPath = `${at}/${name}`;
  if (typeof tree === 'string') {
    const file = (give: (file: File) => void) => give(new File([tree], name));
    return { isDirectory: false, fullPath, file };
  }
  const batches = [Object.entries(tree).map(([child, below]) => entry(below, child, fullPath)), []];
  const readEntries = (give: (entries: object[]) => void) => give(batches.shift() ?? []);
  return { isDirectory: true, fullPath, createReader: () => ({ readEntries }) };
}

const dragged = (tree: Record<string, Tree>) =>
  ({
    items: Object.entries(tree).map(([name, below]) => ({
      webkitGetAsEntry: () => entry(below, name),
    })),
  }) as unknown as DataTransfer;

it('takes the files around one that is broken, and tells of each that is', async () => {
  const { taken, dropzone } = bench();
  const files = ['a', 'broken', 'c', 'broken'].map((text, index) => new File([text], `${index}`));
  await dropzone.drop(files);
  expect(taken).toEqual(['0', '2']);
  expect(dropzone.errors.map(({ message }) => message)).toEqual(['1', '3']);
  await dropzone.drop(files.slice(0, 1));
  expect(dropzone.errors).toEqual([]);
});

it('takes of a folder what Spark would read, under names that tell the folders apart', async () => {
  const { taken, dropzone } = bench();
  const day = { 'part-0.json': '{}', _SUCCESS: '', '.part-0.json.crc': 'x' };
  await dropzone.take(dragged({ trips: { monday: day, tuesday: day, _temporary: day } }));
  expect(taken).toEqual(['trips/monday/part-0.json', 'trips/tuesday/part-0.json']);
  expect(dropzone.errors).toEqual([]);
});

it('says that there was nothing to take', async () => {
  const { dropzone } = bench();
  await dropzone.take(dragged({ trips: { _SUCCESS: '' } }));
  expect(dropzone.errors).toMatchObject([{ message: 'There is no file in what was dropped' }]);
});
