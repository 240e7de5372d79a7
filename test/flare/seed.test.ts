import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { tableName } from '../../src/flare/address.ts';
import { parseWorkflow } from '../../src/flare/parse.ts';
import { sourceRange } from '../../src/flare/sql-position.ts';
import type { FlareJob } from '../../src/flare/workflow.ts';

function seed(name: string): string {
  return readFileSync(new URL(`../golden/flare/${name}.yaml`, import.meta.url), 'utf8');
}

function flareJobs(name: string): FlareJob[] {
  const { workflow, problems } = parseWorkflow(seed(name));
  expect(problems).toEqual([]);
  return (workflow?.jobs ?? []).map(({ stack }) => stack as FlareJob);
}

test('the append workflow of the use case is read without a problem', () => {
  const { workflow } = parseWorkflow(seed('append'));
  expect(workflow?.name).toBe('workflow-ny-taxi-parallel-write');
  expect(workflow?.jobs.map(({ name, dependencies }) => [name, dependencies])).toEqual([
    ['nytaxi-vendor-one', []],
    ['nytaxi-vendor-two', []],
  ]);
  const jobs = flareJobs('append');
  expect(jobs.map(({ sinks }) => sinks.map(({ address }) => tableName(address)))).toEqual([
    ['icebase:raw01/ny_taxi_04'],
    ['icebase:raw01/ny_taxi_04'],
  ]);
  expect(jobs[0]).toMatchObject({
    kind: 'flare',
    explain: true,
    logLevel: 'INFO',
    inputs: [{ name: 'ny_taxi', format: 'json', address: { dataset: 'ny-taxi-data', acl: 'r' } }],
    sinks: [
      {
        view: 'ny_taxi_ts',
        saveMode: 'append',
        dynamic: false,
        properties: {
          'write.format.default': 'parquet',
          'write.metadata.compression-codec': 'gzip',
        },
        options: {},
        partitionSpec: [{ type: 'month', column: 'date_col', name: 'month' }],
      },
    ],
  });
});

test('the overwrite workflow replaces partitions dynamically', () => {
  for (const { sinks } of flareJobs('overwrite-dynamic')) {
    expect(sinks).toMatchObject([
      { saveMode: 'overwrite', dynamic: true, options: { 'overwrite-mode': 'dynamic' } },
    ]);
    expect(sinks[0]?.properties).not.toHaveProperty('overwrite-mode');
  }
});

test('the tool workflow sets the registered version', () => {
  const { workflow, problems } = parseWorkflow(seed('set-metadata'));
  expect(problems).toEqual([]);
  expect(workflow?.jobs[0]?.stack).toMatchObject({
    kind: 'tool',
    tool: 'set-metadata',
    address: { depot: 'icebase', collection: 'raw01', dataset: 'ny_taxi_04' },
    flags: { version: 'latest' },
  });
});

test('a statement that was folded over two lines is found on both', () => {
  const statement = flareJobs('append')[0]?.statements[1];
  if (statement === undefined) throw new Error('the statement is missing');
  const place = (word: string) => {
    const start = statement.sql.indexOf(word);
    return sourceRange(statement, start, start + word.length);
  };
  expect(place('date_format')).toEqual({ line: 63, column: 32, endLine: 63, endColumn: 43 });
  expect(place('ts_ny_taxi')).toEqual({ line: 64, column: 19, endLine: 64, endColumn: 29 });
  expect(place('as\u0020ts_ny_taxi')).toMatchObject({ line: 63, endLine: 64, endColumn: 29 });
});

test('workflows survive the way to a worker', () => {
  const { workflow } = parseWorkflow(seed('append'));
  expect(structuredClone(workflow)).toEqual(workflow);
});
