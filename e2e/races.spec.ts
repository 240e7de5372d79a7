import { AxeBuilder } from '@axe-core/playwright';
import { expect, ledger, raceSheet, runRace, test, verdict } from './page.ts';
import { one, tripsOf, two } from './trips.ts';

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
  await expect(raceSheet(lab).getByText('Both appends are in.')).toBeVisible();
  await lab.screenshot({ path: test.info().outputPath('races.png') });

  await rows.last().getByRole('button', { name: 'Replay' }).click();
  const dialog = lab.getByRole('dialog', { name: 'Set the tables back?' });
  await expect(dialog).toContainText('ny_taxi_04');
  await dialog.getByRole('button', { name: 'Set back and replay' }).click();
  await expect(rows).toHaveCount(3);
  await verdict(lab);
  expect((await ledger(lab)).map(([, told, found]) => [told, found])).toEqual(
    [1, 2].map((vendor) => [tripsOf(vendor), tripsOf(vendor)]),
  );

  for (const row of [rows.first(), rows.last()]) await row.getByRole('checkbox').check();
  await lab.getByRole('button', { name: 'Compare two' }).click();
  const comparison = lab.getByRole('dialog', { name: 'Two races side by side' });
  await expect(comparison.getByRole('listbox')).toHaveCount(2);
  await expect(comparison).toContainText('Both went the same way');
  await lab.screenshot({ path: test.info().outputPath('comparison.png') });
  const { violations } = await new AxeBuilder({ page: lab }).analyze();
  expect(violations).toEqual([]);
  await comparison.getByRole('listbox').first().press('Escape');
  await expect(comparison).toBeHidden();
});

test('a race that is over is scrubbed and forked: by F, and by killing a job in its past', async ({
  lab,
}) => {
  await runRace(lab);
  const diagram = lab.getByRole('listbox', { name: /^Race diagram/ });
  const forkHere = lab.getByRole('button', { name: 'Fork here' });
  const forked = lab.getByText('forked here; behind it the old future');
  const dialog = lab.getByRole('dialog', { name: 'Set the tables back?' });
  await expect(forkHere).toBeHidden();
  await diagram
    .getByRole('option', { name: /swap\. If ny_taxi_04 is still at/ })
    .first()
    .click();
  await expect(forkHere).toBeVisible();

  await lab.keyboard.press('f');
  await expect(dialog).toContainText('ny_taxi_04');
  await lab.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await lab.keyboard.press('f');
  await dialog.getByRole('button', { name: 'Set back and fork' }).press('Enter');
  const goOn = lab.getByRole('button', { name: 'Go on' });
  await expect(goOn).toBeEnabled({ timeout: 60_000 });
  await expect(forked).toBeVisible();
  await lab.screenshot({ path: test.info().outputPath('forked.png') });
  await goOn.click();
  await verdict(lab);
  await lab.screenshot({ path: test.info().outputPath('two-futures.png') });
  await lab.getByRole('button', { name: 'Hide the old future' }).click();
  await expect(forked).toBeHidden();

  // Whoever wrote first: the other one cannot have committed by then, so that there is something left to go on with.
  const wrote = await diagram
    .getByRole('option', { name: /wrote .* into .* data files/ })
    .evaluateAll((marks) =>
      marks
        .map((mark) => ({ id: mark.id, seq: Number(/\d+$/.exec(mark.id)?.[0]) }))
        .toSorted((one, other) => one.seq - other.seq),
    );
  const mark = lab.locator(`[id="${wrote[0]?.id}"]`);
  const [victim, survivor] = (await mark.getAttribute('aria-label'))?.includes(two)
    ? [two, one]
    : [one, two];
  const kill = lab.getByRole('button', { name: `Kill ${victim}` });
  await expect(kill).toBeDisabled();
  await mark.click();
  await kill.click();
  await dialog.getByRole('button', { name: 'Set back and fork' }).click();
  await expect(lab.getByRole('button', { name: `Run ${victim} again` })).toBeVisible({
    timeout: 60_000,
  });
  await goOn.click();
  await verdict(lab);
  await lab.screenshot({ path: test.info().outputPath('killed-in-fork.png') });
  await expect(lab.getByText(`${survivor} committed.`).first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page: lab }).analyze();
  expect(violations).toEqual([]);
});
