import { afterAll, beforeEach, expect } from 'vitest';
import { consoleOf } from '../../../src/lab/console.ts';
import { Session } from '../../../src/lab/session.ts';
import type { WorkflowReport } from '../../../src/race/report.ts';
import { tripsFile } from '../trips.ts';
import { actionJob, dropped, sinkJob, sqlName, table, workflowText } from './workflow.ts';

/** One page's workers, for all tests of a file. */
export const session = new Session();
export const app = consoleOf(session);

/** Forgets everything and drops trips: of two vendors in two months, ten for each. */
export async function startAfresh(): Promise<void> {
  await app.reset();
  await app.drop(dropped, [tripsFile(10)]);
}

beforeEach(startAfresh);
afterAll(() => session.close());

/** The query of all trips, with their time as `at`. */
export const all =
  'SELECT id, vendor_id, trip_duration, to_timestamp(pickup_datetime / 1000) AS at FROM trips';

/** The properties of a table whose deletes do not rewrite files. */
export const mergeOnRead = { 'write.delete.mode': 'merge-on-read' };

/** Runs jobs as one workflow. */
export async function run(...jobs: string[]): Promise<WorkflowReport> {
  const { workflows } = await app.run(workflowText(...jobs));
  const [workflow] = workflows;
  if (workflow === undefined) throw new Error('No workflow was run');
  return workflow;
}

/** Runs jobs one after the other; each must do what it was asked, and the checker must agree. */
export async function runEach(...jobs: string[]): Promise<void> {
  for (const job of jobs) {
    const { jobs: reports, verdict } = await run(job);
    expect(reports.map(({ outcome, error }) => [outcome, error])).toEqual([['committed', null]]);
    expect([verdict.result, verdict.sentences]).toEqual(['holds', verdict.sentences]);
  }
}

/** The rows of a query. */
export async function rows(sql: string) {
  return (await app.query(sql)).rows;
}

/** How many rows the table has, the sum of their durations, and how many different ids. */
export function content() {
  return rows(
    `SELECT count(*) AS n, sum(trip_duration) AS s, count(DISTINCT id) AS ids FROM ${sqlName}`,
  );
}

/** How many live files of a content the table has. */
export async function fileCount(content: 'data' | 'deletes') {
  const sign = content === 'data' ? '=' : '<>';
  return (await rows(`SELECT count(*) AS n FROM ${sqlName}.files WHERE content ${sign} 0`))[0]?.n;
}

/** The newest snapshot of the table. */
export async function lastSnapshot() {
  const last = (await app.snapshots(table)).at(-1);
  if (last === undefined) throw new Error('The table has no snapshot');
  return last;
}

/** A job that appends all trips to a table by month. */
export function append(name: string, properties: Record<string, string> = {}) {
  return sinkJob(name, all, { spec: '{ type: month, column: at, name: month }', properties });
}

/** A job that deletes rows. */
export function remove(where: string, sequence = '') {
  const action = `{ name: delete_from_dataset, input: own, deleteWhere: "${where}" }`;
  return actionJob('remover', action, sequence);
}

/** A job that compacts the table. */
export function compaction(options = '') {
  return actionJob('compactor', `{ name: rewrite_dataset, input: own, options: { ${options} } }`);
}
