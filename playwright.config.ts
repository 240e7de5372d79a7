import { defineConfig } from '@playwright/test';
import { chromiumPath, testFlags } from './scripts/chromium.mjs';

/** One port per run, so that two runs on a machine do not meet; workers inherit it. */
const port = Number((process.env.E2E_PORT ??= String(20_000 + (process.pid % 20_000))));

/** Not the root: the site must run from any folder of a server. */
const folder = '/class/icejam/';

/** User journeys in the built site. `npm run build` comes first. */
export default defineConfig({
  testDir: 'e2e',
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL: `http://localhost:${port}${folder}`,
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath: chromiumPath(), args: testFlags },
  },
  webServer: {
    command: `npx vite preview --host localhost --port ${port} --strictPort --base ${folder}`,
    url: `http://localhost:${port}${folder}`,
  },
});
