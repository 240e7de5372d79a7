import { test as base, expect, type Locator, type Page } from '@playwright/test';

/** Whatever must not happen on any page: requests off the origin, broken policies, errors in the console. */
interface Trespass {
  offOrigin: string[];
  complaints: string[];
}

function watch(page: Page, origin: string): Trespass {
  const trespass: Trespass = { offOrigin: [], complaints: [] };
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== origin) {
      trespass.offOrigin.push(request.url());
    }
  });
  // A broken Content-Security-Policy is told as an error of the console.
  page.on('console', (message) => {
    if (message.type() === 'error') trespass.complaints.push(message.text());
  });
  page.on('pageerror', (error) => trespass.complaints.push(error.message));
  return trespass;
}

interface Fixtures {
  /** The page as a first visitor sees it. */
  lab: Page;
  /** Opens the page in one more tab of the same browser. */
  openTab: () => Promise<Page>;
}

/** A test on one tab or several; afterwards nothing may have left the origin or complained. */
export const test = base.extend<Fixtures>({
  openTab: async ({ context, baseURL }, use) => {
    const watched: Trespass[] = [];
    await use(async () => {
      const page = await context.newPage();
      watched.push(watch(page, new URL(baseURL ?? '').origin));
      await page.goto('');
      return page;
    });
    for (const trespass of watched) expect(trespass).toEqual({ offOrigin: [], complaints: [] });
  },
  lab: async ({ openTab }, use) => use(await openTab()),
});

export { expect };

/** Presses Run and waits for the verdict. */
export async function runRace(page: Page): Promise<void> {
  const run = page.getByRole('button', { name: 'Run the race' });
  await run.click();
  // It has another name while jobs are at work, which may be too short a time to see.
  await expect(run).toBeEnabled({ timeout: 90_000 });
  await verdict(page);
}

/** Waits until the race that runs is judged. */
export async function verdict(page: Page): Promise<void> {
  const region = page.getByRole('region', { name: 'Verdict' });
  await expect(region.getByText(/^(Holds|Violated.*|Cannot tell)$/)).toBeVisible({
    timeout: 90_000,
  });
}

/** The sheet with the diagram and its caption. */
export const raceSheet = (page: Page): Locator =>
  page.getByRole('region', { name: 'Race', exact: true });

/** The answer of the Workbench, cell by cell. */
export async function answer(page: Page): Promise<string[][]> {
  const rows = page.getByRole('grid', { name: 'Answer' }).getByRole('row');
  const texts = await rows.evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
  );
  return texts.slice(1);
}

/** Asks the Workbench and waits for the answer. */
export async function ask(page: Page, sql: string): Promise<void> {
  const box = page.getByRole('textbox', { name: /^SQL/ });
  await retype(box, sql);
  await box.press('Control+Enter');
}

/**
 * Puts a text in place of an editor's. The old one is deleted first: when a selection is typed over, Chromium itself
 * writes style attributes into the editor, which the page's policy then refuses with a complaint.
 */
export async function retype(editor: Locator, text: string): Promise<void> {
  await editor.press('ControlOrMeta+a');
  await editor.press('Delete');
  await editor.page().keyboard.insertText(text);
}

/** Opens an example, a scenario or a challenge by its title. */
export async function chooseExample(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: /^Scenario:/ }).click();
  const gallery = page.getByRole('dialog', { name: 'What to run' });
  await gallery.getByRole('button', { name: title }).click();
  await expect(gallery).toBeHidden();
  await expect(page.getByRole('button', { name: 'Run the race' })).toBeEnabled();
}

/** The ledger: job, rows told, rows in the table, rows missing. */
export async function ledger(page: Page): Promise<[string, number, number, number][]> {
  const jobs = page.getByRole('table', { name: /^Rows told/ }).locator('tbody');
  return jobs.evaluateAll((all) =>
    all.map((row): [string, number, number, number] => {
      const job = row.querySelector('th')?.textContent.trim() ?? '';
      const counts = [...row.querySelectorAll('td')].map((cell) => cell.textContent.trim());
      const numbers = counts.map((text) => Number(text.replaceAll(',', '')));
      return [job, numbers[0] ?? 0, numbers[1] ?? 0, numbers.at(-1) ?? 0];
    }),
  );
}
