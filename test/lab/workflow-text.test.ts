import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { checkWorkflows } from '../../src/flare/check-workflows.ts';
import { parseWorkflows } from '../../src/flare/parse.ts';
import { WorkflowText } from '../../src/lab/workflow-text.svelte.ts';

const seed = await readFile(new URL('../../public/workflows/append.yaml', import.meta.url), 'utf8');

async function opened(text: string): Promise<WorkflowText> {
  const workflow = new WorkflowText([() => Promise.resolve(parseWorkflows)]);
  workflow.text = text;
  await workflow.ready;
  return workflow;
}

test('a text that was set before the reader was loaded is read when it is', async () => {
  const workflow = await opened(seed);
  expect(workflow.jobs.map(({ name }) => name)).toEqual(['nytaxi-vendor-one', 'nytaxi-vendor-two']);
  expect(workflow.runnable).toBe(true);
});

test('what only the later reader sees makes a text that was read unfit to run', async () => {
  const workflow = new WorkflowText([
    () => Promise.resolve(parseWorkflows),
    () => Promise.resolve(checkWorkflows),
  ]);
  workflow.text = seed.replace('to_timestamp', 'to_timestmap');
  await workflow.ready;
  expect(workflow.problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('Cannot resolve function `to_timestmap`'),
  ]);
  expect(workflow.runnable).toBe(false);
  workflow.text = seed;
  expect(workflow.runnable).toBe(true);
});

test('the last good workflow stays while the text has an error, and cannot be run', async () => {
  const workflow = await opened(seed);
  workflow.text = seed.replace('saveMode: append', 'saveMode: apend');
  expect(workflow.problems.filter(({ severity }) => severity === 'error')).toHaveLength(1);
  expect(workflow.jobs).toHaveLength(2);
  expect(workflow.stale).toBe(true);
  expect(workflow.runnable).toBe(false);
  workflow.text = seed;
  expect(workflow.stale).toBe(false);
});

test('each wish to see a place is a new one, even for the same place', async () => {
  const workflow = await opened(seed);
  const range = { line: 3, column: 1, endLine: 3, endColumn: 4 };
  workflow.reveal(range);
  const first = workflow.revealed;
  workflow.reveal(range);
  expect(workflow.revealed).toEqual(first);
  expect(workflow.revealed).not.toBe(first);
});
