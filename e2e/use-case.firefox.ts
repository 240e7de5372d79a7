import { type Browser, launch, type Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { buildIfStale, dist } from '../scripts/build.mjs';
import { firefoxPath, noFirefox } from '../scripts/firefox.mjs';
import { serve } from '../scripts/serve.mjs';
import { one, tripsOf, two } from './trips.ts';

let browser: Browser;
let site: Awaited<ReturnType<typeof serve>>;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  const executablePath = firefoxPath();
  if (executablePath === undefined) throw new Error(noFirefox);
  buildIfStale();
  site = await serve(dist, { port: 0 });
  browser = await launch({ browser: 'firefox', executablePath, headless: true });
});

afterAll(async () => {
  await browser.close();
  await site.close();
});

/** Each test has a browser's profile of its own, and so an empty storage. */
beforeEach(async () => {
  const context = await browser.createBrowserContext();
  page = await context.newPage();
  await page.setViewport({ width: 1440, height: 900 });
  complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const { origin } = new URL(request.url());
    if (origin !== 'null' && origin !== home()) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(`${home()}/`);
  await page.waitForFunction(() => 'icejam' in globalThis);
});

afterEach(async () => {
  await page.browserContext().close();
  expect(complaints).toEqual([]);
});

const home = () => `http://localhost:${site.port}`;
const button = (name: string) => `button[aria-label="${name}"]`;
/** What an event of a job is called in the diagram. */
const option = (job: string, what: string) =>
  `[role="listbox"] [role="group"][aria-label="${job}"] [role="option"][aria-label*="${what}"]`;

test('the use case: trips are dropped, two jobs append them, a tool registers the version, a query finds all', async () => {
  const { told, rows } = await page.evaluate(async () => {
    await icejam.ready;
    const text = async (path: string) => (await fetch(path)).text();
    const sample = await (await fetch('samples/ny-taxi.json.gz')).blob();
    await icejam.drop('dataos://thirdparty01:none/ny-taxi-data', [
      new File([sample], 'ny-taxi.json.gz'),
    ]);
    const { workflows } = await icejam.run([
      await text('workflows/append.yaml'),
      await text('workflows/set-metadata.yaml'),
    ]);
    const sql = `select vendor_id, count(*) as trips from icebase.raw01.ny_taxi_04 group by 1 order by 1`;
    return {
      told: workflows.map(({ jobs, verdict: { result } }) => [
        result,
        ...jobs.map(({ outcome }) => outcome),
      ]),
      rows: (await icejam.query(sql, { at: 'registered' })).rows,
    };
  });
  expect(told).toEqual([
    ['holds', 'committed', 'committed'],
    ['holds', 'committed'],
  ]);
  expect(rows).toEqual([1, 2].map((vendor_id) => ({ vendor_id, trips: tripsOf(vendor_id) })));
});

test('a held race by mouse: the held job loses its swap to the other, and wins the next one', async () => {
  // Both, so that both have read the same version, whichever engine starts first.
  for (const job of [one, two]) {
    await page.locator(button(`Hold ${job} before its swap`)).click();
  }
  await page.locator('button[aria-keyshortcuts="Control+Enter"]:enabled').click();
  for (const job of [one, two]) {
    await page.waitForSelector(button(`Release ${job}`), { timeout: 90_000 });
  }
  await page.locator(button(`Release ${two}`)).click();
  await page.waitForSelector(option(two, 'is done'), { timeout: 90_000 });
  await page.waitForSelector('::-p-text(when it is released, its swap is lost)');
  await page.locator(button(`Release ${one}`)).click();
  await page.waitForSelector(option(one, 'is done'), { timeout: 90_000 });
  expect(await page.$$(option(one, 'lost the swap'))).toHaveLength(1);
  expect(await page.$$(option(one, 'won the swap'))).toHaveLength(1);
  await page.waitForSelector('::-p-text(Holds)');
});
