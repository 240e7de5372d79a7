import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** The folder that the built site is in. */
export const dist = `${root}dist`;

const sources = ['index.html', 'src', 'workers', 'public', 'vite.config.ts', 'package-lock.json'];

/** Builds the site into {@link dist} if it is not there or older than a source. Throws if the build fails. */
export function buildIfStale() {
  const built = statSync(`${dist}/index.html`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (sources.every((path) => newest(root + path) <= built)) return;
  process.stderr.write('Building the app …\n');
  const vite = fileURLToPath(import.meta.resolve('vite/package.json'));
  const { status } = spawnSync(process.execPath, [`${vite}/../bin/vite.js`, 'build'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('The app could not be built; the messages above say why.');
}

/**
 * When anything at or below a path was changed last, epoch ms; 0 if there is nothing.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry?.isDirectory()) return entry?.mtimeMs ?? 0;
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newest(`${path}/${name}`)));
}
