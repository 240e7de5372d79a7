import { expect, it } from 'vitest';
import { all, rows, runEach, session } from './trips-table.ts';
import { sinkJob, sqlName, table, workflowOf } from './workflow.ts';

/** A job that fills the partition of one vendor with the trips of the other, as the table holds them. */
function swapJob(vendor: number, options: Record<string, string>): string {
  const sql = `SELECT id, ${vendor} AS vendor_id, trip_duration, at FROM own WHERE vendor_id = ${3 - vendor}`;
  const properties = { 'overwrite-mode': 'dynamic', ...options };
  const job = sinkJob(`to-${vendor}`, sql, { mode: 'overwrite', properties });
  return job.replace(
    /- \{ name: trips, .*\}/,
    `- { name: own, dataset: "${table}", format: iceberg }`,
  );
}

/** Both jobs read the table before either commits; the first commits, then the second. */
async function race(options: Record<string, string>) {
  const spec = '{ type: identity, column: vendor_id }';
  await runEach(sinkJob('seed', all, { spec }));
  const workflow = workflowOf(swapJob(1, options), swapJob(2, options));
  const started = session.start(workflow, {
    protocol: 'queued',
    holds: { 'to-1': ['data-written'], 'to-2': ['data-written'] },
  });
  for (const job of ['to-1', 'to-2']) await started.reached(job, 'data-written');
  started.release('to-1');
  await started.reached('to-1', 'finished');
  started.release('to-2');
  return started.finished;
}

/** The vendors that each vendor's trips had in the dropped file, by the ids of the trips. */
const origins = () =>
  rows(
    `SELECT vendor_id, substring(id, 3, 1) AS origin, count(*) AS n FROM ${sqlName} GROUP BY 1, 2 ORDER BY 1, 2`,
  );

it('serializable overwrites that read each other’s partition both commit: write skew', async () => {
  const { jobs, verdict } = await race({ 'isolation-level': 'serializable' });
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['committed', 'committed']);
  expect(verdict.result).toBe('holds');
  expect(verdict.sentences.join('\n')).toMatch(
    /to-1 had read what to-2 changed in \S+ afterwards and to-2 had read what to-1 changed in \S+ afterwards: write skew/,
  );
  // No order of the two jobs, one after the other, leaves both swapped.
  expect(await origins()).toEqual([
    { vendor_id: 1, origin: '2', n: 20 },
    { vendor_id: 2, origin: '1', n: 20 },
  ]);
});

it('with validate-reads the second is refused, and says that what it read has changed', async () => {
  const { jobs, verdict } = await race({ 'validate-reads': 'true' });
  expect(jobs.map(({ outcome }) => outcome)).toEqual(['committed', 'rejected']);
  expect(jobs[1]?.error?.message).toMatch(
    /^Rows that this operation has read were changed since: Found conflicting files that can contain records matching ref\(name="vendor_id"\) == 1: \[/,
  );
  expect(verdict.result).toBe('holds');
  expect(verdict.sentences.join()).not.toContain('write skew');
  expect(await origins()).toEqual([
    { vendor_id: 1, origin: '2', n: 20 },
    { vendor_id: 2, origin: '2', n: 20 },
  ]);
});

it('the log tells which files of which snapshot a job read, and which of them it looks at', async () => {
  const spec = '{ type: identity, column: vendor_id }';
  await runEach(sinkJob('seed', all, { spec }));
  const twice = swapJob(1, {}).replace(
    /( +- )(\{ name: )own(, dataset: .*\})/,
    '$1$2own$3\n$1$2again$3',
  );
  const started = session.start(workflowOf(twice), { protocol: 'queued' });
  await started.finished;
  const read = started.events.flatMap(({ detail }) =>
    detail.stop === 'inputs-read' ? detail.inputs : [],
  );
  expect(read.map(({ name, rows, scan }) => [name, rows, scan?.base.version])).toEqual([
    ['own', 40, 2],
    ['again', 40, 2],
  ]);
  const [own, again] = read.map(({ scan }) => scan);
  expect(own?.files.map(({ partition }) => partition).sort()).toEqual([
    'vendor_id=1',
    'vendor_id=2',
  ]);
  const matched = own?.files.filter(({ path }) => own.matched?.includes(path));
  expect(matched?.map(({ partition }) => partition)).toEqual(['vendor_id=2']);
  expect(again).toEqual({ ...own, matched: [] });
});
