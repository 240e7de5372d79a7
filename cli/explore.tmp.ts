import { readdirSync, rmSync, mkdirSync, existsSync } from 'node:fs';
import { App } from './app.ts';
import { unpackTable } from './unzip.ts';
const shared = '/work/shared';
const out = '/tmp/team/h1/.cache/explore';
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const dirs = [...readdirSync(`${shared}/tables`).filter((n) => n !== 'README.md').map((n) => [n, `${shared}/tables/${n}`]), ...['append_month','overwrite_month','overwrite_vendor'].map((n) => [n, `${shared}/golden/spark/${n}`]),
...(existsSync('/tmp/team/h1/.cache/foreign') ? readdirSync('/tmp/team/h1/.cache/foreign').map((n) => [n, `/tmp/team/h1/.cache/foreign/${n}`]) : [])] as [string, string][];
const workflow = (name: string, mode: string, dynamic: boolean) => `
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
                dataset: dataos://icebase:raw01/${name}
                format: iceberg
            steps:
              - sink:
                  - sequenceName: copied
                    datasetName: ${name}
                    outputName: out
                    outputType: Iceberg
                    outputOptions:
                      saveMode: ${mode}
                      iceberg:
                        properties:
                          ${dynamic ? 'overwrite-mode: dynamic' : 'x: y'}
                sequence:
                  - name: copied
                    sql: select * from rows
            outputs:
              - name: out
                depot: dataos://icebase:raw01?acl=rw
`;
const app = await App.open();
const only = process.argv.slice(2);
for (const [name, dir] of dirs) {
  if (only.length && !only.includes(name)) continue;
  try {
    const began = Date.now();
    await app.importTable(`dataos://icebase:raw01/${name}`, dir);
    const snaps = await app.snapshots(`dataos://icebase:raw01/${name}`);
    const counts = [];
    for (const s of snaps) {
      const { rows } = await app.query(`select count(*) n from ${name}`, { at: s.snapshotId });
      counts.push(`${rows[0]?.n}${s.summary['total-records'] === undefined ? '' : `/${s.summary['total-records']}`}`);
    }
    console.log(name, counts.join(' '), Date.now() - began, 'ms');
    for (const [mode, dyn] of [['append', false], ['overwrite', true], ['append', false], ['overwrite', false]] as const) {
      const { workflows } = await app.run(workflow(name, mode, dyn));
      const job = workflows[0]!.jobs[0]!;
      const { rows } = await app.query(`select count(*) n from ${name}`);
      console.log('  ', mode, dyn ? 'dynamic' : '', job.outcome, job.rows, '->', rows[0]?.n, job.error?.message ?? '', JSON.stringify(job.warnings.map((w) => w.message)), workflows[0]!.verdict.result);
    }
    await app.exportTable(`dataos://icebase:raw01/${name}`, `file://${out}/${name}`, `${out}/${name}.zip`);
    unpackTable(`${out}/${name}.zip`, `${out}/${name}`);
  } catch (e) { console.log(name, 'FAILED', e); }
}
await app.close();
