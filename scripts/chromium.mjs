import { findOrInstall } from './debian.mjs';

const candidates = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Flags for a headless browser that talks to this machine only. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** Flags for tests: the few rows of a test do not repay the optimising compiler of WebAssembly. */
export const testFlags = [...chromiumFlags, '--js-flags=--liftoff-only'];

/**
 * The path of a Chromium on this machine; on Debian it is installed when it is missing.
 * Ends the process with one sentence saying what to install when there is none.
 */
export function chromiumPath() {
  const found = findOrInstall(candidates, 'chromium');
  if (found !== undefined) return found;
  process.stderr.write(
    'No Chromium was found: install Chromium or Chrome, or set CHROMIUM to its path.\n',
  );
  process.exit(1);
}
