import type { Page } from '@playwright/test';
import { answer, expect, ledger, test, verdict } from './page.ts';
import { one, tripsOf, two } from './trips.ts';

/** A user: the same path is walked by mouse and by keyboard alone. */
interface Hand {
  run: (page: Page) => Promise<void>;
  /** Presses a button. */
  press: (page: Page, name: string) => Promise<void>;
  /** Switches the comparison of swaps off. */
  safetyOff: (page: Page) => Promise<void>;
  /** Leaves the dialog that is open. */
  leave: (page: Page) => Promise<void>;
  copyLink: (page: Page) => Promise<void>;
}

const mouse: Hand = {
  run: (page) => page.getByRole('button', { name: 'Run the race' }).click(),
  press: (page, name) => page.getByRole('button', { name }).click(),
  safetyOff: (page) => page.getByRole('radio', { name: 'unsafe' }).click(),
  leave: (page) => page.getByRole('button', { name: 'Close', exact: true }).click(),
  copyLink: (page) => page.getByRole('button', { name: 'Share' }).click(),
};

/** Walks through the page with Tab until a button has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, name: string): Promise<void> {
  const button = page.getByRole('button', { name });
  await expect(button).toBeEnabled();
  const isThere = () => button.evaluate((element) => element === document.activeElement);
  for (let presses = 0; !(await isThere()); presses += 1) {
    expect(presses, `Tab reaches ${name}`).toBeLessThan(120);
    // An editor keeps Tab for itself until Escape; in a dialog Escape would close it.
    const inEditor = await page.evaluate(
      () => (document.activeElement?.shadowRoot?.activeElement ?? null) !== null,
    );
    if (inEditor) await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
  }
}

const keyboard: Hand = {
  run: (page) => page.keyboard.press('Control+Enter'),
  press: async (page, name) => {
    await tabTo(page, name);
    await page.keyboard.press('Enter');
  },
  safetyOff: (page) => page.keyboard.press('s'),
  leave: (page) => page.keyboard.press('Escape'),
  copyLink: (page) => page.keyboard.press('l'),
};

async function race(page: Page, hand: Hand): Promise<void> {
  await expect(page.getByRole('button', { name: 'Run the race' })).toBeEnabled();
  await hand.run(page);
  await expect(page.getByRole('region', { name: 'Verdict' })).toContainText(/The race is on|told/);
  await expect(page.getByRole('button', { name: 'Run the race' })).toBeEnabled({ timeout: 90_000 });
  await verdict(page);
}

for (const [name, hand] of Object.entries({ mouse, keyboard })) {
  test(`the golden path, by ${name} alone`, async ({ lab, context }) => {
    test.setTimeout(240_000);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const caption = lab.getByRole('region', { name: 'Race', exact: true });
    const judged = lab.getByRole('region', { name: 'Verdict' });
    const diagram = lab.getByRole('listbox', { name: /^Race diagram/ });
    const inspector = lab.locator('section.inspector');
    const lane = (job: string) => diagram.getByRole('group', { name: job });
    const shot = (step: string) => lab.screenshot({ path: test.info().outputPath(`${step}.png`) });

    await test.step('open: two jobs, one table', async () => {
      await expect(lab.getByRole('region', { name: 'Workflow' })).toContainText('saveMode');
      await expect(lab.getByRole('region', { name: 'Workflow' })).toContainText('no problems');
      await shot('1-open');
    });

    await test.step('both reach the swap; the first makes v2, the second finds it and makes v3', async () => {
      await race(lab, hand);
      const option = (job: string, what: RegExp) => lane(job).getByRole('option', { name: what });
      await expect(option(one, /won the swap\. Version 2/)).toHaveCount(1);
      await expect(
        option(two, /lost the swap\. It had read version 1, but nytaxi-vendor-one made version 2/),
      ).toHaveCount(1);
      await expect(option(two, /won the swap\. Version 3/)).toHaveCount(1);
      await expect(lane(two).getByRole('option', { name: /into \d+ data files/ })).toHaveCount(1);
      await expect(inspector).toContainText(/expected\s*v1\s*≠\s*found\s*v2/);
      for (const version of ['v2', 'v3'])
        await expect(diagram.getByText(version, { exact: true })).toBeVisible();
      await shot('2-appended');
    });

    await test.step('both appends are in, and the checker holds', async () => {
      await expect(caption).toContainText(
        `Both appends are in. ${two} lost 1 swap on the way, rebuilt 2 small files and kept its data files.`,
      );
      await expect(judged.getByText('Holds')).toBeVisible();
      expect(await ledger(lab)).toEqual([
        [one, tripsOf(1), tripsOf(1), 0],
        [two, tripsOf(2), tripsOf(2), 0],
      ]);
    });

    await test.step('overwrite: only the last committer’s trips are left where both wrote', async () => {
      await hand.press(lab, 'Change append to overwrite (dynamic)');
      await race(lab, hand);
      await expect(caption).toContainText('Both jobs committed.');
      await expect(caption).toContainText(
        new RegExp(
          `${two} committed last and replaced ${tripsOf(1).toLocaleString('en')} rows of ${one} in 6 partitions \\(month=2016-01.*: its overwrite replaces every partition that it writes.`,
        ),
      );
      await expect
        .poll(async () => [...new Set((await answer(lab)).map(([vendor]) => vendor))])
        .toEqual(['2']);
      await shot('4-overwritten');
    });

    await test.step('serializable: the second job is refused, and can see why', async () => {
      await hand.press(lab, 'Turn on isolation-level: serializable');
      await race(lab, hand);
      await expect(caption).toContainText(`${two} was refused.`);
      await expect(inspector).toContainText('Refused');
      await expect(inspector).toContainText(
        new RegExp(`${one} added .* rows to 6 partitions .*, which this job replaces`),
      );
      await shot('5-refused');
      await hand.press(lab, 'Show the rule');
      await expect(lab.getByRole('dialog', { name: /^Serializable/ })).toBeVisible();
      await hand.leave(lab);
      await hand.press(lab, 'Show the files');
      await expect(lab.getByRole('dialog', { name: 'The files in conflict' })).toContainText(
        'month=2016-01',
      );
      await hand.leave(lab);
      await hand.press(lab, 'Run this job again');
      await expect(lane(two).getByRole('option', { name: /is done/ })).toHaveCount(1);
      await verdict(lab);
      await expect(judged.getByText('Holds')).toBeVisible();
      await expect(inspector).toContainText('Won: the pointer has moved');
    });

    await test.step('safety off: everything is won, and an update is lost', async () => {
      await hand.safetyOff(lab);
      await expect(lab.getByRole('radio', { name: 'unsafe' })).toBeChecked();
      await race(lab, hand);
      for (const job of [one, two]) {
        await expect(lane(job).getByRole('option', { name: /is done/ })).toHaveCount(1);
      }
      await expect(diagram.getByRole('option', { name: /lost the swap/ })).toHaveCount(0);
      await expect(judged.getByText('Violated: lost update')).toBeVisible();
      await expect(judged.getByRole('figure', { name: /^The contradiction/ })).toBeVisible();
      const [, , found, missing] = (await ledger(lab))[0] ?? [];
      expect([found, missing]).toEqual([0, tripsOf(1)]);
      await shot('6-lost');
    });

    await test.step('copy link', async () => {
      await hand.copyLink(lab);
      await expect(lab.getByRole('status').filter({ hasText: 'Link copied' })).toBeAttached();
      const link = await lab.evaluate(() => navigator.clipboard.readText());
      expect(link).toContain('#v1.');
      expect(link.length).toBeLessThan(4000);
    });
  });
}
