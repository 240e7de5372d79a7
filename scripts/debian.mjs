import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Installs a package if this is Debian or a child of it and the user may; answers whether it worked.
 * @param {string} name
 */
export function installOnDebian(name) {
  if (!existsSync('/usr/bin/apt-get')) return false;
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  /** @param {string} args */
  const run = (args) => {
    const [command = '', ...rest] = [...root, 'apt-get', '-qq', ...args.split(' ')];
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return spawnSync(command, rest, { stdio: ['ignore', 2, 2], env }).status;
  };
  process.stderr.write(`Installing ${name}, once …\n`);
  return run('update') === 0 && run(`install -y --no-install-recommends ${name}`) === 0;
}

/**
 * The first of these programs that is there; if none is, a package that brings one of them is installed. `undefined`
 * where that cannot be done.
 * @param {readonly (string | undefined)[]} paths
 * @param {string} name
 */
export function findOrInstall(paths, name) {
  const found = () => paths.find((path) => path !== undefined && existsSync(path));
  return found() ?? (installOnDebian(name) ? found() : undefined);
}
