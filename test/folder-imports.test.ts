import { ESLint } from 'eslint';
import { expect, test } from 'vitest';
import { borders, objection } from '../scripts/folder-imports.mjs';

test.each([
  ['src/iceberg/commit.ts', '../storage/opfs.ts', 'src/iceberg may not import from src/storage.'],
  ['src/iceberg/commit.ts', 'yaml', 'src/iceberg may not import yaml.'],
  ['src/spark/translate.ts', 'node:fs', 'src/ runs in a browser: no Node modules.'],
  ['src/engine/duckdb.ts', '../ui/App.svelte', 'src/engine may not import from src/ui.'],
  ['src/engine/duckdb.ts', 'svelte/reactivity', 'src/engine may not import Svelte.'],
  ['src/race/runner.ts', '../flare/dag.ts', 'src/race may import types of src/flare only.'],
  ['src/job/run.ts', '../../cli/app.ts', 'src/job may not import cli/app.ts.'],
  [
    'src/race/pool.ts',
    '../../workers/job.ts',
    'workers/ holds entry points: start them, never import them.',
  ],
  ['src/job/run.ts', './inputs', 'A relative import carries its extension, such as ./table.ts.'],
  ['src/lab/console.ts', '../main.ts', 'src/lab may not import src/main.ts.'],
  [
    'src/helpers/a.ts',
    './b.ts',
    'src/helpers has no entry in the table of borders (scripts/folder-imports.mjs).',
  ],
])('%s may not import %s', (file, source, reason) => {
  expect(objection(file, source, false)).toBe(reason);
});

test.each([
  ['src/iceberg/commit.ts', '../error.ts', false],
  ['src/iceberg/commit.ts', './table.ts', false],
  ['src/storage/opfs.ts', '../iceberg/ports.ts', false],
  ['src/race/runner.ts', '../flare/workflow.ts', true],
  ['src/race/pool.ts', '../../workers/job.ts?worker', false],
  ['src/lab/lab.svelte.ts', 'svelte/reactivity', false],
  ['workers/job.ts', '../src/job/run.ts', false],
  ['test/iceberg/commit.test.ts', '../../src/iceberg/commit.ts', false],
  ['cli/app.ts', 'node:fs', false],
])('%s may import %s', (file, source, isType) => {
  expect(objection(file, source, isType)).toBeUndefined();
});

test('no border leads back to a folder that may import it by value', () => {
  for (const [name, { values = [] }] of Object.entries(borders)) {
    for (const other of values) expect(borders[other]?.values ?? []).not.toContain(name);
  }
});

test('lint fails on a planted import across a border', async () => {
  const eslint = new ESLint({
    overrideConfig: { languageOptions: { parserOptions: { project: null } } },
    ruleFilter: ({ ruleId }) => ruleId === 'icejam/folder-imports',
  });
  const [result] = await eslint.lintText("export { openEngine } from '../engine/duckdb.ts';\n", {
    filePath: 'src/iceberg/planted.ts',
  });
  expect(result?.messages.map(({ ruleId }) => ruleId)).toEqual(['icejam/folder-imports']);
});
