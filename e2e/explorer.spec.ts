import { AxeBuilder } from '@axe-core/playwright';
import { answer, expect, test, verdict } from './page.ts';

test('every order of two appends: safe with the swap, six orders without, and an example replays', async ({
  lab,
}) => {
  await lab.getByRole('button', { name: 'Explore' }).click();
  const dialog = lab.getByRole('dialog', { name: 'Every order there is' });
  await dialog.getByRole('button', { name: 'Run every schedule' }).click();
  const row = (protocol: string) =>
    dialog.getByRole('table', { name: 'Schedules by protocol' }).getByRole('row', {
      name: protocol,
    });
  const numbers = async (protocol: string) =>
    (await row(protocol).getByRole('cell').allTextContents()).map((text) => text.trim());
  await expect.poll(() => numbers('unsafe')).toEqual(['6', '0', '4', '0', '2', '0']);
  expect((await numbers('queued')).at(-2)).toBe('0');
  expect((await numbers('optimistic')).at(-2)).toBe('0');
  await row('unsafe').getByRole('radio').check();
  const kinds = dialog.getByRole('list', { name: 'What can happen under unsafe' });
  await expect(kinds.getByRole('listitem').first()).toContainText('Violated');
  expect((await new AxeBuilder({ page: lab }).analyze()).violations).toEqual([]);
  await kinds.getByRole('button', { name: 'Show as a race' }).first().click();
  await expect(dialog).toBeHidden();
  await expect(lab.getByRole('region', { name: 'Verdict' })).toContainText('Violated');
  const diagram = lab.getByRole('listbox', { name: /^Race diagram/ });
  await expect(diagram.getByRole('group', { name: 'append-two' })).toBeVisible();

  await lab.getByRole('button', { name: 'Explore' }).click();
  await kinds.getByRole('button', { name: 'Run on workers' }).first().click();
  await expect(dialog).toBeHidden();
  await expect(diagram.getByRole('group', { name: 'before' })).toBeVisible();
  await verdict(lab);
  await expect(lab.getByRole('region', { name: 'Verdict' })).toContainText('Violated');
  await expect(lab.getByRole('textbox', { name: /^SQL/ })).toContainText(
    'from icebase.lessons.explored',
  );
  await expect.poll(async () => (await answer(lab)).map(([p]) => p)).toEqual(['a', 'b']);
  await lab.screenshot({ path: test.info().outputPath('explored-on-workers.png') });
});

test('a cell of the matrix runs its two operations, and a full matrix says who is in whose way', async ({
  lab,
}) => {
  await lab.getByRole('button', { name: 'Explore' }).click();
  const matrix = lab.getByRole('table', { name: /^Conflict matrix/ });
  await lab.getByRole('button', { name: 'Fill the matrix' }).click();
  // Thousands of schedules are run: how long that takes is a matter of the machine.
  await expect(matrix.getByRole('button', { name: /not run yet/ })).toHaveCount(0, {
    timeout: 90_000,
  });
  await expect(
    matrix.getByRole('button', { name: /^compaction and dynamic overwrite: in some order one is/ }),
  ).toBeVisible();
  await matrix.getByRole('button', { name: /^compaction and append:/ }).click();
  await expect(lab.getByLabel('Job 1', { exact: true })).toHaveValue('compaction');
  await expect(lab.getByLabel('Job 2', { exact: true })).toHaveValue('append');
});
