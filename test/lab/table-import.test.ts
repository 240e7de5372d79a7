import { expect, test } from 'vitest';
import { IcejamError } from '../../src/error.ts';
import { proposedDataset, TableImport } from '../../src/lab/table-import.svelte.ts';
import type { Session } from '../../src/lab/session.ts';

const files = (...paths: string[]) => paths.map((path) => ({ path, content: new Blob() }));

/** A session whose Workbench answers as told, with what it was asked. */
function sessionThat(answer: () => Promise<void>) {
  const calls: unknown[] = [];
  const workbench = {
    call: (method: string, argument: unknown) => {
      calls.push([method, argument]);
      return answer();
    },
  } as unknown as Session['workbench'];
  return { workbench, calls };
}

test.each([
  [['data/a.parquet', 'lake/my trips/metadata/v1.metadata.json'], 'my_trips'],
  [['Trips 2016.zip'], 'Trips_2016'],
  [['metadata/v1.metadata.json', 'data/month=1/a.parquet'], 'table'],
  [['.hidden/metadata/v1.metadata.json'], 'hidden'],
  [[], 'table'],
])('%j are proposed to be the dataset %s', (paths, dataset) => {
  expect(proposedDataset(paths)).toBe(dataset);
});

test('what was chosen is adopted under the address that the user agreed to', async () => {
  const session = sessionThat(() => Promise.resolve());
  const adopted: string[] = [];
  const tableImport = new TableImport(session, (table) => {
    adopted.push(table);
    return Promise.resolve();
  });
  const chosen = files('lake/trips/metadata/v1.metadata.json');
  tableImport.choose(chosen);
  expect(tableImport.open).toBe(true);
  expect(tableImport.address).toBe('dataos://icebase:raw01/trips');
  tableImport.address = 'dataos://icebase:raw02/trips';
  await tableImport.run();
  const argument = { table: 'icebase:raw02/trips', files: chosen };
  expect(session.calls).toEqual([['importTable', argument]]);
  expect(adopted).toEqual(['icebase:raw02/trips']);
  expect(tableImport).toMatchObject({ open: false, files: [], error: null, running: false });
});

test('after a refusal the choice is still there, with the reason', async () => {
  const refusal = new IcejamError('AlreadyExists', 'Table already exists: a:b/c');
  const tableImport = new TableImport(
    sessionThat(() => Promise.reject(refusal)),
    () => Promise.reject(new Error('must not be called')),
  );
  tableImport.choose(files('c/metadata/v1.metadata.json'));
  await tableImport.run();
  expect(tableImport).toMatchObject({ open: true, error: { kind: 'AlreadyExists' } });
  expect(tableImport.files).toHaveLength(1);

  tableImport.address = 'nowhere';
  await tableImport.run();
  expect(tableImport.error).toMatchObject({
    message: expect.stringContaining('nowhere') as string,
  });
});
