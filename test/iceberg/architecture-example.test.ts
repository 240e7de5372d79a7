import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

it('the example in docs/architecture.md runs as it stands', { timeout: 30_000 }, () => {
  const text = readFileSync(`${root}docs/architecture.md`, 'utf8');
  const section = text.slice(text.indexOf('## Using the commit code without a browser'));
  const [, example = ''] = /```ts\n(.*?)```/s.exec(section) ?? [];
  const { stdout, stderr } = spawnSync(
    `${root}node_modules/.bin/tsx`,
    ['--input-type=module', '--eval', example],
    { cwd: root, encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(stdout).toMatch(/1 swap-won\n1 cleaned-up\ncommitted \[\n/);
  expect(stdout).toContain("'total-data-files': '1'");
});
