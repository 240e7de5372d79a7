import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { answer, ask, expect, runRace, test } from './page.ts';

test('the files of the table can be looked into, down to the bounds in a manifest', async ({
  lab,
}) => {
  await runRace(lab);
  await lab.getByRole('tab', { name: 'Files' }).click();
  await lab.getByRole('button', { name: /^metadata\.json/ }).click();
  const content = lab.getByRole('region', { name: 'metadata' });
  await expect(content).toContainText('"current-snapshot-id"');
  await lab.getByRole('button', { name: /^v3 · append/ }).click();
  await lab
    .getByRole('button', { name: /^manifest/ })
    .first()
    .click();
  const entries = lab.getByRole('table', { name: 'Entries of the manifest' });
  await expect(entries).toContainText('added');
  await entries
    .getByRole('button', { name: /month=2016-/ })
    .first()
    .click();
  await expect(lab.getByRole('table', { name: 'columns' })).toContainText('vendor_id');
});

test('the table can be taken along, with the commands to open it elsewhere', async ({ lab }) => {
  await runRace(lab);
  await lab.getByRole('tab', { name: 'Files' }).click();
  await lab.getByRole('button', { name: 'Download table' }).click();
  await lab.getByLabel('Where it will lie').fill('file:///data/lake/raw01/ny_taxi_04');
  const download = lab.waitForEvent('download');
  await lab.getByRole('button', { name: 'Make the zip' }).click();
  const path = await (await download).path();
  const files = unzipSync(await readFile(path));
  const newest = Object.keys(files).find((name) => name.endsWith('v3.gz.metadata.json'));
  const metadata = gunzipSync(files[newest ?? ''] ?? new Uint8Array()).toString();
  expect(JSON.parse(metadata)).toMatchObject({ location: 'file:///data/lake/raw01/ny_taxi_04' });
  await expect(lab.getByRole('dialog')).toContainText('/data/lake/raw01/ny_taxi_04/metadata/v');
  await expect(lab.getByRole('dialog')).toContainText('icebase.warehouse=/data/lake ');
});

test('a misspelt column is underlined in the query, and the remedy is said', async ({ lab }) => {
  await runRace(lab);
  await ask(lab, 'select vendr_id from icebase.raw01.ny_taxi_04');
  const workbench = lab.getByRole('region', { name: /^Workbench/ });
  await expect(workbench.getByText(/vendr_id.*cannot be resolved/)).toBeVisible();
  await expect(lab.locator('.box .cm-lintRange-error')).toHaveText('vendr_id');
  await ask(lab, 'select count(*) trips from icebase.raw01.ny_taxi_04');
  await expect.poll(() => answer(lab)).toHaveLength(1);
});

test('what was written is there after a reload', async ({ lab }) => {
  await runRace(lab);
  const before = await answer(lab);
  await lab.reload();
  await expect.poll(() => answer(lab)).toEqual(before);
});
