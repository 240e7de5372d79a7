import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parseWorkflows } from '../../src/flare/parse.ts';
import { defaultQuery } from '../../src/lab/default-query.ts';

const read = (name: string) =>
  readFile(new URL(`../../public/workflows/${name}.yaml`, import.meta.url), 'utf8');
const queryOf = (text: string) => defaultQuery(parseWorkflows(text).workflows);

test('the query of the seed counts rows by vendor and month', async () => {
  expect(queryOf(await read('append'))).toBe(
    'select vendor_id, month(date_col) month, count(*) rows\nfrom icebase.raw01.ny_taxi_04\ngroup by 1, 2 order by 1, 2',
  );
});

test('a partition by the vendor itself is not asked for twice', async () => {
  const text = (await read('append'))
    .replaceAll('type: month', 'type: identity')
    .replaceAll('column: date_col', 'column: vendor_id');
  expect(queryOf(text)).toContain('select vendor_id, count(*) rows\n');
});

test('a workflow that only moves a registration has no query of its own', async () => {
  expect(queryOf(await read('set-metadata'))).toBeNull();
});
