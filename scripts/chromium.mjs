import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

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

const installed = () => candidates.find((path) => path !== undefined && existsSync(path));

/**
 * The path of a Chromium on this machine; on Debian it is installed when it is missing.
 * Ends the process with one sentence saying what to install when there is none.
 */
export function chromiumPath() {
  const found = installed() ?? (installOnDebian() ? installed() : undefined);
  if (found !== undefined) return found;
  process.stderr.write(
    'No Chromium was found: install Chromium or Chrome, or set CHROMIUM to its path.\n',
  );
  process.exit(1);
}

function installOnDebian() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get')) return false;
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  /** @param {string} args */
  const run = (args) => {
    const [command = '', ...rest] = [...root, 'apt-get', '-qq', ...args.split(' ')];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(command, rest, { stdio: ['ignore', 2, 2], env }).status;
  };
  process.stderr.write('Installing chromium, once …\n');
  return run('update') === 0 && run('install -y --no-install-recommends chromium') === 0;
}
