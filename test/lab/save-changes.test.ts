import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { changeSaves, type SaveChange } from '../../src/flare/change-saves.ts';
import { parseWorkflows } from '../../src/flare/parse.ts';
import { saveChangesFor } from '../../src/lab/save-changes.ts';

const seed = readFileSync('public/workflows/append.yaml', 'utf8');

function offered(text: string): SaveChange[] {
  const { problems, workflows } = parseWorkflows(text);
  expect(problems).toEqual([]);
  return saveChangesFor(workflows.flatMap(({ jobs }) => jobs));
}

test('the seed goes from append to overwrite, to serializable and back by the changes that are offered', () => {
  expect(offered(seed)).toEqual(['overwrite']);
  const overwrite = changeSaves(seed, 'overwrite');
  expect(offered(overwrite)).toEqual(['serializable', 'append']);
  const serializable = changeSaves(overwrite, 'serializable');
  expect(offered(serializable)).toEqual(['no-isolation', 'append']);
  expect(offered(changeSaves(serializable, 'no-isolation'))).toEqual(['serializable', 'append']);
  expect(offered(changeSaves(serializable, 'append'))).toEqual(['overwrite']);
});

test('jobs that do not save alike are not changed together', () => {
  const { workflows } = parseWorkflows(seed.replace('saveMode: append', 'saveMode: overwrite'));
  expect(saveChangesFor(workflows.flatMap(({ jobs }) => jobs))).toEqual([]);
});
