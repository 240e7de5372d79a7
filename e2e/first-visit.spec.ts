import { AxeBuilder } from '@axe-core/playwright';
import { expect, retype, test } from './page.ts';

test('the seed workflow is open, understood and ready to run', async ({ lab }) => {
  await expect(lab.getByText('Runs in this browser. Your files are not uploaded.')).toBeVisible();
  await expect(lab.getByRole('button', { name: 'Run the race' })).toBeEnabled();
  await expect(lab.getByRole('region', { name: 'Workflow' })).toContainText('no problems');
  await expect(lab.getByRole('listbox', { name: /^Race diagram/ })).toBeVisible();
  await expect(lab.getByRole('group', { name: 'nytaxi-vendor-two' })).toBeAttached();
});

test('who knows nothing yet is told what to do, and led into the first lesson', async ({ lab }) => {
  await expect(lab.getByRole('region', { name: 'First steps' })).toContainText('Run the race.');
  await lab.getByRole('button', { name: 'Open the first lesson' }).click();
  await expect(lab.getByRole('region', { name: 'Both appends arrive' })).toBeVisible();
  await expect(lab.getByRole('button', { name: 'Open the first lesson' })).toBeHidden();
});

test('a misspelt value is underlined, explained, and keeps the workflow from running', async ({
  lab,
}) => {
  const editor = lab.getByRole('textbox', { name: /^Workflow/ });
  const text = (
    await lab.evaluate(async () => {
      const response = await fetch(new URL('workflows/append.yaml', document.baseURI));
      return response.text();
    })
  ).replace('saveMode: append', 'saveMode: apend');
  await retype(editor, text);
  const problems = lab.getByRole('list', { name: 'Problems of the workflow' });
  await expect(problems.getByRole('button')).toContainText('apend');
  await expect(lab.getByRole('button', { name: 'Run the race' })).toBeDisabled();
  await expect(lab.locator('.dag')).toHaveClass(/stale/);
  await problems.getByRole('button').click();
  await expect(editor).toBeFocused();
});

test('the keyboard leaves the editor by Escape and Tab', async ({ lab }) => {
  const editor = lab.getByRole('textbox', { name: /^Workflow/ });
  await editor.focus();
  await lab.keyboard.press('Escape');
  await lab.keyboard.press('Tab');
  await expect(editor).not.toBeFocused();
});

test('a browser without Web Locks is told so in one sentence, and nothing runs', async ({
  page,
}) => {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'locks'));
  await page.goto('');
  await expect(page.getByText(/^This browser has no Web Locks/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Run the race' })).toBeDisabled();
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1440, 390]) {
    test(`no fault that axe knows, ${colorScheme}, ${width} pixels wide`, async ({ lab }) => {
      await lab.emulateMedia({ colorScheme });
      await lab.setViewportSize({ width, height: 900 });
      await expect(lab.getByRole('textbox', { name: /^Workflow/ })).toBeVisible();
      const { violations } = await new AxeBuilder({ page: lab }).analyze();
      expect(violations).toEqual([]);
    });
  }
}

test('the chosen look stays for the next visit', async ({ lab }) => {
  const paper = () => lab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await lab.emulateMedia({ colorScheme: 'light' });
  const light = await paper();
  await lab.getByRole('button', { name: /^Look/ }).click();
  await lab.getByRole('button', { name: 'Look: light' }).click();
  await expect(lab.getByRole('button', { name: 'Look: dark' })).toBeVisible();
  const dark = await paper();
  expect(dark).not.toBe(light);
  await lab.reload();
  await expect(lab.getByRole('button', { name: 'Look: dark' })).toBeVisible();
  expect(await paper()).toBe(dark);
});
