import { expect, runRace, test, ledger } from './page.ts';

const trip = (id: string, vendor: number) =>
  JSON.stringify({ id, vendor_id: vendor, pickup_datetime: 1_453_478_460_000, trip_duration: 856 });

test('what is broken is kept out and named, and the rest is written', async ({ lab }) => {
  const lines = [
    `[5, null, ${trip('a', 1)}]`,
    '{"id": "b", "vendor_id": 2',
    trip('c', 2),
    trip('d', 2),
  ];
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
  await dropzone.getByText('3 rows rejected').click();
  await expect(dropzone.getByRole('listitem')).toContainText([
    'Line 1, column 2',
    'Line 1, column 5',
    'Line 2, column 27',
  ]);
  await runRace(lab);
  expect(await ledger(lab)).toEqual([
    ['nytaxi-vendor-one', 1, 1, 0],
    ['nytaxi-vendor-two', 2, 2, 0],
  ]);
});
