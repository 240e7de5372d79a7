import { AxeBuilder } from '@axe-core/playwright';
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
import { tripsOf } from './trips.ts';

const number = (text: string | undefined) => Number((text ?? '').replaceAll(',', ''));

/** Rows by vendor in the answer to the proposed query: vendor, month, rows. */
function byVendor(rows: string[][]): Map<number, number> {
  const sums = new Map<number, number>();
  for (const [vendor, , count] of rows) {
    sums.set(number(vendor), (sums.get(number(vendor)) ?? 0) + number(count));
  }
  return sums;
}

test('one click runs the seed: both vendors are in the table, and the verdict holds', async ({
  lab,
}) => {
  await runRace(lab);
  await expect(lab.getByRole('region', { name: 'Verdict' })).toContainText('Holds');
  expect(await ledger(lab)).toEqual([
    ['nytaxi-vendor-one', tripsOf(1), tripsOf(1), 0],
    ['nytaxi-vendor-two', tripsOf(2), tripsOf(2), 0],
  ]);
  await expect
    .poll(async () => byVendor(await answer(lab)))
    .toEqual(
      new Map([
        [1, tripsOf(1)],
        [2, tripsOf(2)],
      ]),
    );
});

test('the diagram tells the race: who created the table, who won which version', async ({
  lab,
}) => {
  await runRace(lab);
  const diagram = lab.getByRole('listbox', { name: /^Race diagram/ });
  for (const job of ['nytaxi-vendor-one', 'nytaxi-vendor-two']) {
    const lane = diagram.getByRole('group', { name: job });
    await expect(
      lane.getByRole('option', { name: new RegExp(`^${job} won the swap`) }),
    ).toHaveCount(1);
    await expect(lane.getByRole('option', { name: new RegExp(`^${job} is done`) })).toHaveCount(1);
  }
  await expect(diagram.getByRole('option', { name: /created ny_taxi_04/ })).toHaveCount(1);
});

test('a class can walk through the race by keyboard, and the inspector follows', async ({
  lab,
}) => {
  await expect(lab.getByRole('button', { name: 'Run the race' })).toBeEnabled();
  await lab.keyboard.press('Control+Enter');
  await verdict(lab);
  const diagram = lab.getByRole('listbox', { name: /^Race diagram/ });
  const inspector = lab.locator('section.inspector');
  await diagram.focus();
  await lab.keyboard.press('Home');
  await expect(inspector).toContainText('The job starts');
  const first = await inspector.textContent();
  await lab.keyboard.press('ArrowRight');
  await lab.keyboard.press('ArrowRight');
  await expect(inspector).not.toHaveText(first ?? '');
  const selected = diagram.getByRole('option', { selected: true });
  await expect(selected).toHaveCount(1);
  const id = await selected.getAttribute('id');
  expect(await diagram.getAttribute('aria-activedescendant')).toBe(id);
  await lab.keyboard.press('End');
  await expect(raceSheet(lab).getByText('Both appends are in.')).toBeVisible();
});

test('who does not see the diagram is told what came out and what is looked at, not every stop', async ({
  lab,
}) => {
  await runRace(lab);
  const log = lab.getByRole('log', { name: 'Race, told aloud' });
  await expect(log).toContainText('Both appends are in.');
  for (const job of ['nytaxi-vendor-one', 'nytaxi-vendor-two']) {
    await expect(log).toContainText(`${job} won the swap.`);
    await expect(log).toContainText(`${job} is done.`);
  }
  const diagram = lab.getByRole('listbox', { name: /^Race diagram/ });
  const stops = await diagram.getByRole('option').count();
  expect(await log.getByRole('paragraph').count()).toBeLessThan(stops / 2);
  await diagram.press('Home');
  await expect(log.getByRole('paragraph').last()).toContainText('It opens a DuckDB of its own.');
});

test('after both overwrites only the last committer is in the table, and the page says so', async ({
  lab,
}) => {
  await runRace(lab);
  await chooseExample(lab, 'Two jobs overwrite');
  await runRace(lab);
  await expect(raceSheet(lab).getByText(/committed last and replaced/)).toBeVisible();
  const rows = await ledger(lab);
  const [last] = rows.filter(([, , found]) => found > 0);
  expect(rows.filter(([, , found]) => found === 0)).toHaveLength(1);
  const vendor = last?.[0] === 'nytaxi-vendor-one' ? 1 : 2;
  await expect
    .poll(async () => byVendor(await answer(lab)))
    .toEqual(new Map([[vendor, tripsOf(vendor)]]));
});

test('a reader sees whole versions only while the jobs write', async ({ lab }) => {
  await runRace(lab);
  const chart = lab.getByRole('img', { name: /^Rows seen by a reader/ });
  await expect(chart).toHaveAccessibleName(
    new RegExp(`${(tripsOf(1) + tripsOf(2)).toLocaleString('en-US')}\\.$`),
  );
  const label = (await chart.getAttribute('aria-label')) ?? '';
  const seen = [...label.matchAll(/\d[\d,]*/g)].map(([text]) => number(text));
  const whole = [0, tripsOf(1), tripsOf(2), tripsOf(1) + tripsOf(2)];
  expect(seen.filter((rows) => !whole.includes(rows))).toEqual([]);
});

test('the registered version stays where it is until set-metadata moves it', async ({ lab }) => {
  await runRace(lab);
  await chooseExample(lab, 'Register the latest version');
  await runRace(lab);
  await chooseExample(lab, 'Two jobs append');
  await runRace(lab);
  const all = tripsOf(1) + tripsOf(2);
  const total = async () =>
    [...byVendor(await answer(lab)).values()].reduce((sum, rows) => sum + rows, 0);
  await expect.poll(total).toBe(2 * all);
  await lab.getByLabel('Version to read').selectOption('registered');
  await expect.poll(total).toBe(all);
});

test('a finished race has no fault that axe knows, in either look', async ({ lab }) => {
  await runRace(lab);
  for (const colorScheme of ['light', 'dark'] as const) {
    await lab.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page: lab }).analyze();
    expect(violations).toEqual([]);
  }
});
