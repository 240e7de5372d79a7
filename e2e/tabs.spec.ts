import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, ledger, raceSheet, runRace, test, verdict } from './page.ts';
import { one, tripsOf, two } from './trips.ts';

const allArrived = [
  [one, tripsOf(1), tripsOf(1), 0],
  [two, tripsOf(2), tripsOf(2), 0],
];

const diagram = (page: Page): Locator => page.getByRole('listbox', { name: /^Race diagram/ });
const lane = (page: Page, job: string): Locator =>
  diagram(page).getByRole('group', { name: job, exact: true });
const verdictOf = (page: Page): Locator => page.getByRole('region', { name: 'Verdict' });

// Two tabs of workers share the processors.
test.describe.configure({ timeout: 300_000 });

/** Opens a second tab once the first has its name. */
async function join(first: Page, openTab: () => Promise<Page>): Promise<Page> {
  await expect(first.getByRole('button', { name: 'Run the race' })).toBeEnabled();
  const second = await openTab();
  await expect(second).toHaveTitle('Tab B · Icejam');
  await expect(first).toHaveTitle('Tab A · Icejam');
  return second;
}

/** Runs the race with the first job held between its read and its swap. */
async function holdOne(page: Page): Promise<void> {
  await page.getByRole('button', { name: `Hold ${one} before its swap` }).click();
  await page.getByRole('button', { name: 'Run the race' }).click();
  const patience = { timeout: 90_000 };
  await expect(page.getByRole('button', { name: `Release ${one}` })).toBeVisible(patience);
  await expect(lane(page, two).getByRole('option', { name: /is done/ })).toHaveCount(1, patience);
}

/** Opens a second tab while the first holds its first job, which the second then shows. */
async function joinHeld(first: Page, openTab: () => Promise<Page>): Promise<Page> {
  await holdOne(first);
  const second = await openTab();
  await expect(lane(second, `Tab A’s ${one}`)).toBeAttached();
  return second;
}

const release = (page: Page) => page.getByRole('button', { name: `Release ${one}` }).click();

test('a page that is alone shows nothing of tabs', async ({ lab }) => {
  await runRace(lab);
  await expect(lab).toHaveTitle(/^Icejam/);
  await expect(lab.getByText(/\bTab [A-Z]\b/)).toHaveCount(0);
});

test('a tab that joins late sees the race from its beginning, wins by hand, and both tell why', async ({
  lab,
  openTab,
}) => {
  await holdOne(lab);
  const b = await openTab();
  await expect(lab).toHaveTitle('Tab A · Icejam');
  await expect(b).toHaveTitle('Tab B · Icejam');
  await expect(lane(b, `Tab A’s ${one}`).getByRole('option').first()).toHaveAccessibleName(
    `Tab A’s ${one} starts. It opens a DuckDB of its own.`,
  );
  await expect(lane(b, `Tab A’s ${two}`).getByRole('option', { name: /is done/ })).toHaveCount(1);
  await expect(raceSheet(b).getByText(`Tab A’s ${one} is held before its swap.`)).toBeVisible();
  await expect(b.getByText('steered in Tab A')).toHaveCount(2);
  await expect(b.getByRole('button', { name: /^(Hold|Release|Kill) / })).toHaveCount(4);

  await runRace(b);
  expect(await ledger(b)).toEqual(allArrived);
  await expect(
    lane(lab, `Tab B’s ${two}`).getByRole('option', { name: /won the swap/ }),
  ).toHaveCount(1);
  await release(lab);
  await verdict(lab);
  const lost = new RegExp(`^${one} lost the swap.* but Tab B’s .* made version \\d+ first`);
  await expect(lane(lab, one).getByRole('option', { name: lost })).toHaveCount(1);
  const seen = new RegExp(`^Tab A’s ${one} lost the swap.* but ${one}|${two} made version \\d+`);
  await expect(lane(b, `Tab A’s ${one}`).getByRole('option', { name: seen })).toHaveCount(1);
  await expect(raceSheet(lab).getByText(/lost 1 swap to Tab B’s/)).toBeVisible();
  for (const page of [lab, b]) await expect(verdictOf(page)).toContainText('Holds');
  expect(await ledger(lab)).toEqual(allArrived);
  await expect(verdictOf(lab)).toContainText(/Tab B’s .* committed to ny_taxi_04 meanwhile/);
  for (const page of [lab, b]) {
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
  }
});

test('the other way round: who joined late loses to the first tab, and both verdicts hold', async ({
  lab,
  openTab,
}) => {
  const b = await join(lab, openTab);
  await holdOne(b);
  await expect(lane(lab, `Tab B’s ${one}`)).toBeAttached();
  await runRace(lab);
  await release(b);
  await verdict(b);
  const lost = new RegExp(`^${one} lost the swap.* but Tab A’s .* made version \\d+ first`);
  await expect(lane(b, one).getByRole('option', { name: lost })).toHaveCount(1);
  for (const page of [lab, b]) {
    await expect(verdictOf(page)).toContainText('Holds');
    expect(await ledger(page)).toEqual(allArrived);
  }
});

test('a race that met another tab is kept with its lanes, and is not replayed without it', async ({
  lab,
  openTab,
}) => {
  const b = await joinHeld(lab, openTab);
  await runRace(b);
  await release(lab);
  await verdict(lab);
  await b.close();
  await lab.reload();
  await lab.getByRole('tab', { name: 'Races' }).click();
  const rows = lab.getByRole('table', { name: 'Kept races' }).locator('tbody tr');
  await expect(rows).toHaveCount(2);
  const met = rows.last();
  await expect(met.getByRole('button', { name: 'Replay' })).toBeDisabled();
  await expect(met.getByRole('button', { name: 'Replay' })).toHaveAttribute(
    'title',
    /It met commits of Tab B/,
  );
  await met.getByRole('button', { name: 'Open' }).click();
  await expect(
    lane(lab, `Tab B’s ${two}`).getByRole('option', { name: /won the swap/ }),
  ).toHaveCount(1);
  await diagram(lab).press('End');
  await diagram(lab).press('ArrowLeft');
  await lab
    .getByRole('tabpanel', { name: 'Races' })
    .getByRole('button', { name: 'Fork here' })
    .click();
  await lab.getByRole('button', { name: 'Set back and fork' }).click();
  await expect(lab.getByRole('alert')).toContainText('This race met commits of Tab B');
});

test('a tab that is closed in mid-race is seen to be gone, and its name is free again', async ({
  lab,
  openTab,
}) => {
  const b = await joinHeld(lab, openTab);
  await lab.close();
  await expect(b.getByText('Tab A, closed ·').first()).toBeVisible();
  // It was held before its swap: whoever ended it there cannot be told from one whose swap had begun.
  await expect(lane(b, `Tab A’s ${one}`).locator('.unknown')).toHaveCount(1);
  await expect(b).toHaveTitle(/^Icejam/);
  await runRace(b);
  await expect(verdictOf(b)).toContainText('Holds');
  expect(await ledger(b)).toEqual(allArrived);
  const again = await openTab();
  await expect(again).toHaveTitle('Tab A · Icejam');
});

test('starting over is refused while another tab races, and clears both when none does', async ({
  lab,
  openTab,
}) => {
  const b = await join(lab, openTab);
  await holdOne(lab);
  await expect(lane(b, `Tab A’s ${one}`)).toBeAttached();
  const startOver = async () => {
    await b.getByRole('button', { name: 'Start over' }).click();
    await b.getByRole('button', { name: 'Delete everything' }).click();
  };
  await startOver();
  await expect(b.getByRole('alert')).toContainText('Stored data is in use');
  await release(lab);
  await verdict(lab);
  await startOver();
  for (const page of [lab, b]) await expect(diagram(page).getByRole('option')).toHaveCount(0);
  await runRace(b);
  await expect(
    lane(lab, `Tab B’s ${two}`).getByRole('option', { name: /won the swap/ }),
  ).toHaveCount(1);
});

test('a tab of another version is told of in one sentence, and drawn not at all', async ({
  lab,
  openTab,
}) => {
  const b = await join(lab, openTab);
  // What a later version of the page would say, whatever its races look like then.
  await b.evaluate(async () => {
    const lock = 'icejam:tab:Z/later';
    await new Promise<void>((resolve) => {
      void navigator.locks.request(lock, () => {
        resolve();
        return new Promise(() => undefined);
      });
    });
    const sender = { version: 99, tab: 'Z', lock };
    const race = { type: 'race', race: { shape: 'unheard of' } };
    new BroadcastChannel('icejam tabs').postMessage({ sender, message: race });
  });
  const sentence = 'Tab Z has another version of this page open';
  await expect(lab.getByRole('alert')).toContainText(sentence);
  await b.close();
  await expect(lab.getByText(sentence)).toBeHidden();
});
