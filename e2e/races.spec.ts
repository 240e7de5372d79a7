import { AxeBuilder } from '@axe-core/playwright';
import { sampleTrips, tripsPerVendor } from '../cli/taxi.ts';
import { expect, ledger, runRace, test, verdict } from './page.ts';

const trips = tripsPerVendor(sampleTrips);

test('a race is kept over a reload, opened, replayed on its table set back, and compared', async ({
  lab,
}) => {
  await runRace(lab);
  await runRace(lab);
  await lab.reload();
  await lab.getByRole('tab', { name: 'Races' }).click();
  const table = lab.getByRole('table', { name: 'Kept races' });
  const rows = table.locator('tbody tr');
  await expect(rows).toHaveCount(2);
  await rows.last().getByRole('button', { name: 'Open' }).click();
  await expect(lab.getByText('Both jobs committed.')).toBeVisible();
  await lab.screenshot({ path: test.info().outputPath('races.png') });

  await rows.last().getByRole('button', { name: 'Replay' }).click();
  const dialog = lab.getByRole('dialog', { name: 'Set the tables back?' });
  await expect(dialog).toContainText('ny_taxi_04');
  await dialog.getByRole('button', { name: 'Set back and replay' }).click();
  await expect(rows).toHaveCount(3);
  await verdict(lab);
  expect((await ledger(lab)).map(([, told, found]) => [told, found])).toEqual(
    [1, 2].map((vendor) => [trips.get(vendor), trips.get(vendor)]),
  );

  for (const row of [rows.first(), rows.last()]) await row.getByRole('checkbox').check();
  await lab.getByRole('button', { name: 'Compare two' }).click();
  const comparison = lab.getByRole('dialog', { name: 'Two races side by side' });
  await expect(comparison.getByRole('listbox')).toHaveCount(2);
  await expect(comparison).toContainText('Both went the same way');
  await lab.screenshot({ path: test.info().outputPath('comparison.png') });
  const { violations } = await new AxeBuilder({ page: lab }).analyze();
  expect(violations).toEqual([]);
});
