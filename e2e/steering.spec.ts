import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import {
  answer,
  chooseExample,
  expect,
  ledger,
  raceSheet,
  runRace,
  test,
  verdict,
} from './page.ts';
import { one, tripsOf, two } from './trips.ts';

/** Runs the race until both jobs have read the same version and wait before their swaps; then lets the second commit. */
async function letTwoCommitFirst(page: Page): Promise<void> {
  for (const job of [one, two]) {
    await page.getByRole('button', { name: `Hold ${job} before its swap` }).click();
  }
  await page.getByRole('button', { name: 'Run the race' }).click();
  await expect(page.getByRole('button', { name: `Release ${one}` })).toBeVisible();
  await page.getByRole('button', { name: `Release ${two}` }).click();
  const diagram = page.getByRole('listbox', { name: /^Race diagram/ });
  await expect(diagram.getByRole('option', { name: new RegExp(`^${two} is done`) })).toBeAttached();
}

test('a job that is held before its swap loses it to the one that commits meanwhile, and wins the next', async ({
  lab,
}) => {
  await letTwoCommitFirst(lab);
  const lane = lab
    .getByRole('listbox', { name: /^Race diagram/ })
    .getByRole('group', { name: one });
  await expect(raceSheet(lab).getByText(`${one} is held before its swap.`)).toBeVisible();
  await expect(raceSheet(lab).getByText('when it is released, its swap is lost')).toBeVisible();
  await expect(lab.locator('section.inspector')).toContainText('Ready to swap');
  await lab.getByRole('tab', { name: 'metadata.json' }).click();
  await expect(lab.getByRole('region', { name: 'metadata.json' })).toContainText(
    '"last-sequence-number": 1',
  );
  await lab.getByRole('button', { name: `Release ${one}` }).click();
  await verdict(lab);
  await expect(lane.getByRole('option', { name: /lost the swap/ })).toHaveCount(1);
  await expect(lane.getByRole('option', { name: /won the swap/ })).toHaveCount(1);
  expect(await ledger(lab)).toEqual([
    [one, tripsOf(1), tripsOf(1), 0],
    [two, tripsOf(2), tripsOf(2), 0],
  ]);
});

test('a job that is killed after its swap leaves its rows in the table, and the verdict says so', async ({
  lab,
}) => {
  await lab.getByRole('button', { name: `Stops of ${one}` }).click();
  await lab.getByRole('checkbox', { name: 'Kill at swap won' }).check();
  await lab.keyboard.press('Escape');
  await runRace(lab);
  const region = lab.getByRole('region', { name: 'Verdict' });
  await expect(region).toContainText('Holds');
  await expect(region).toContainText(`${one} was killed after its swap was won`);
  await lab.getByRole('button', { name: `Run ${one} again` }).click();
  await expect(lab.getByRole('button', { name: `Run ${one} again` })).toBeHidden();
  await verdict(lab);
  expect((await ledger(lab))[0]).toEqual([one, tripsOf(1), tripsOf(1), 0]);
});

test('with safety off a held job buries the other’s rows; the table is marked until it is repaired', async ({
  lab,
}) => {
  await lab.keyboard.press('s');
  await expect(lab.getByRole('radio', { name: 'unsafe' })).toBeChecked();
  await letTwoCommitFirst(lab);
  await expect(raceSheet(lab).getByText('it buries what was committed since')).toBeVisible();
  await lab.getByRole('button', { name: `Release ${one}` }).click();
  await verdict(lab);
  const region = lab.getByRole('region', { name: 'Verdict' });
  await expect(region).toContainText('Violated');
  await expect(region).toContainText(`${two} was told that`);
  expect(await ledger(lab)).toEqual([
    [one, tripsOf(1), tripsOf(1), 0],
    [two, tripsOf(2), 0, tripsOf(2)],
  ]);
  await expect(raceSheet(lab).getByText('unsafe')).toBeVisible();
  await lab.getByRole('tab', { name: 'Files' }).click();
  await lab.getByRole('button', { name: 'Repair' }).click();
  await expect(lab.getByText(/rows in .* were added again/)).toBeVisible();
  await expect(raceSheet(lab).getByText('unsafe')).toBeHidden();
  await lab.getByRole('tab', { name: 'Workbench', exact: true }).click();
  await expect
    .poll(async () =>
      (await answer(lab)).reduce((sum, row) => sum + Number(row[2]?.replace(',', '')), 0),
    )
    .toBe(tripsOf(1) + tripsOf(2));
});

test('a class is led through a race by single keys, and the keys can be turned off', async ({
  lab,
}) => {
  await expect(lab.getByRole('button', { name: 'Run the race' })).toBeEnabled();
  const press = (key: string) => lab.keyboard.press(key);
  // Whatever was clicked last has the focus, and leaves the keys of a presenter’s remote alone.
  await lab.getByRole('tab', { name: 'Files' }).click();
  await press('PageDown');
  const options = lab.getByRole('listbox', { name: /^Race diagram/ }).getByRole('option');
  await expect(options.filter({ has: lab.locator('.dot') })).toHaveCount(2);
  await press('2');
  await expect(lab.getByRole('button', { name: two, exact: true })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await press('PageDown');
  await expect(raceSheet(lab).getByText(`${two} read`)).toBeVisible();
  await press('PageUp');
  await press('Shift+?');
  await expect(lab.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await lab.getByLabel('Single keys steer the page').uncheck();
  await press('Escape');
  await press('p');
  await expect(lab.getByRole('region', { name: 'Workflow' })).toBeVisible();
  await lab.getByRole('button', { name: 'Go on' }).click();
  await verdict(lab);
});

test('for the back row: larger, without the editor, and without a fault that axe knows', async ({
  lab,
}) => {
  await chooseExample(lab, 'Two jobs overwrite');
  await lab.keyboard.press('p');
  await expect(lab.getByRole('region', { name: 'Workflow' })).toBeHidden();
  await runRace(lab);
  for (const colorScheme of ['light', 'dark'] as const) {
    await lab.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page: lab }).analyze();
    expect(violations).toEqual([]);
  }
});
