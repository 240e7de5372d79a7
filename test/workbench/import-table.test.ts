import { expect, test } from 'vitest';
import { memoryContext } from '../../src/iceberg/memory.ts';
import { importTable } from '../../src/workbench/import-table.ts';

test('a damaged file is called as it was given, and nothing of the table stays', async () => {
  const { io, catalog } = memoryContext({ seed: 1 });
  const cut = { path: 'lake/metadata/v1.metadata.json', content: new Blob(['{"format-version":']) };
  const rewrite = () => Promise.reject(new Error('there is nothing to rewrite'));
  await expect(importTable({ io, catalog }, 'd:c/t', [cut], rewrite)).rejects.toMatchObject({
    kind: 'Corrupt',
    message: expect.stringMatching(/^Cannot read metadata\/v1\.metadata\.json: /) as string,
    remedy: expect.stringContaining('copy the table anew') as string,
  });
  expect(await catalog.load('d:c/t')).toBeNull();
});
