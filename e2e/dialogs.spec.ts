import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { chooseExample, expect, runRace, test } from './page.ts';

const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name });

/** How each dialog is opened on a page that shows a finished race. */
const dialogs: Record<string, (page: Page) => Promise<void>> = {
  'What to run': (page) => button(page, /^Scenario:/).click(),
  Explore: (page) => button(page, 'Explore').click(),
  'Start over?': (page) => button(page, 'Start over').click(),
  Keys: (page) => page.keyboard.press('Shift+?'),
  'A swap compares': (page) => button(page, 'Show the rule').click(),
  'Stops of append': (page) => button(page, 'Stops of append').click(),
};

for (const look of ['light', 'dark', 'projector'] as const) {
  test(`no dialog has a fault that axe knows, ${look}`, async ({ lab }) => {
    await lab.emulateMedia({ colorScheme: look === 'dark' ? 'dark' : 'light' });
    await chooseExample(lab, 'An append, then an overwrite');
    await runRace(lab);
    if (look === 'projector') await lab.keyboard.press('p');
    await lab
      .getByRole('option', { name: /won the swap/ })
      .first()
      .click();
    for (const [name, open] of Object.entries(dialogs)) {
      await test.step(name, async () => {
        await open(lab);
        const dialog = lab.getByRole('dialog').filter({ visible: true });
        await expect(dialog).toBeVisible();
        await lab.screenshot({
          path: test.info().outputPath(`${name.replaceAll(/\W+/g, '-')}.png`),
        });
        const { violations } = await new AxeBuilder({ page: lab }).analyze();
        expect(violations).toEqual([]);
        await lab.keyboard.press('Escape');
        await expect(dialog).toBeHidden();
      });
    }
  });
}
