import { AxeBuilder } from '@axe-core/playwright';
import { chooseExample, expect, runRace, test } from './page.ts';

test('a lesson is played in its order, comes out as promised, and leads to the next one', async ({
  lab,
}) => {
  await chooseExample(lab, 'Lost update: safety off');
  const lesson = lab.getByRole('region', { name: 'Lost update: safety off' });
  await expect(lesson).toContainText('Now the swap does not compare');
  await runRace(lab);
  await expect(lesson.getByRole('status')).toHaveText('came out as promised');
  await expect(lab.getByRole('region', { name: 'Verdict' })).toContainText('Violated');
  await lesson.getByRole('button', { name: 'Next lesson' }).click();
  await expect(lab.getByRole('region', { name: 'Killed before the swap' })).toBeVisible();
  await expect(lab.getByRole('radio', { name: 'queued' })).toBeChecked();
  expect((await new AxeBuilder({ page: lab }).analyze()).violations).toEqual([]);
});

test('the speaker’s notes follow in a second tab, and turn the page', async ({ lab, context }) => {
  await chooseExample(lab, 'Both appends arrive');
  const opening = context.waitForEvent('page');
  await lab.getByRole('button', { name: 'Speaker notes' }).click();
  const notes = await opening;
  await expect(notes.getByRole('heading', { name: 'Both appends arrive' })).toBeVisible();
  await notes.getByRole('button', { name: 'Next lesson' }).click();
  await expect(
    lab.getByRole('region', { name: 'Two overwrites of the same months' }),
  ).toBeVisible();
  await expect(
    notes.getByRole('heading', { name: 'Two overwrites of the same months' }),
  ).toBeVisible();
  await notes.keyboard.press('PageDown');
  await expect(notes.getByText(/ starts\. It opens a DuckDB/)).toBeVisible();
});

test('a challenge is judged by the checker, and gives hints', async ({ lab }) => {
  await chooseExample(lab, 'Make vendor-one lose its rows');
  const challenge = lab.getByRole('region', { name: 'Make vendor-one lose its rows' });
  await challenge.getByRole('button', { name: 'Give me a hint' }).click();
  await expect(challenge).toContainText('With the comparison this cannot be done.');
  await runRace(lab);
  await expect(challenge.getByRole('status')).toHaveText('Not yet.');
});

test('a link brings back workflow, protocol, order and query', async ({ lab, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await chooseExample(lab, 'Serializable refuses');
  await lab.getByRole('button', { name: 'Share' }).click();
  await expect(lab.getByRole('button', { name: 'Link copied' })).toBeVisible();
  const link = await lab.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain('#v1.');
  expect(link.length).toBeLessThan(4000);
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.getByText('The jobs go on in the order that the link gives.')).toBeVisible();
  await expect(other.getByRole('radio', { name: 'optimistic' })).toBeChecked();
  await expect(other.getByRole('textbox', { name: /^SQL/ })).toContainText('lessons.serializable');
  await runRace(other);
  await expect(other.getByText('overwrite was refused.', { exact: true })).toBeVisible();
});

test('a damaged link says so and opens the page as ever', async ({ page, baseURL }) => {
  await page.goto(`${baseURL ?? ''}#v1.abc`);
  await expect(page.getByRole('alert')).toContainText('This link is damaged');
  await expect(page.getByRole('button', { name: 'Run the race' })).toBeEnabled();
});
