import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { sampleTrips, tableAddress, tripsAddress, tripsPerVendor } from '../cli/taxi.ts';
import type { RunReport } from '../cli/run.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const append = 'public/workflows/append.yaml';
const count = 'select vendor_id, count(*) as n from icebase.raw01.ny_taxi_04 group by vendor_id';

/** Calls the command as a user does, with the report that it printed if it was asked for one. */
function icejam(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync('node_modules/.bin/tsx', ['cli/icejam.ts', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

/** A workflow that appends the rows of a table to itself. */
const copyRows = (address: string) => `
version: v1
name: copy
type: workflow
workflow:
  dag:
    - name: copy-rows
      spec:
        stack: flare:1.0
        flare:
          job:
            inputs:
              - name: rows
                dataset: ${address}
                format: iceberg
            steps:
              - sink:
                  - sequenceName: copied
                    datasetName: ${address.slice(address.lastIndexOf('/') + 1)}
                    outputName: out
                    outputType: Iceberg
                    outputOptions:
                      saveMode: append
                sequence:
                  - name: copied
                    sql: select * from rows
            outputs:
              - name: out
                depot: dataos://icebase:raw01?acl=rw
`;

const report = (stdout: string) => JSON.parse(stdout) as RunReport;

test('a run prints one JSON object, and a profile keeps what it wrote', ({}, testInfo) => {
  const profile = testInfo.outputPath('profile');
  const out = testInfo.outputPath('out');
  const data = `${tripsAddress}=${sampleTrips}`;
  const first = icejam('run', append, '--data', data, '--profile', profile, '--json');
  expect(first.status, first.stderr).toBe(0);
  const [workflow] = report(first.stdout).workflows;
  expect(workflow?.verdict.result).toBe('holds');
  expect(workflow?.jobs.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['nytaxi-vendor-one', 'committed'],
    ['nytaxi-vendor-two', 'committed'],
  ]);

  const second = icejam(
    ...['run', '--query', count, '--query', 'select nothing from nowhere'],
    ...['--export', `${tableAddress}=${out}`, '--profile', profile, '--json'],
  );
  expect(second.status).toBe(1);
  const { queries, exports } = report(second.stdout);
  const [answered, failed] = queries;
  const rows = answered !== undefined && 'rows' in answered ? answered.rows : [];
  expect(new Map(rows.map(({ vendor_id: vendor, n }) => [vendor, n]))).toEqual(
    tripsPerVendor(sampleTrips),
  );
  expect(failed).toHaveProperty('error.message', expect.stringContaining('nowhere'));
  expect(exports).toHaveLength(1);
  expect(existsSync(exports[0]?.metadata ?? '')).toBe(true);
});

test('a table of another engine is adopted, written and exported', ({}, testInfo) => {
  const out = testInfo.outputPath('out');
  const address = 'dataos://icebase:raw01/renamed';
  const rows = 'select count(*) as n, count(event_date) as dates from icebase.raw01.renamed';
  const workflow = testInfo.outputPath('copy.yaml');
  writeFileSync(workflow, copyRows(address));
  const { status, stdout, stderr } = icejam(
    ...['run', workflow, '--import', `${address}=test/golden/tables/icebird_spark_rename_column`],
    ...['--query', rows, '--export', `${address}=${out}`, '--json'],
  );
  expect(status, stderr).toBe(0);
  const { queries, exports } = report(stdout);
  expect(queries).toEqual([{ sql: rows, rows: [{ n: 8, dates: 6 }] }]);
  expect(exports[0]?.metadata).toBe(`${out}/metadata/v5.metadata.json`);
});

test('what cannot work is told before the browser starts', ({}, testInfo) => {
  const broken = testInfo.outputPath('broken.yaml');
  writeFileSync(broken, 'version: v1\nname: broken\ntype: workflow\nworkflow:\n  dgag: []\n');
  const invalid = icejam('run', broken);
  expect(invalid.status).toBe(1);
  expect(invalid.stderr).toContain(`${broken}:5:3: `);

  const missing = icejam('run', append, '--data', `${tripsAddress}=missing.json`);
  expect(missing.status).toBe(1);
  expect(missing.stderr).toContain('There is no data file');

  const none = icejam('run', '--import', `${tableAddress}=src`);
  expect(none.status).toBe(1);
  expect(none.stderr).toContain('src holds no Iceberg table.');

  const unknown = icejam('run', append, '--quiet');
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).toContain('There is no option --quiet.');
});
