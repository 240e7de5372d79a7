import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Protocol } from '../src/iceberg/stop.ts';
import type { WorkflowReport } from '../src/race/report.ts';
import { grouped } from '../src/words.ts';
import { App } from './app.ts';
import { readWhileWriting } from './readers.ts';
import { workflowLines } from './report.ts';
import { followManyTimes } from './scripted.ts';
import { sampleTrips, shippedWorkflow, startAfresh, tripsPerVendor, writeTrips } from './taxi.ts';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '100' },
    trips: { type: 'string', default: '200000' },
    /** Only one part: append, script or read. */
    only: { type: 'string' },
  },
});
const times = Number(values.times);
const trips = Number(values.trips);
const isAsked = (part: 'append' | 'script' | 'read') => (values.only ?? part) === part;
const protocols: readonly Protocol[] = ['queued', 'optimistic', 'unsafe'];

const say = (line: string) => process.stdout.write(`${line}\n`);
let deviations = 0;
const deviate = (what: string) => {
  deviations += 1;
  say(`DEVIATION: ${what}`);
};

function expectAllCommitted(workflows: WorkflowReport[]): void {
  for (const workflow of workflows) {
    const committed = workflow.jobs.every(({ outcome }) => outcome === 'committed');
    if (committed && workflow.verdict.result === 'holds') continue;
    deviate(workflowLines(workflow).join('\n'));
  }
}

/** Appends the sample many times in a row to one table: each time both jobs' rows must be added. */
async function appendManyTimes(app: App, protocol: Protocol): Promise<void> {
  say(`\nAppending ${times} times with two jobs at once (${protocol})`);
  const expected = tripsPerVendor(sampleTrips);
  await startAfresh(app, sampleTrips);
  const began = performance.now();
  let attempts = 0;
  for (let time = 1; time <= times; time++) {
    const { workflows } = await app.run(shippedWorkflow('append'), { protocol });
    expectAllCommitted(workflows);
    attempts += workflows.flatMap(({ jobs }) => jobs).reduce((sum, job) => sum + job.attempts, 0);
    const { rows } = await app.query(
      'select vendor_id, count(*) as trips from icebase.raw01.ny_taxi_04 group by vendor_id',
    );
    const found = new Map(rows.map((row) => [Number(row.vendor_id), Number(row.trips)]));
    for (const [vendor, count] of expected) {
      if (found.get(vendor) === count * time) continue;
      deviate(
        `time ${time}: vendor ${vendor} has ${found.get(vendor) ?? 0} rows, not ${count * time}`,
      );
    }
    if (time % 10 === 0 || time === times) {
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      say(`  ${time} times, ${2 * time} commits in ${attempts} attempts, ${seconds} s`);
    }
  }
}

/** Follows scripts many times: each race must be the one that its script was recorded in. */
async function followScripts(app: App, protocol: Protocol): Promise<void> {
  const races = Math.ceil(times / 2);
  say(`\nFollowing scripts in ${races} races (${protocol})`);
  await startAfresh(app, sampleTrips);
  await followManyTimes(app, { protocol, races, deviate });
  say(`  ${races} races`);
}

/** Reads every 50 ms while two jobs write many trips. */
async function readManyTimes(app: App): Promise<void> {
  say(`\nReading every 50 ms while two jobs write ${grouped(trips)} trips`);
  const folder = mkdtempSync(join(tmpdir(), 'icejam-'));
  try {
    const file = join(folder, 'trips.json');
    await writeTrips(file, trips);
    const report = await readWhileWriting(app, file, 50);
    expectAllCommitted(report.workflows);
    report.deviations.forEach(deviate);
    const longest = Math.round(report.longest);
    say(`  ${report.answers} answers saw ${report.states} states, the slowest after ${longest} ms`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const app = await App.open();
try {
  if (isAsked('append')) {
    for (const protocol of ['queued', 'optimistic'] as const) await appendManyTimes(app, protocol);
  }
  if (isAsked('script')) {
    for (const protocol of protocols) await followScripts(app, protocol);
  }
  if (isAsked('read')) await readManyTimes(app);
  for (const fault of app.faults) deviate(`in the page: ${fault}`);
} finally {
  await app.close();
}
say(deviations === 0 ? '\nNo deviation.' : `\n${deviations} deviations.`);
process.exitCode = deviations === 0 ? 0 : 1;
