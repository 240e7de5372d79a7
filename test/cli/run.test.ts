import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { RunOptions } from '../../cli/options.ts';
import { run } from '../../cli/run.ts';
import { flareJob, sinkBlock, workflowOf } from '../flare/workflow-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'icejam-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What ends a run with these options before a browser is opened. */
async function refusal(options: Partial<RunOptions>) {
  const said: string[] = [];
  const none = { workflows: [], data: [], queries: [], imports: [], exports: [], json: false };
  const { error } = await run({ ...none, ...options }, folder, (step) => said.push(step));
  expect(said).toEqual([]);
  return error;
}

test.each([
  ['workflow', { workflows: ['.'] }],
  ['workflow', { workflows: ['missing.yaml'] }],
  ['script', { script: '.' }],
  ['data', { data: [{ address: 'dataos://d:c/t', path: '.' }] }],
])('a %s file that is missing or a directory is refused: %o', async (what, options) => {
  expect(await refusal(options)).toMatchObject({
    kind: 'NotFound',
    message: expect.stringContaining(`There is no ${what} file ${folder}`) as string,
  });
});

test('all that is wrong in a workflow is told with its place, SQL included', async () => {
  const block = sinkBlock('saveMode: apend').replace('SELECT *', 'SELECT nope(1)');
  writeFileSync(join(folder, 'bad.yaml'), workflowOf(flareJob('job-one', block)));
  const error = await refusal({ workflows: ['bad.yaml'] });
  expect(error?.kind).toBe('WorkflowInvalid');
  expect(error?.message.split('\n')).toEqual([
    expect.stringMatching(/bad\.yaml:21:33: \[UNRESOLVED_ROUTINE\] Cannot resolve function `nope`/),
    expect.stringMatching(/bad\.yaml:\d+:\d+: Unknown value "apend"/),
  ]);
});
