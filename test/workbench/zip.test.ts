import { downloadZip } from 'client-zip';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { openZip } from '../../src/workbench/zip.ts';

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const words = new TextEncoder().encode('word '.repeat(1000));

async function contents(zip: Blob): Promise<Record<string, string>> {
  const files = await openZip(zip);
  const read = [...files].map(async ([name, read]) => [name, text(await read())] as const);
  return Object.fromEntries(await Promise.all(read));
}

const blob = (bytes: Uint8Array) => new Blob([bytes.slice()]);

test('stored files are read as they are, folders are left out', async () => {
  const zip = await downloadZip([
    { name: 'data/', input: undefined as never },
    { name: 'data/month=2016-01/ü.parquet', input: 'PAR1' },
    { name: 'empty', input: '' },
  ]).blob();
  expect(await contents(zip)).toEqual({ 'data/month=2016-01/ü.parquet': 'PAR1', empty: '' });
});

test('deflated files are inflated, whatever stands in front of the directory’s end', async () => {
  const zip = zipSync({ 'a.txt': words, 'b/c.txt': [words, { comment: 'PK', level: 9 }] });
  expect(zip.length).toBeLessThan(words.length);
  expect(await contents(blob(zip))).toEqual({ 'a.txt': text(words), 'b/c.txt': text(words) });
});

test('what is no zip, or only a part of one, is refused', async () => {
  const zip = zipSync({ 'a.txt': words });
  await expect(openZip(blob(words))).rejects.toMatchObject({ kind: 'Corrupt' });
  await expect(openZip(new Blob())).rejects.toMatchObject({ kind: 'Corrupt' });
  await expect(openZip(blob(zip.slice(0, 40)))).rejects.toMatchObject({ kind: 'Corrupt' });
  const cut = await openZip(blob(zip.slice(8))).catch((error: unknown) => error);
  expect(cut).toMatchObject({ kind: 'Corrupt' });
  const end = new DataView(zip.buffer, zip.length - 22);
  new DataView(zip.buffer).setUint16(end.getUint32(16, true) + 28, 0xffff, true);
  await expect(openZip(blob(zip))).rejects.toMatchObject({
    message: 'The directory of the zip is damaged.',
  });
});

test('a damaged, an encrypted and an oddly compressed file are refused by name', async () => {
  const zip = zipSync({ 'a.txt': words });
  const directory = new DataView(zip.buffer).getUint32(zip.length - 6, true);
  const changed = async (at: number, value: number) => {
    const copy = zip.slice();
    copy[at] = value;
    const files = await openZip(blob(copy));
    return files.get('a.txt')?.();
  };
  await expect(changed(0, 0)).rejects.toMatchObject({ message: 'a.txt is damaged.' });
  await expect(changed(40, 0xff)).rejects.toMatchObject({ message: 'a.txt is damaged.' });
  await expect(changed(directory + 8, 1)).rejects.toMatchObject({
    kind: 'Unsupported',
    message: 'a.txt is encrypted.',
  });
  await expect(changed(directory + 10, 93)).rejects.toMatchObject({
    kind: 'Unsupported',
    remedy: 'Unpack the zip and choose the folder of the table.',
  });
});
