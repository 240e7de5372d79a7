import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadZip } from 'client-zip';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refuseTable, unpackTable } from '../../cli/unzip.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'icejam-unzip-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

async function zipped(files: Record<string, string>): Promise<string> {
  const entries = Object.entries(files).map(([name, input]) => ({ name, input }));
  const path = join(folder, 'export.zip');
  writeFileSync(path, Buffer.from(await downloadZip(entries).arrayBuffer()));
  return path;
}

test('an export lands in the directory and its current metadata file is named', async () => {
  const zip = await zipped({
    'metadata/v9.gz.metadata.json': 'nine',
    'metadata/v10.gz.metadata.json': 'ten',
    'metadata/version-hint.text': '10',
    'data/month=2016-01/a.parquet': 'PAR1',
  });
  const out = join(folder, 'out');
  expect(unpackTable(zip, out)).toBe(join(out, 'metadata/v10.gz.metadata.json'));
  expect(readFileSync(join(out, 'data/month=2016-01/a.parquet'), 'utf8')).toBe('PAR1');
});

test('a name that leads out of the directory is refused', async () => {
  const zip = await zipped({ 'metadata/version-hint.text': '1', '../planted.txt': 'x' });
  expect(() => unpackTable(zip, join(folder, 'out'))).toThrow('../planted.txt');
  expect(existsSync(join(folder, 'planted.txt'))).toBe(false);
});

test('a directory that holds a table is not written over', async () => {
  const zip = await zipped({
    'metadata/v1.metadata.json': '{}',
    'metadata/version-hint.text': '1',
  });
  expect(() => refuseTable(folder)).not.toThrow();
  unpackTable(zip, folder);
  expect(() => refuseTable(folder)).toThrow(`${folder} holds a table already.`);
});
