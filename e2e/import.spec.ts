import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { answer, ask, expect, runRace, test } from './page.ts';

const golden = (folder: string) =>
  fileURLToPath(new URL(`../test/golden/tables/${folder}`, import.meta.url));
const perVendor =
  'select vendor_id, count(*) n from icebase.raw01.ny_taxi_04 group by 1 order by 1';

/** Drags a file or folder of this machine over the Files panel, and drops it there when the panel says that it may. */
async function dropOntoFiles(page: Page, path: string): Promise<void> {
  const panel = page.getByRole('tabpanel', { name: 'Files' });
  const browser = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  const send = async (type: 'dragEnter' | 'dragOver' | 'drop') => {
    const box = await panel.boundingBox();
    if (box === null) throw new Error('The Files panel is not on the screen.');
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await browser.send('Input.dispatchDragEvent', { type, ...at, data });
  };
  // The browser drops nothing where the last answer to a drag was no: the panel may still have been on its way.
  await expect(async () => {
    await send('dragEnter');
    await send('dragOver');
    await expect(panel.getByText('Drop the table to import it.')).toBeVisible({ timeout: 1000 });
  }).toPass();
  await send('drop');
}

test('a table that was taken along comes back, and jobs go on writing it', async ({
  lab,
}, testInfo) => {
  await runRace(lab);
  await ask(lab, perVendor);
  await expect.poll(() => answer(lab)).toHaveLength(2);
  const before = await answer(lab);

  await lab.getByRole('tab', { name: 'Files' }).click();
  await lab.getByRole('button', { name: 'Download table' }).click();
  const download = lab.waitForEvent('download');
  await lab.getByRole('button', { name: 'Make the zip' }).click();
  const zip = testInfo.outputPath('ny_taxi_04.zip');
  await (await download).saveAs(zip);
  await lab.getByRole('button', { name: 'Close' }).click();

  await lab.getByRole('button', { name: 'Start over' }).click();
  await lab.getByRole('button', { name: 'Delete everything' }).click();
  await expect(lab.getByText('There is no table yet.')).toBeVisible();

  await lab.getByRole('button', { name: 'Import a table …' }).click();
  const chooser = lab.waitForEvent('filechooser');
  await lab.getByRole('button', { name: 'Choose a zip …' }).click();
  await (await chooser).setFiles(zip);
  await expect(lab.getByLabel('Its address here')).toHaveValue('dataos://icebase:raw01/ny_taxi_04');
  await lab.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(lab.getByRole('list', { name: 'What the table is made of' })).toBeVisible();

  await lab.getByRole('tab', { name: 'Workbench' }).click();
  await ask(lab, perVendor);
  await expect.poll(() => answer(lab)).toEqual(before);
  await runRace(lab);
  await ask(lab, perVendor);
  const doubled = before.map(([vendor = '', n = '']) => [
    vendor,
    (2 * Number(n.replaceAll(',', ''))).toLocaleString('en-US'),
  ]);
  await expect.poll(() => answer(lab)).toEqual(doubled);
});

test('the folder of another engine’s table is dropped, and told where it cannot go', async ({
  lab,
}) => {
  await lab.getByRole('tab', { name: 'Files' }).click();
  await dropOntoFiles(lab, golden('icebird_spark_rename_column'));
  const address = lab.getByLabel('Its address here');
  await expect(address).toHaveValue('dataos://icebase:raw01/icebird_spark_rename_column');
  await lab.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(lab.getByText('icebase.raw01.icebird_spark_rename_column')).toBeVisible();

  await lab.getByRole('tab', { name: 'Workbench' }).click();
  await ask(lab, 'select id, event_date from icebird_spark_rename_column order by id');
  await expect.poll(() => answer(lab)).toHaveLength(4);

  await lab.getByRole('tab', { name: 'Files' }).click();
  await dropOntoFiles(lab, golden('icebird_spark_rename_column'));
  await lab.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(lab.getByRole('alert')).toContainText('Table already exists');
  await address.fill('dataos://icebase/raw01');
  await lab.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(lab.getByRole('alert')).toContainText('Invalid dataset found');
});
