import { expect, runRace, test, ledger } from './page.ts';

const trip = (id: string, vendor: number) =>
  JSON.stringify({ id, vendor_id: vendor, pickup_datetime: 1_453_478_460_000, trip_duration: 856 });

test('a broken line is kept out and named, and the others are written', async ({ lab }) => {
  const lines = [trip('a', 1), '{"id": "b", "vendor_id": 2', trip('c', 2), trip('d', 2)];
  const chooser = lab.waitForEvent('filechooser');
  await lab.getByRole('button', { name: 'choose files' }).click();
  await (
    await chooser
  ).setFiles({
    name: 'trips.ndjson',
    mimeType: 'application/x-ndjson',
    buffer: Buffer.from(lines.join('\n')),
  });
  const dropzone = lab.getByRole('region', { name: 'Dropzone' });
  await expect(dropzone).toContainText('3 rows, 4 columns');
  await dropzone.getByText('1 line rejected').click();
  await expect(dropzone.getByRole('listitem')).toContainText('Line 2');
  await runRace(lab);
  expect(await ledger(lab)).toEqual([
    ['nytaxi-vendor-one', 1, 1, 0],
    ['nytaxi-vendor-two', 2, 2, 0],
  ]);
});
